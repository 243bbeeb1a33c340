// The model as @neo4j/graphql describes it: the same labels, relationship types and properties.
import { Neo4jGraphQL } from "@neo4j/graphql";
import neo4j from "neo4j-driver";

const typeDefs = /* GraphQL */ `
  type Person @node(labels: ["Person"]) {
    id: ID!
    name: String!
    lifecycle: String
    email: String
    phone: String
    city: String
    country: String
    language: String
    companies: [Company!]! @relationship(type: "WORKS_AT", direction: OUT, properties: "WorksAt")
    partners: [Partner!]! @relationship(type: "SERVES", direction: IN)
    interactions: [Interaction!]! @relationship(type: "PARTICIPATED_IN", direction: OUT)
    orders: [Order!]! @relationship(type: "FOR", direction: IN)
  }
  type Company @node(labels: ["Company"]) {
    id: ID!
    name: String!
    industry: String
    people: [Person!]! @relationship(type: "WORKS_AT", direction: IN, properties: "WorksAt")
  }
  type Partner @node(labels: ["Partner"]) {
    id: ID!
    name: String!
  }
  type Interaction @node(labels: ["Interaction"]) {
    id: ID!
    at: String!
    channel: String!
    subject: String
  }
  type Call @node(labels: ["Call", "Interaction"]) {
    id: ID! @id
    at: String!
    channel: String!
    direction: String
    subject: String
    people: [Person!]! @relationship(type: "PARTICIPATED_IN", direction: IN, properties: "TakesPart")
  }
  type TakesPart @relationshipProperties {
    role: String
  }
  type Order @node(labels: ["Order"]) {
    id: ID!
    number: String!
    at: String!
    total: Int
    currency: String
    lines: [Product!]! @relationship(type: "CONTAINS", direction: OUT, properties: "Line")
  }
  type Product @node(labels: ["Product"]) {
    id: ID!
    sku: String!
    name: String!
  }
  type WorksAt @relationshipProperties {
    title: String
    from: String
  }
  type Line @relationshipProperties {
    line: Int!
    quantity: Float!
    unitPrice: Int!
    currency: String
  }
`;

const { NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD, NEO4J_DATABASE, PORT } = process.env;

export const port = Number(PORT);
export const context = async () => ({ sessionConfig: { database: NEO4J_DATABASE } });

export async function executableSchema() {
  const driver = neo4j.driver(NEO4J_URI, neo4j.auth.basic(NEO4J_USER, NEO4J_PASSWORD));
  return await new Neo4jGraphQL({ typeDefs, driver }).getSchema();
}

// The benchmark holds the other end of standard input: when it ends, however it ends, so do we.
export function endWithOwner() {
  process.stdin.on("end", () => process.exit(0));
  process.stdin.resume();
}
