import 'reflect-metadata';
import { scratch, seed, startServer } from './server.mjs';

const LIST = process.env.LIST ?? 'proxyConnections(first: 20) { nodes { id name host version } }';
const length = 100000,
  distinct = Number(process.argv[2] ?? length);
const { directory, remove } = await scratch();
await seed(directory, 'log', length, distinct);
const t = async (f) => {
  const b = performance.now();
  await f();
  return Math.round(performance.now() - b);
};
let server = await startServer(directory);
const at = (p) => `{ project(key: "log", asOf: { position: ${p} }) { position ${LIST} } }`;
console.log('replay', await t(() => server.ask('{ project(key: "log") { position } }')));
console.log(
  'live list 1st',
  await t(() => server.ask(`{ project(key: "log") { ${LIST} } }`)),
  'again',
  await t(() => server.ask(`{ project(key: "log") { ${LIST} } }`)),
);
for (const p of [99000, 50000, 50100, 75300, 20000, 90000, 10])
  console.log('warm asOf', p, await t(() => server.ask(at(p))), 'again', await t(() => server.ask(at(p))));
await new Promise((r) => setTimeout(r, 3000));
await server.ask.close();
await server.close();
server = await startServer(directory);
console.log('cold start', await t(() => server.ask('{ project(key: "log") { position } }')));
for (const p of [99000, 50000, 50100, 75300, 20000, 90000, 10])
  console.log('cold asOf', p, await t(() => server.ask(at(p))), 'again', await t(() => server.ask(at(p))));
await server.ask.close();
await server.close();
await remove();
process.exit(0);
