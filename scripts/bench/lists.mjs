// The list query of 50 rows and 8 columns: at two sizes, and against a bare Apollo Server with an array.
import { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import { fastify } from 'fastify';
import { milliseconds, paired } from './measure.mjs';
import { asker, scratch, seed, snapshotsWritten, startServer } from './server.mjs';

const LIST =
  '{ project(key: "KEY") { proxyConnections(first: 50) { nodes { id name description type host port editedAt editedBy { name } } } } }';

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const large = quick ? 1_000 : 100_000;
  await seed(directory, 'small', 101);
  await seed(directory, 'large', large + 1);
  const server = await startServer(directory);
  const bare = await startBare();
  for (const key of ['large', 'small']) await server.ask(LIST.replace('KEY', key));
  await snapshotsWritten(directory);
  const times = quick ? 20 : 200;
  const list = (ask, key) => async () => {
    for (let count = 0; count < times; count += 1) await ask(LIST.replace('KEY', key));
  };
  const rounds = quick ? 1 : 7;
  const [many, few] = await paired(rounds, list(server.ask, 'large'), list(server.ask, 'small'));
  row(
    `list of 50 rows, ${large} proxies`,
    milliseconds(many / times),
    `${milliseconds(few / times)} at 100`,
    (many / few).toFixed(2),
    '<= 1.3',
  );
  const [ours, theirs] = await paired(rounds, list(server.ask, 'large'), list(bare.ask, 'any'));
  row(
    'list of 50 rows',
    milliseconds(ours / times),
    `${milliseconds(theirs / times)} bare Apollo`,
    (ours / theirs).toFixed(2),
    '',
  );
  await bare.close();
  await server.ask.close();
  await server.close();
  await remove();
}

async function startBare() {
  const rows = Array.from({ length: 50 }, (_, index) => ({
    ...{ id: `id ${index}`, name: `Proxy ${index}`, description: 'Routes traffic through a gateway', type: 'HTTP' },
    ...{ host: 'h0', port: '8080', editedAt: '2026-11-25T00:00:00.000Z', editedBy: { name: 'local' } },
  }));
  const apollo = new ApolloServer({
    typeDefs: `type Actor { name: String! } enum T { HTTP HTTPS }
      type P { id: ID! name: String! description: String type: T! host: String! port: String! editedAt: String! editedBy: Actor! }
      type C { nodes: [P!]! } type Project { proxyConnections(first: Int): C! } type Query { project(key: String!): Project }`,
    resolvers: { Query: { project: () => ({ proxyConnections: { nodes: rows } }) } },
  });
  await apollo.start();
  const app = fastify();
  app.post('/graphql', fastifyApolloHandler(apollo));
  const ask = asker(`${await app.listen({ port: 0, host: '127.0.0.1' })}/graphql`);
  return {
    ask,
    close: async () => {
      await ask.close();
      await app.close();
      await apollo.stop();
    },
  };
}
