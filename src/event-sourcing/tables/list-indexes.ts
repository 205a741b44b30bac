import type { Audited } from '../audited.ts';
import type { IndexDefinition, IndexPair } from './table.ts';

export type ResourceState = 'ACTIVE' | 'DELETED' | 'ANY';

/** For each order of a list and each state of its resources the index that a page is read from. */
export function listIndexes<Row extends Audited>(
  orders: Readonly<Record<string, (row: Row) => string>>,
): Record<string, IndexDefinition<Row> | IndexPair> {
  const indexes: Record<string, IndexDefinition<Row> | IndexPair> = {};
  for (const [order, key] of Object.entries(orders)) {
    indexes[listIndex(order, 'ACTIVE')] = (row) => (row.deletedAt === undefined ? key(row) : undefined);
    indexes[listIndex(order, 'DELETED')] = (row) => (row.deletedAt === undefined ? undefined : key(row));
    indexes[listIndex(order, 'ANY')] = [listIndex(order, 'ACTIVE'), listIndex(order, 'DELETED')];
  }
  return indexes;
}

/** The name of such an index. */
export function listIndex(order: string, state: ResourceState): string {
  return `${order} of ${state}`;
}
