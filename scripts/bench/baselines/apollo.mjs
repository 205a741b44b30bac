// A bare Apollo Server, standalone: a list of static rows, and a mutation with one durable insert. Takes the file of the
// inserts, and how many bytes each has.
import { randomUUID } from 'node:crypto';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { answerCalls } from '../processes.mjs';
import { durableInserts } from './durable-inserts.mjs';

const [file, bytes] = process.argv.slice(2);
const insert = file && durableInserts(file, Number(bytes));

const rows = Array.from({ length: 50 }, (_, index) => ({
  ...{ id: randomUUID(), name: `Proxy ${index}`, description: 'Routes traffic through a gateway', type: 'HTTP' },
  ...{ host: 'h0', port: '8080', editedAt: '2026-11-25T00:00:00.000Z', editedBy: { name: 'local' } },
}));

const server = new ApolloServer({
  typeDefs: `
    enum ProxyType { HTTP HTTPS }
    type Actor { name: String! }
    type ProxyConnection {
      id: ID! name: String! description: String type: ProxyType! host: String! port: String!
      editedAt: String! editedBy: Actor!
    }
    type ProxyConnectionConnection { nodes: [ProxyConnection!]! }
    type Project { proxyConnections(first: Int, after: String): ProxyConnectionConnection! }
    type Query { project(key: String!): Project }
    input CreateProxyConnectionInput {
      projectKey: String! name: String! type: ProxyType! host: String! port: Int!
    }
    type Commit { position: Int! }
    type UserError { code: String! }
    type CreateProxyConnectionPayload { proxyConnection: ProxyConnection commit: Commit userErrors: [UserError!]! }
    type Mutation { createProxyConnection(input: CreateProxyConnectionInput!): CreateProxyConnectionPayload }
  `,
  resolvers: {
    Query: { project: () => ({ proxyConnections: { nodes: rows } }) },
    Mutation: {
      createProxyConnection: (_, { input }) => ({
        proxyConnection: { ...input, id: randomUUID() },
        commit: { position: insert() },
        userErrors: [],
      }),
    },
  },
});
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });

answerCalls({ url: () => new URL('/graphql', url).href });
