// GraphQL Yoga over @neo4j/graphql, with Yoga's defaults for production.
import { createServer } from "node:http";
import { createYoga } from "graphql-yoga";
import { context, endWithOwner, executableSchema, port } from "./schema.mjs";

endWithOwner();
const yoga = createYoga({ schema: await executableSchema(), context, graphiql: false, logging: "error" });
createServer(yoga).listen(port, "127.0.0.1");
