// Looks at the past in a fresh process: node past-after-restart.mjs DIRECTORY LENGTH. Prints seconds as JSON.
import 'reflect-metadata';

const { firstTouches } = await import('./past.mjs');
const { startServer } = await import('./server.mjs');
const [directory, length] = process.argv.slice(2);

const server = await startServer(directory);
await server.ask('{ project(key: "log") { position } }');
const touches = await firstTouches(server, Number(length));
await server.ask.close();
await server.close();
process.stdout.write(JSON.stringify(touches));
