// In process: 64 clients that create proxies through the ledgers, all in one project against each in a project of its own.
import path from 'node:path';
import { rateCells, rates } from './rates.mjs';
import { ACTOR, scratch } from './server.mjs';

const { Ledgers } = await import('../../dist/event-sourcing/ledger/ledgers.js');
const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');
const { projectModel } = await import('../../dist/project/project-model.js');
const { newProxyId } = await import('../../dist/proxies/proxy-events.js');
const { newTimeOrderedId } = await import('../../dist/words/time-ordered-id.js');

const CLIENTS = 64;

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const { events: store } = await openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
  const stopping = new AbortController();
  const alarm = (message, details) => {
    throw new Error(message, { cause: details });
  };
  const now = () => new Date().toISOString();
  const surroundings = { store, now, alarm, newCommitId: newTimeOrderedId, stopped: stopping.signal };
  const ledgers = new Ledgers(projectModel, surroundings, 1024 ** 3);
  const execute = async (project, command) => {
    const { kind } = await ledgers.execute(project, { actor: ACTOR, command });
    if (kind !== 'appended') throw new Error(`${project}: ${kind}`);
  };
  const projects = Array.from({ length: CLIENTS + 1 }, (_, number) => `p${number}`);
  for (const key of projects) {
    const fields = { name: key, description: null, environments: ['dev'] };
    await execute(key, { type: 'CreateProject', key, fields });
  }
  let names = 0;
  const create = (project) => {
    names += 1;
    const fields = {
      ...{ name: `Proxy ${names}`, description: null, type: 'HTTP', host: 'h', port: '8080' },
      ...{ authType: 'NO_AUTH', user: null, password: null },
    };
    return execute(project, { type: 'CreateProxy', id: newProxyId(project), fields });
  };
  const over = (projectOf) => async (seconds) => {
    const begun = performance.now();
    let count = 0;
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, client) => {
        for (; performance.now() < begun + seconds * 1000; count += 1) await create(projectOf(client));
      }),
    );
    return { count, seconds: (performance.now() - begun) / 1000 };
  };
  const { one, many } = await rates(
    { one: over(() => projects[CLIENTS]), many: over((client) => projects[client]) },
    { quick },
  );
  row(`ledger, ${CLIENTS} clients, ${CLIENTS} projects, in process`, ...rateCells(many, one, 'one project', '>= 0.8'));
  await ledgers.drained();
  ledgers.stop();
  stopping.abort();
  await store.close();
  await remove();
}
