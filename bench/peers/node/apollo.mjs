// Apollo Server over @neo4j/graphql, with Apollo's defaults for production.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { context, endWithOwner, executableSchema, port } from "./schema.mjs";

endWithOwner();
const server = new ApolloServer({ schema: await executableSchema() });
await startStandaloneServer(server, { context, listen: { host: "127.0.0.1", port } });
