import { type Audited, auditCreation, auditEdit } from '../event-sourcing/audited.ts';
import type { Commit, Event } from '../event-sourcing/event.ts';
import { listIndex, listIndexes } from '../event-sourcing/tables/list-indexes.ts';
import { joinKey, sortText } from '../event-sourcing/tables/sort-keys.ts';
import type { Table, TableDefinition } from '../event-sourcing/tables/table.ts';
import { mayName, templateKeys } from '../traffic/templates.ts';
import type { DataSourceEvent, DataSourceId, StoredHeader } from './data-source-events.ts';
import { type DataSourceState, evolveDataSource } from './data-sources.ts';

export interface DataSourceRow extends Audited {
  readonly id: DataSourceId;
  readonly source: DataSourceState;
}

export type DataSourceTable = Table<DataSourceRow>;

export const dataSourceOrders = {
  NAME: (row: DataSourceRow) => sortText(row.source.fields.name),
  EDITED_BY: (row: DataSourceRow) => sortText(row.editedBy.name),
  EDITED_AT: (row: DataSourceRow) => row.editedAt,
  CREATED_AT: (row: DataSourceRow) => row.createdAt,
};

/** Active data sources by the proxy that they are attached to, then by name. */
export const BY_PROXY = 'active by proxy';

const BY_NAME = listIndex('NAME', 'ACTIVE');
/** Active data sources with secret headers, by each parameter that their base URL names, then by name. */
const SECRETS_BY_PARAMETER = 'secret headers by parameter of the base URL';
/** Active data sources, by each parameter that their secret headers name, then by name. */
const NAMING_PARAMETER = 'parameter in secret headers';
/** Active data sources with secret headers that an attached proxy may get to see, by that proxy, then by name. */
const SECRETS_BY_PROXY = 'secret headers by proxy';

export const dataSourceTable: TableDefinition<DataSourceRow> = {
  indexes: {
    ...listIndexes(dataSourceOrders),
    [BY_PROXY]: ({ deletedAt, source: { proxyConnectionId, fields } }) =>
      deletedAt === undefined && proxyConnectionId !== null
        ? joinKey(proxyConnectionId, sortText(fields.name))
        : undefined,
    [SECRETS_BY_PROXY]: (row) => {
      const { proxyConnectionId, fields } = row.source;
      const isSeen = proxyConnectionId !== null && hasSecrets(row) && !isAlwaysHttps(fields.baseUrl);
      return isSeen ? joinKey(proxyConnectionId, sortText(fields.name)) : undefined;
    },
  },
  atOnce: [BY_NAME, BY_PROXY, SECRETS_BY_PROXY],
  manifold: {
    [SECRETS_BY_PARAMETER]: (row) => (hasSecrets(row) ? underName(row, templateKeys(row.source.fields.baseUrl)) : []),
    [NAMING_PARAMETER]: (row) =>
      hasSecrets(row) ? underName(row, row.source.fields.headers.flatMap(parametersOfSecret)) : [],
  },
  bytes: ({ source: { fields } }) =>
    fields.headers.reduce(
      (sum, header) => sum + BYTES_OF_A_HEADER + ('value' in header ? header.value.length : 0),
      (fields.description?.length ?? 0) + fields.baseUrl.length,
    ),
  toJson: (row) => ({ ...row, source: { ...row.source, id: undefined } }),
  fromJson: (json: DataSourceRow) => ({ ...json, source: { ...json.source, id: json.id } }),
};

/** Of memory, about, beside its value. */
const BYTES_OF_A_HEADER = 200;

/** The active one with this name, trimmed and without case. */
export function dataSourceNamed(table: DataSourceTable, name: string): DataSourceRow | undefined {
  return table.find(BY_NAME, sortText(name.trim()));
}

/** The active ones that route through this proxy, deleted or not, by name. */
export function dataSourcesUsing(table: DataSourceTable, proxyId: string): DataSourceRow[] {
  return [...table.matching(BY_PROXY, proxyId)].map(([, row]) => row);
}

