import { listRows } from '../../../src/api/toolkit/list.ts';
import { listIndexes } from '../../../src/event-sourcing/tables/list-indexes.ts';
import { Table } from '../../../src/event-sourcing/tables/table.ts';

const actor = { kind: 'USER', id: 'a', name: 'a', auth: 'none' } as const;
const audit = { createdBy: actor, createdAt: '', editedBy: actor, editedAt: '', version: 1, changes: 1 };
const ROWS = 60;

const table = Table.empty<{ readonly id: string } & typeof audit>({ indexes: listIndexes({ NAME: ({ id }) => id }) });
for (let at = 0; at < ROWS; at += 1) table.put({ id: `id ${at}`, ...audit });

/** A page of none of the rows, each of which takes a millisecond to look at. */
function search(signal: AbortSignal) {
  const looked = { rows: 0 };
  const matches = () => {
    looked.rows += 1;
    for (const until = performance.now() + 1; performance.now() < until; );
    return false;
  };
  const order = { field: 'NAME', direction: 'ASC' } as const;
  return {
    looked,
    page: Promise.resolve(listRows(table, {}, { list: 'rows', order, filter: {}, matches, client: { signal } })),
  };
}

describe('a search that looks at every row', () => {
  test('gives others their turn', async () => {
    const { looked, page } = search(new AbortController().signal);
    const seen = new Set<number>();
    let isDone = false;
    const done = page.then(() => {
      isDone = true;
    });
    while (!isDone) {
      seen.add(looked.rows);
      await new Promise(setImmediate);
    }
    await done;
    expect(seen.size).toBeGreaterThan(3);
    expect((await page).entries).toEqual([]);
    expect(looked.rows).toBe(ROWS);
  });

  test('ends when its client has gone, and so does counting', async () => {
    const gone = new AbortController();
    const { total } = await search(gone.signal).page;
    const begun = search(gone.signal);
    const ended = Promise.allSettled([begun.page, total()]);
    gone.abort();
    const reason = expect.objectContaining({ name: 'AbortError' });
    const failed = { status: 'rejected', reason };
    expect(await ended).toEqual([failed, failed]);
    expect(begun.looked.rows).toBeLessThan(ROWS);
  });
});
