// The past of a log: first and repeated touches of its moments, and pages deep in its history.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { median, milliseconds, paired } from './measure.mjs';
import { scratch, seed, snapshotsWritten, startServer } from './server.mjs';

const LIST = 'proxyConnections(first: 20) { nodes { id name host version } }';
const at = (position) => `{ project(key: "log", asOf: { position: ${position} }) { ${LIST} } }`;

/** How long each of 20 looks takes that are far from each other, in seconds. */
export async function firstTouches(server, length) {
  const touches = [];
  for (let count = 1; count <= 20; count += 1) {
    const position = Math.floor((length * (((count * 7) % 20) + 0.37)) / 20) || 1;
    const before = performance.now();
    await server.ask(at(Math.min(position, length - 1)));
    touches.push((performance.now() - before) / 1000);
  }
  return touches;
}

/** In a process of its own: nothing of the log was in its memory before. */
async function afterRestart(directory, length) {
  const script = fileURLToPath(new URL('past-after-restart.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, directory, String(length)]);
  return JSON.parse(stdout);
}

export async function measure({ quick, row }) {
  const logs = quick
    ? [{ length: 1_000, distinct: 1_000 }]
    : [
        { length: 1_000, distinct: 1_000 },
        { length: 100_000, distinct: 1_000 },
        { length: 100_000, distinct: 100_000 },
      ];
  for (const { length, distinct } of logs) {
    const log = length === 1_000 ? '1000 commits' : `${length} commits (${distinct} proxies)`;
    const { directory, remove } = await scratch();
    await seed(directory, 'log', length, distinct);
    let server = await startServer(directory);
    const begun = performance.now();
    await server.ask('{ project(key: "log") { position } }');
    const replay = (performance.now() - begun) / 1000;
    await snapshotsWritten(directory);
    const touch = (name, touches) => {
      for (const [of20, first] of [
        ['median', median(touches)],
        ['slowest', Math.max(...touches)],
      ]) {
        row(
          `asOf, ${name} (${of20} of 20), ${log}`,
          milliseconds(first),
          `${milliseconds(replay)} replay`,
          (first / replay).toFixed(3),
          length > 1_000 ? '<= 0.05' : '',
        );
      }
    };
    touch('first touch', await firstTouches(server, length));
    if (length > 1_000) {
      await server.ask.close();
      await server.close();
      touch('first touch after a restart', await afterRestart(directory, length));
      server = await startServer(directory);
      await server.ask('{ project(key: "log") { position } }');
    }
    const times = quick ? 10 : 100;
    const many = (query) => async () => {
      for (let count = 0; count < times; count += 1) await server.ask(query);
    };
    const rounds = quick ? 1 : 5;
    const [again, live] = await paired(
      rounds,
      many(at(Math.floor(length / 2))),
      many(`{ project(key: "log") { ${LIST} } }`),
    );
    row(
      `asOf, repeated, ${log}`,
      milliseconds(again / times),
      `${milliseconds(live / times)} live`,
      (again / live).toFixed(2),
      '<= 2',
    );
    const history = (after) =>
      `{ project(key: "log") { history(first: 20${after}) { nodes { id type commit { at } } } } }`;
    const cursor = Buffer.from(JSON.stringify(['history DESC', `${Math.floor(length / 10)}.0`])).toString('base64url');
    const [deep, head] = await paired(rounds, many(history(`, after: "${cursor}"`)), many(history('')));
    row(
      `history page, deep, ${log}`,
      milliseconds(deep / times),
      `${milliseconds(head / times)} at the head`,
      (deep / head).toFixed(2),
      '',
    );
    await server.ask.close();
    await server.close();
    await remove();
  }
}