export function isProxyInUse(table: DataSourceTable, proxyId: string): boolean {
  return !table.matching(BY_PROXY, proxyId).next().done;
}

/** The active ones with secret headers whose base URL names this parameter, by name. */
export function* secretsSentBy(table: DataSourceTable, key: string): Iterable<DataSourceRow> {
  const names = ({ source }: DataSourceRow) => mayName(source.fields.baseUrl, key);
  yield* filedUnder(table, SECRETS_BY_PARAMETER, key, names);
}

/** The active ones that name this parameter in secret headers, by name. */
export function* namingInSecrets(table: DataSourceTable, key: string): Iterable<DataSourceRow> {
  const names = ({ source }: DataSourceRow) =>
    source.fields.headers.some((header) => parametersOfSecret(header).includes(key));
  yield* filedUnder(table, NAMING_PARAMETER, key, names);
}

/** The active ones with secret headers that this proxy may get to see, as their base URL need not be https:, by name. */
export function* secretsThrough(table: DataSourceTable, proxyId: string): Iterable<DataSourceRow> {
  for (const [, row] of table.matching(SECRETS_BY_PROXY, proxyId)) yield row;
}

/** The proxies of all those. */
export function proxiesOfSecrets(table: DataSourceTable): Iterable<string> {
  return table.firstParts(SECRETS_BY_PROXY);
}

/** By name. */
export function* activeDataSources(table: DataSourceTable): Iterable<DataSourceRow> {
  for (const [, row] of table.ascending(BY_NAME)) yield row;
}

/** The keys of the parameters that its templates name. */
export function parametersOfDataSource({ source: { fields } }: DataSourceRow): readonly string[] {
  const inHeaders = fields.headers.flatMap((header) =>
    'secretRef' in header ? header.parameters : templateKeys(header.value),
  );
  return [...templateKeys(fields.baseUrl), ...inHeaders];
}

/** Whether nobody on the way gets to see what is sent there, whatever its parameters are. */
function isAlwaysHttps(baseUrl: string): boolean {
  return /^https:/i.test(baseUrl);
}

function hasSecrets({ deletedAt, source }: DataSourceRow): boolean {
  return deletedAt === undefined && source.fields.headers.some((header) => 'secretRef' in header);
}

function parametersOfSecret(header: StoredHeader): readonly string[] {
  return 'secretRef' in header ? header.parameters : [];
}

/** So many of its parameters an index files a row under. One that names more is filed once, to be looked at. */
const MOST_PARAMETERS = 100;
/** No parameter has this key. */
const MANY = '*';

function underName({ source }: DataSourceRow, keys: readonly string[]): readonly string[] {
  const distinct = new Set<string>();
  for (const key of keys) if (distinct.size <= MOST_PARAMETERS) distinct.add(key);
  const filed = distinct.size <= MOST_PARAMETERS ? [...distinct] : [MANY];
  return filed.map((key) => joinKey(key, sortText(source.fields.name)));
}

function* filedUnder(
  table: DataSourceTable,
  index: string,
  key: string,
  names: (row: DataSourceRow) => boolean,
): Iterable<DataSourceRow> {
  for (const [, row] of table.matching(index, key)) yield row;
  for (const [, row] of table.matching(index, MANY)) if (names(row)) yield row;
}

export function applyToDataSources(table: DataSourceTable, event: Event & DataSourceEvent, commit: Commit): void {
  if (!event.subject) return;
  const id = event.subject.id as DataSourceId;
  const { version } = event.subject;
  table.change(id, (row) => {
    const source = evolveDataSource(row?.source ?? { status: 'absent' }, event, { id, version });
    if (source.status === 'absent') return undefined;
    return { id, source, ...(row ? auditEdit(row, event, commit, DELETION[event.type]) : auditCreation(commit)) };
  });
}

const DELETION = {
  DataSourceCreated: 'neither',
  DataSourceUpdated: 'neither',
  DataSourceProxyAttached: 'neither',
  DataSourceProxyDetached: 'neither',
  DataSourceDeleted: 'deletes',
  DataSourceRestored: 'restores',
} as const;
