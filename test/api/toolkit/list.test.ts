import fc from 'fast-check';
import { listRows } from '../../../src/api/toolkit/list.ts';
import { listIndexes } from '../../../src/event-sourcing/tables/list-indexes.ts';
import { Table } from '../../../src/event-sourcing/tables/table.ts';

const actor = { kind: 'USER', id: 'a', name: 'a', auth: 'none' } as const;
const audit = { createdBy: actor, createdAt: '', editedBy: actor, editedAt: '', version: 1, changes: 1 };
const ROWS = 60;

type Row = { readonly id: string } & typeof audit;
const indexes = listIndexes<Row>({ NAME: ({ id }) => id });

const table = Table.empty<Row>({ indexes });
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

test('a page of some rows has those that match, however far apart they are', async () => {
  const many = Table.empty<Row>({ indexes });
  const ids = Array.from({ length: 3_000 }, (_, at) => String(at).padStart(4, '0'));
  for (const id of ids) many.put({ id, ...audit });
  const { signal } = new AbortController();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(1, 2, 50, 700, 2_000, 5_000),
      fc.nat(40),
      fc.boolean(),
      fc.constantFrom('ASC' as const, 'DESC' as const),
      async (every, size, fromEnd, direction) => {
        const wanted = ids.filter((id) => Number(id) % every === every - 1);
        const inOrder = direction === 'ASC' ? wanted : wanted.toReversed();
        const request = { list: 'rows', order: { field: 'NAME', direction }, filter: {}, client: { signal } };
        const matches = ({ id }: { readonly id: string }) => Number(id) % every === every - 1;
        const pages: string[][] = [];
        for (let cursor: string | undefined; pages.length < 3; ) {
          const args = fromEnd ? { last: size, before: cursor ?? null } : { first: size, after: cursor ?? null };
          const page = await listRows(many, args, { ...request, matches });
          pages.push(page.entries.map(([, { id }]) => id));
          const edge = page.entries.at(fromEnd ? 0 : -1);
          expect(fromEnd ? page.hasPreviousPage : page.hasNextPage).toBe(pages.flat().length < wanted.length);
          if (!edge) break;
          cursor = page.cursorOf(edge[0]);
        }
        const taken = fromEnd ? pages.toReversed().flat() : pages.flat();
        const expected = fromEnd ? inOrder.slice(Math.max(0, inOrder.length - 3 * size)) : inOrder.slice(0, 3 * size);
        expect(taken).toEqual(size === 0 ? [] : expected);
      },
    ),
    { numRuns: 60 },
  );
});
