import { type Audited, auditCreation, auditEdit, auditMention } from '../event-sourcing/audited.ts';
import type { Actor, Commit, Event } from '../event-sourcing/event.ts';
import { listIndex, listIndexes } from '../event-sourcing/tables/list-indexes.ts';
import { joinKey, sortText } from '../event-sourcing/tables/sort-keys.ts';
import type { Table, TableDefinition } from '../event-sourcing/tables/table.ts';
import { mayName } from '../traffic/templates.ts';
import type { Rename } from '../words/rename.ts';
import { evolveProxy, type ProxyState } from './proxies.ts';
import type { Probed, ProxyEvent, ProxyId, RecordedTest } from './proxy-events.ts';
import { parametersOfPlace } from './proxy-places.ts';

export interface ProxyRow extends Audited {
  readonly id: ProxyId;
  readonly proxy: ProxyState;
  /** The newest probe of the saved proxy in each environment. */
  readonly tests: ReadonlyMap<string, NewestTest>;
}

export interface NewestTest extends TestRecord {
  /** Probes of the saved proxy in that environment, this one included. */
  readonly count: number;
}

export interface TestRecord {
  readonly test: RecordedTest;
  readonly draft: boolean;
  readonly probed: Probed;
  readonly at: string;
  readonly by: Actor;
  /** Of the commit that recorded it. */
  readonly position: number;
}

export type ProxyTable = Table<ProxyRow>;

export const proxyOrders = {
  NAME: (row: ProxyRow) => sortText(row.proxy.fields.name),
  TYPE: (row: ProxyRow) => row.proxy.fields.type,
  EDITED_BY: (row: ProxyRow) => sortText(row.editedBy.name),
  EDITED_AT: (row: ProxyRow) => row.editedAt,
  CREATED_AT: (row: ProxyRow) => row.createdAt,
};

const BY_NAME = listIndex('NAME', 'ACTIVE');
/** Active proxies with a password, by each parameter that decides where it goes, then by name. */
const PASSWORD_BY_PARAMETER = 'password by parameter of its place';

export const proxyTable: TableDefinition<ProxyRow> = {
  indexes: listIndexes(proxyOrders),
  atOnce: [BY_NAME],
  manifold: {
    [PASSWORD_BY_PARAMETER]: (row) =>
      row.deletedAt === undefined && row.proxy.fields.password
        ? parametersOfProxy(row).map((key) => joinKey(key, sortText(row.proxy.fields.name)))
        : [],
  },
  bytes: ({ proxy, tests }) => (proxy.fields.description?.length ?? 0) + tests.size * BYTES_OF_A_TEST,
  toJson: (row) => ({ ...row, proxy: { ...row.proxy, id: undefined }, tests: [...row.tests] }),
  fromJson: (json: StoredProxy) => ({
    ...json,
    proxy: { ...json.proxy, id: json.id },
    tests: json.tests.length > 0 ? new Map(json.tests) : NO_TESTS,
  }),
};

/** Of memory, about: stages, certificates and texts from peers. */
const BYTES_OF_A_TEST = 4_000;

type StoredProxy = Omit<ProxyRow, 'tests'> & { readonly tests: readonly (readonly [string, NewestTest])[] };

/** The active one with this name, trimmed and without case. */
export function proxyNamed(table: ProxyTable, name: string): ProxyRow | undefined {
  return table.find(BY_NAME, sortText(name.trim()));
}

/** The newest probe of the saved proxy, in any environment or in this one. */
export function lastTest(row: ProxyRow, environment?: string): TestRecord | undefined {
  if (environment !== undefined) return row.tests.get(environment);
  let newest: TestRecord | undefined;
  for (const record of row.tests.values()) if (!newest || record.position > newest.position) newest = record;
  return newest;
}

/** How many probes of the saved proxy were recorded, in any environment or in this one. */
export function countTests({ tests }: ProxyRow, environment?: string): number {
  if (environment !== undefined) return tests.get(environment)?.count ?? 0;
  return [...tests.values()].reduce((sum, { count }) => sum + count, 0);
}

/** By name. */
export function* activeProxies(table: ProxyTable): Iterable<ProxyRow> {
  for (const [, row] of table.ascending(BY_NAME)) yield row;
}

/** The keys of the parameters that its templates name. */
export function parametersOfProxy({ proxy: { fields } }: ProxyRow): readonly string[] {
  return parametersOfPlace(fields);
}

/** The active ones whose stored password goes where this parameter says, by name. */
export function* passwordsSentBy(table: ProxyTable, key: string): Iterable<ProxyRow> {
  for (const [, row] of table.matching(PASSWORD_BY_PARAMETER, key)) yield row;
}

/** False: this parameter does not say where the proxy is. */
export function mayBeWhereItSays({ proxy: { fields } }: ProxyRow, key: string): boolean {
  return mayName(fields.host, key) || mayName(fields.port, key);
}

export function applyToProxies(table: ProxyTable, event: Event & ProxyEvent, commit: Commit): void {
  if (!event.subject) return;
  const { version } = event.subject;
  const id = event.subject.id as ProxyId;
  table.change(id, (row) => {
    const proxy = evolveProxy(row?.proxy ?? ABSENT, event, { id, version });
    if (proxy.status === 'absent') return undefined;
    if (event.type !== 'ProxyTested') {
      const audit = row ? auditEdit(row, event, commit, DELETION[event.type]) : auditCreation(commit);
      return { id, proxy, tests: row?.tests ?? NO_TESTS, ...audit };
    }
    if (!row) return undefined;
    return { ...row, ...auditMention(row), tests: event.data.draft ? row.tests : withTest(row.tests, event, commit) };
  });
}

const ABSENT = { status: 'absent' } as const;
/** Of all proxies that were never tested. */
const NO_TESTS: ProxyRow['tests'] = new Map();

export function testRecord(event: Event & Extract<ProxyEvent, { type: 'ProxyTested' }>, commit: Commit): TestRecord {
  return { ...event.data, at: commit.at, by: commit.actor, position: commit.position };
}

/** Recorded tests move along when environments are renamed; that is no edit of the proxy. */
export function renameEnvironmentsOfProxies(table: ProxyTable, renames: readonly Rename[]): void {
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  for (const row of [...table.all()]) {
    if (![...row.tests.keys()].some((environment) => names.has(environment))) continue;
    const tests = new Map([...row.tests].filter(([environment]) => !names.has(environment)));
    for (const [environment, record] of row.tests) {
      const name = names.get(environment);
      if (name === undefined) continue;
      const count = record.count + (tests.get(name)?.count ?? 0);
      tests.set(name, { ...record, count, test: { ...record.test, environment: name } });
    }
    table.put({ ...row, tests });
  }
}

const DELETION = {
  ProxyConnectionCreated: 'neither',
  ProxyConnectionUpdated: 'neither',
  ProxyConnectionDeleted: 'deletes',
  ProxyConnectionRestored: 'restores',
} as const;

function withTest(
  tests: ProxyRow['tests'],
  event: Event & Extract<ProxyEvent, { type: 'ProxyTested' }>,
  commit: Commit,
): ProxyRow['tests'] {
  const { environment } = event.data.test;
  const count = (tests.get(environment)?.count ?? 0) + 1;
  return new Map(tests).set(environment, { ...testRecord(event, commit), count });
}
