// How the cost of a list and of a mutation grows with proxies, commits and projects.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { editOf, LISTED, pages } from './lists.mjs';
import { asCreated } from './mutations.mjs';
import { rateCells, rates, timeCells } from './rates.mjs';
import { seed, snapshotsWritten } from './server.mjs';
import { edgesOf, fill, Stage } from './stage.mjs';

const CLIENTS = 16;
const PROJECTS = 64;

export async function measure({ quick, row }) {
  const [few, many] = quick ? [100, 1_000] : [5_000, 100_000];
  await Stage.run(async (stage) => {
    const directory = path.join(stage.directory, 'data');
    await mkdir(directory);
    await seed(directory, 'few', few + 1);
    await seed(directory, 'many', many + 1);
    await seed(directory, 'edited', many + 1, few);
    const server = await stage.serve();
    const ask = server.as();
    const listed = {};
    const created = {};
    for (const key of ['few', 'many', 'edited']) {
      const edges = await edgesOf(ask, key);
      const bodies = pages(key, spread(edges, few));
      const beside = { url: server.url, ...editOf(edges[0].id) };
      listed[key] = await stage.clients(CLIENTS, { url: server.url, bodies, wants: LISTED, beside });
      created[key] = await stage.clients(CLIENTS, { url: server.url, ...asCreated(key) });
    }
    if (!quick) await snapshotsWritten(directory);
    for (const [figure, ways] of [
      ['list of 50 rows', listed],
      ['createProxyConnection', created],
    ]) {
      const all = await rates(ways, { quick });
      const baseline = `with ${few} proxies`;
      row(`${figure}, ${CLIENTS} clients, ${many} proxies`, ...timeCells(all.many, all.few, baseline));
      row(
        `${figure}, ${CLIENTS} clients, ${few} proxies, ${many} commits`,
        ...timeCells(all.edited, all.few, baseline),
      );
    }

    const keys = Array.from({ length: PROJECTS + 1 }, (_, number) => `p${number}`);
    for (const key of keys) await fill(ask, key, 0);
    const overAll = keys.slice(1).map(asCreated);
    const over = await rates(
      {
        one: await stage.clients(PROJECTS, { url: server.url, ...asCreated(keys[0]) }),
        all: await stage.clients(PROJECTS, {
          ...{ url: server.url, bodies: overAll.flatMap(({ bodies }) => bodies) },
          wants: overAll[0].wants,
        }),
      },
      { quick },
    );
    row(`createProxyConnection, 64 clients, ${PROJECTS} projects`, ...rateCells(over.all, over.one, 'one project'));
  });
}

/** So many of them at most, from all over. */
function spread(all, count) {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0);
}
