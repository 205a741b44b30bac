import fc from 'fast-check';
import { listRows } from '../../../src/api/toolkit/list.ts';
import { listIndexes } from '../../../src/event-sourcing/tables/list-indexes.ts';
import { sortText } from '../../../src/event-sourcing/tables/sort-keys.ts';
import { Table } from '../../../src/event-sourcing/tables/table.ts';

const actor = { kind: 'USER', id: 'a', name: 'a', auth: 'none' } as const;

function row(id: string, name: string, deleted = false) {
  const audit = { createdBy: actor, createdAt: id, editedBy: actor, editedAt: name, version: 1, changes: 1 };
  return { id, name, ...audit, ...(deleted && { deletedAt: 'then', deletedBy: actor }) };
}
type Row = ReturnType<typeof row>;

const orders = { NAME: ({ name }: Row) => sortText(name), EDITED_AT: ({ editedAt }: Row) => editedAt };
const id = fc.integer({ min: 0, max: 29 }).map((number) => `id ${String(number).padStart(2, '0')}`);
const edit = fc.record({ id, name: fc.constantFrom('a', 'b', 'B', 'c', '😀', '\uffff'), deleted: fc.boolean() });

describe('pages taken while rows are edited and added', () => {
  test.each(['ASC', 'DESC'] as const)('neither repeat nor lose a row that did not move, %s', async (direction) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(edit, { maxLength: 40 }),
        fc.array(fc.array(edit, { maxLength: 3 }), { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        fc.constantFrom('NAME', 'EDITED_AT'),
        async (start, edits, size, backwards, field) => {
          let table = Table.empty<Row>({ indexes: listIndexes(orders) });
          for (const each of start) table.put(row(each.id, each.name, each.deleted));
          const request = {
            list: 'rows',
            order: { field, direction },
            filter: {},
            client: new AbortController(),
          };
          const whole = (await listRows(table, { first: 100 }, request)).entries.map(([, entry]) => entry);
          const moved = new Set<string>();
          const seen: string[] = [];
          let cursor: string | undefined;
          for (let turn = 0; turn < 60; turn += 1) {
            const args = backwards
              ? { last: size, ...(cursor && { before: cursor }) }
              : { first: size, ...(cursor && { after: cursor }) };
            const page = await listRows(table, args, request);
            const edges = backwards ? [...page.entries].reverse() : page.entries;
            seen.push(...edges.map(([, entry]) => entry.id));
            const last = edges.at(-1);
            cursor = last ? page.cursorOf(last[0]) : cursor;
            if (!(backwards ? page.hasPreviousPage : page.hasNextPage)) break;
            // Whoever holds the old table is not disturbed: pages are read from forks.
            table = table.fork();
            for (const each of edits[turn] ?? []) {
              moved.add(each.id);
              table.put(row(each.id, each.name, each.deleted));
            }
          }
          const still = whole.map((each) => each.id).filter((each) => !moved.has(each));
          const seenStill = seen.filter((each) => !moved.has(each));
          expect(backwards ? seenStill.reverse() : seenStill).toEqual(still);
        },
      ),
      { numRuns: 200 },
    );
  });
});
