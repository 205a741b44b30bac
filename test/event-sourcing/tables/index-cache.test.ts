import { Table, type TableDefinition } from '../../../src/event-sourcing/tables/table.ts';

interface Row {
  readonly id: string;
  readonly name: string;
}

const ROWS = 5_000;
/** Rows whose name is asked for, in the order of asking. */
let read: string[] = [];
/** Milliseconds that each row takes. */
let pace = 0;

const definition: TableDefinition<Row> = {
  indexes: {
    'by name': ({ id, name }) => {
      read.push(id);
      for (const until = performance.now() + pace; performance.now() < until; );
      return name;
    },
  },
};

function tableOf(rows: number): Table<Row> {
  const table = Table.empty(definition);
  for (let at = 0; at < rows; at += 1) table.put({ id: `id ${at}`, name: `name ${at % 10}` });
  return table;
}

/** A fork in which so many rows are other ones. */
function edited(table: Table<Row>, rows: number): Table<Row> {
  const fork = table.fork();
  for (let at = 0; at < rows; at += 1) fork.put({ id: `id ${at}`, name: 'edited' });
  return fork;
}

const names = async (table: Table<Row>) => [...(await table.ordered('by name')).ascending()].map(([, row]) => row.name);
const sorted = (table: Table<Row>) => [...table.all()].map(({ name }) => name).sort();

beforeEach(() => {
  read = [];
  pace = 0;
});

describe('an index that is not there at once', () => {
  test('is made beside other work', async () => {
    const table = tableOf(40);
    pace = 1;
    let isMade = false;
    const made = Promise.resolve(table.ordered('by name')).then(() => {
      isMade = true;
    });
    const seen = new Set<number>();
    while (!isMade) {
      seen.add(read.length);
      await new Promise(setImmediate);
    }
    await made;
    // Some of 10 ms each: others had their turn in between.
    expect(seen.size).toBeGreaterThan(2);
    expect(read).toHaveLength(40);
  });

  test('is made once for all who ask, and goes on without those who have gone', async () => {
    const table = tableOf(60);
    pace = 1;
    const gone = new AbortController();
    const first = table.ordered('by name', gone);
    const others = [table.ordered('by name'), table.ordered('by name')];
    await new Promise(setImmediate);
    gone.abort();
    await expect(first).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    for (const other of await Promise.all(others)) expect(other.size).toBe(60);
    expect(read).toHaveLength(60);
  });

  test('ends with the last who waits for it', async () => {
    const table = tableOf(60);
    pace = 1;
    const gone = new AbortController();
    const made = table.ordered('by name', gone);
    gone.abort();
    await expect(made).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    const until = read.length;
    for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
    expect(read).toHaveLength(until);
    expect(until).toBeLessThan(60);
  });

  test('follows to later and earlier forks by what is different there', async () => {
    const table = tableOf(ROWS);
    expect(await names(table)).toEqual(sorted(table));
    const later = edited(table, 100);
    read = [];
    expect(await names(later)).toEqual(sorted(later));
    expect(read.length).toBeLessThanOrEqual(200);
    read = [];
    expect(await names(table)).toEqual(sorted(table));
    expect(read.length).toBeLessThanOrEqual(200);
  });

  test('is there for the newest rows and for far ones at once', async () => {
    const now = tableOf(ROWS);
    const then = edited(now, ROWS - 1);
    await names(now);
    await names(then);
    read = [];
    expect(await names(now)).toEqual(sorted(now));
    expect(await names(then)).toEqual(sorted(then));
    expect(read).toEqual([]);
  });
});
