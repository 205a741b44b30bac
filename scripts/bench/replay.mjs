// Replay and cold start of a long log against reading its rows with the driver, and `JSON.parse`, alone.
import path from 'node:path';
import Database from 'libsql';
import { median, milliseconds, perSecond } from './measure.mjs';
import { spreadOf } from './rates.mjs';
import { scratch, seed, startServer } from './server.mjs';

const POSITION = '{ project(key: "long") { position } }';

export async function measure({ quick, row }) {
  const length = quick ? 5_000 : 100_000;
  for (const distinct of [1_000, length]) {
    const { directory, remove } = await scratch();
    await seed(directory, 'long', length, distinct);
    const file = path.join(directory, 'proxy-ledger.sqlite');
    const times = { raw: [], replay: [], start: [] };
    for (let round = 0; round < (quick ? 1 : 5); round += 1) {
      times.raw.push(await timed(() => readRaw(file)));
      const cold = new Database(file);
      cold.exec('DELETE FROM snapshots');
      cold.close();
      times.replay.push(await firstTouch(directory, true));
      times.start.push(await firstTouch(directory, false));
    }
    const [raw, replay, start] = [times.raw, times.replay, times.start].map(median);
    const what = distinct === length ? `${length} proxies` : `${distinct} proxies, edited`;
    row(
      `replay of ${length} commits (${what})`,
      perSecond(length, replay),
      `${perSecond(length, raw)} rows read and parsed`,
      (raw / replay).toFixed(2),
      '>= 0.7',
      spreadOf(times.raw.map((each, round) => each / times.replay[round])),
    );
    row(
      `cold start from a snapshot (${what})`,
      milliseconds(start),
      `${milliseconds(replay)} replay`,
      (start / replay).toFixed(3),
      '',
    );
    await remove();
  }
}

/** From the first question to its answer; the server is given the time to write its snapshot if it is wanted. */
async function firstTouch(directory, writesSnapshot) {
  const server = await startServer(directory);
  const seconds = await timed(() => server.ask(POSITION));
  if (writesSnapshot) await new Promise((resolve) => setTimeout(resolve, 200));
  await server.ask.close();
  await server.close();
  return seconds;
}

function readRaw(file) {
  const database = new Database(file);
  const bodies = database.prepare('SELECT body FROM commits WHERE project = ? ORDER BY position').iterate(['long']);
  let last = 0;
  for (const { body } of bodies) last = JSON.parse(Buffer.from(body).toString('utf8')).position;
  database.close();
  return last;
}

async function timed(work) {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
