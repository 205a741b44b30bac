// What a proxy takes of memory: its row, and its entries in all indexes of all orders.
import path from 'node:path';
import { memoryInUse } from './measure.mjs';
import { scratch, seed } from './server.mjs';

const { readOn } = await import('../../dist/event-sourcing/ledger/read-on.js');
const { Image } = await import('../../dist/event-sourcing/images/image.js');
const { listIndex } = await import('../../dist/event-sourcing/tables/list-indexes.js');
const { projectModel } = await import('../../dist/project/project-model.js');
const { proxyOrders } = await import('../../dist/proxies/proxy-view.js');
const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');

const MOST_BYTES = 2_048;

export async function measure({ quick, row }) {
  const proxies = quick ? 5_000 : 100_000;
  const { directory, remove } = await scratch();
  await seed(directory, 'log', proxies + 1);
  const { events: store } = openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
  // What is made once, for all projects.
  await replayed(store, 'none');
  const before = await settledMemory();
  const image = await replayed(store, 'log');
  const rows = await settledMemory();
  const indexes = [];
  for (const order of Object.keys(proxyOrders)) {
    for (const state of ['ACTIVE', 'DELETED']) indexes.push(await image.view.proxies.ordered(listIndex(order, state)));
  }
  const all = await settledMemory();
  const indexed = indexes.reduce((sum, { size }) => sum + size, 0);
  if (indexed !== proxies * Object.keys(proxyOrders).length)
    throw new Error(`${indexed} entries of ${proxies} proxies`);
  const [ofRows, ofAll] = [rows - before, all - before].map((bytes) => bytes / proxies);
  row(
    `memory of a proxy in all views and indexes, ${proxies} proxies`,
    `${Math.round(ofAll)} bytes`,
    `${Math.round(ofRows)} bytes before any order but the default one was asked for`,
    (ofAll / MOST_BYTES).toFixed(2),
    '< 1 (2 KiB)',
  );
  await store.close();
  await remove();
}

async function replayed(store, project) {
  const { image, stoppedBy } = await readOn(store, project, Image.empty(projectModel));
  if (stoppedBy) throw stoppedBy;
  return image;
}

/** What is freed by one collection may let go of more, outside of the heap too. */
async function settledMemory() {
  for (let least = Number.POSITIVE_INFINITY; ; ) {
    const now = memoryInUse();
    if (now > least * 0.999) return now;
    least = now;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
