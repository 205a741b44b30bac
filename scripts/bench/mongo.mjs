// createProxyConnection with 64 clients on a store that speaks MongoDB's protocol, against 64 clients' raw inserts there.
import { randomBytes } from 'node:crypto';
import { findMongo } from './mongo-server.mjs';
import { asCreated, ROW_BYTES } from './mutations.mjs';
import { rateCells, rates } from './rates.mjs';
import { fill, Stage } from './stage.mjs';

export async function measure({ quick, row }) {
  await Stage.run(async (stage) => {
    const figure = 'createProxyConnection, 64 clients, MongoDB protocol';
    const mongo = await findMongo(stage.directory);
    if ('missing' in mongo) return row(figure, 'left out', mongo.missing, '', '>= 1.5', '');
    stage.closes(mongo.stop);
    const settings = { MONGODB_URL: mongo.url, SECRETS_KEYS: `bench:${randomBytes(32).toString('base64')}` };
    const server = await stage.serve(settings);
    await fill(server.as(), 'bench', 0);
    const raw = await stage.baseline('mongo-inserts.mjs', mongo.url, String(ROW_BYTES));
    const by = (count, { url }, key) => stage.clients(count, { ...asCreated(key), url });
    const ours = await by(64, server, 'bench');
    const all = await rates({ raw: (seconds) => raw.call('run', seconds), ours }, { quick });
    row(figure, ...rateCells(all.ours, all.raw, `raw inserts, 64 clients, ${mongo.kind}`, '>= 1.5'));

    // Few rounds: where two nodes write to one project, a mutation may wait for seconds.
    const times = { quick, rounds: 3, warm: 1 };
    const second = await stage.serve(settings, 'second');
    await fill(server.as(), 'other', 0);
    const halves = [await by(32, server, 'bench'), await by(32, second, 'other')];
    const apart = await rates({ one: ours, two: together(halves) }, times);
    row('the same on two nodes, a project each', ...rateCells(apart.two, apart.one, 'one node'));
    const shared = await rates({ one: ours, two: together([halves[0], await by(32, second, 'bench')]) }, times);
    row('the same on two nodes, one project', ...rateCells(shared.two, shared.one, 'one node'));
  });
}

/** All at once, as one way. */
function together(ways) {
  return async (seconds) => {
    const runs = await Promise.all(ways.map((way) => way(seconds)));
    return {
      count: runs.reduce((sum, { count }) => sum + count, 0),
      seconds: Math.max(...runs.map((run) => run.seconds)),
      busy: Math.max(...runs.map(({ busy }) => busy)),
    };
  };
}
