import { type Audited, auditCreation, auditEdit } from '../event-sourcing/audited.ts';
import type { Commit, Event } from '../event-sourcing/event.ts';
import { listIndexes } from '../event-sourcing/tables/list-indexes.ts';
import { joinKey, sortText } from '../event-sourcing/tables/sort-keys.ts';
import type { Table, TableDefinition } from '../event-sourcing/tables/table.ts';
import type { ParameterValues } from '../traffic/parameter-values.ts';
import type { Rename } from '../words/rename.ts';
import type { ParameterEvent, ParameterId, StoredValue } from './parameter-events.ts';
import { evolveParameter, type ParameterState, renameEnvironments } from './parameters.ts';

export interface ParameterRow extends Audited {
  readonly id: ParameterId;
  readonly parameter: ParameterState;
}

export type ParameterTable = Table<ParameterRow>;

export const parameterOrders = {
  KEY: (row: ParameterRow) => sortText(row.parameter.key),
  EDITED_BY: (row: ParameterRow) => sortText(row.editedBy.name),
  EDITED_AT: (row: ParameterRow) => row.editedAt,
  CREATED_AT: (row: ParameterRow) => row.createdAt,
};

const ACTIVE = 'active by key';
const DELETED = 'deleted by key';

export const parameterTable: TableDefinition<ParameterRow> = {
  indexes: {
    ...listIndexes(parameterOrders),
    [ACTIVE]: (row) => (row.deletedAt === undefined ? row.parameter.key : undefined),
    [DELETED]: (row) => (row.deletedAt === undefined ? undefined : joinKey(row.parameter.key, row.deletedAt)),
  },
  atOnce: [ACTIVE, DELETED],
  bytes: ({ parameter: { description, values, defaultValue } }) =>
    [...values.values(), defaultValue].reduce(
      (sum, value) => sum + BYTES_OF_A_VALUE + (typeof value === 'string' ? value.length : 0),
      description?.length ?? 0,
    ),
  toJson: (row) => ({ ...row, parameter: { ...row.parameter, id: undefined, values: [...row.parameter.values] } }),
  fromJson: (json: StoredParameter) => ({
    ...json,
    parameter: { ...json.parameter, id: json.id, values: new Map(json.parameter.values) },
  }),
};

/** Of memory, about, beside its text. */
const BYTES_OF_A_VALUE = 100;

type StoredParameter = ParameterRow & {
  readonly parameter: { readonly values: Iterable<readonly [string, StoredValue]> };
};

export function activeParameter(table: ParameterTable, key: string): ParameterRow | undefined {
  return table.find(ACTIVE, key);
}

/** The active one with this key, else the one with it that was deleted last. */
export function latestParameter(table: ParameterTable, key: string): ParameterRow | undefined {
  const active = activeParameter(table, key);
  if (active) return active;
  let latest: ParameterRow | undefined;
  for (const [, row] of table.matching(DELETED, key)) latest = row;
  return latest;
}

/** The active parameters as an environment sees them. */
export function parameterValues(table: ParameterTable, environment: string): ParameterValues {
  return {
    environment,
    isSecret: (key) => activeParameter(table, key)?.parameter.secret ?? false,
    isDefined: (key) => storedValue(table, environment, key) !== undefined,
    valueOf: (key) => {
      const value = storedValue(table, environment, key);
      return typeof value === 'string' ? value : undefined;
    },
  };
}

/** The environment's own value, else the default: a text, or where the secret is kept. */
export function storedValue(table: ParameterTable, environment: string, key: string): StoredValue | undefined {
  const parameter = activeParameter(table, key)?.parameter;
  return parameter?.values.get(environment) ?? parameter?.defaultValue ?? undefined;
}

export function applyToParameters(table: ParameterTable, event: Event & ParameterEvent, commit: Commit): void {
  if (!event.subject) return;
  const id = event.subject.id as ParameterId;
  const { version } = event.subject;
  const deletion = event.type === 'ConfigParameterDeleted' ? 'deletes' : 'neither';
  table.change(id, (row) => {
    const parameter = evolveParameter(row?.parameter ?? { status: 'absent' }, event, { id, version });
    if (parameter.status === 'absent') return undefined;
    return { id, parameter, ...(row ? auditEdit(row, event, commit, deletion) : auditCreation(commit)) };
  });
}

export function renameEnvironmentsOfParameters(table: ParameterTable, renames: readonly Rename[]): void {
  for (const row of [...table.all()]) {
    const parameter = renameEnvironments(row.parameter, renames);
    if (parameter !== row.parameter) table.put({ ...row, parameter });
  }
}
