import type { Audited } from '../../event-sourcing/audited.ts';
import { listIndex, type ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { Table } from '../../event-sourcing/tables/table.ts';
import type { PageSource } from '../../words/page-source.ts';
import { isSliceOver, nextSlice } from '../../words/slices.ts';
import { identityText } from './filter-texts.ts';
import { type Page, type PageArgs, readPage } from './paging.ts';
import type { OrderDirection } from './shared-types.ts';

/** The part of a list's filter that every resource has. */
export interface AuditFilter {
  readonly state?: ResourceState | null;
  readonly editedBy?: string | null;
  readonly editedSince?: string | null;
}

export interface ListRequest<Row> {
  /** Names the list in its cursors. */
  readonly list: string;
  /** Ascending by default. */
  readonly order: { readonly field: string; readonly direction?: OrderDirection | null };
  readonly filter: AuditFilter;
  /** What else the filter wants of a row; undefined when nothing. */
  readonly matches?: ((row: Row) => boolean) | undefined;
  /** Ends the search when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/**
 * A page of a table in one of its orders. Without a filter it takes the same time however many rows there are; what takes
 * longer is done beside other work.
 */
export async function listRows<Row extends Audited & { readonly id: string }>(
  table: Table<Row>,
  args: PageArgs,
  request: ListRequest<Row>,
): Promise<Page<Row>> {
  const { list, order, filter, signal } = request;
  const rows = await table.ordered(listIndex(order.field, filter.state ?? 'ACTIVE'), signal);
  const matches = combine(auditMatches(filter), request.matches);
  const found = (entries: Iterable<[string, Row]>) => (matches ? only(entries, matches, signal) : entries);
  const ascending = (after?: string) => found(rows.ascending(after));
  const descending = (before?: string) => found(rows.descending(before));
  const direction = order.direction ?? 'ASC';
  const upwards = direction === 'ASC';
  const source: PageSource<Row> = {
    order: `${list} ${order.field} ${direction}`,
    forwards: upwards ? ascending : descending,
    backwards: upwards ? descending : ascending,
    compare: (a, b) => (a === b ? 0 : a < b === upwards ? -1 : 1),
    total: () => (matches ? count(rows.ascending(), matches, signal) : rows.size),
  };
  return readPage(args, source);
}

/** A page of the rows that an index, one that is there at once, files under a prefix, ascending. */
export function listMatching<Row extends { readonly id: string }>(
  table: Table<Row>,
  args: PageArgs,
  { index, prefix, signal }: { readonly index: string; readonly prefix: string; readonly signal: AbortSignal },
): Promise<Page<Row>> {
  const source: PageSource<Row> = {
    order: index,
    forwards: (after) => table.matching(index, prefix, after),
    backwards: (before) => table.matchingBackwards(index, prefix, before),
    compare: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
    total: () => count(table.matching(index, prefix), () => true, signal),
  };
  return readPage(args, source);
}

function auditMatches({ editedBy, editedSince }: AuditFilter): ((row: Audited) => boolean) | undefined {
  const editor = identityText('editedBy', editedBy);
  if (editor === undefined && typeof editedSince !== 'string') return undefined;
  return (row) =>
    (editor === undefined || row.editedBy.id === editor) &&
    (typeof editedSince !== 'string' || row.editedAt >= editedSince);
}

function combine<Row>(
  a: ((row: Row) => boolean) | undefined,
  b: ((row: Row) => boolean) | undefined,
): ((row: Row) => boolean) | undefined {
  return a && b ? (row) => a(row) && b(row) : (a ?? b);
}

async function* only<Row>(
  entries: Iterable<[string, Row]>,
  matches: (row: Row) => boolean,
  signal: AbortSignal,
): AsyncIterable<[string, Row]> {
  for (const entry of entries) {
    if (isSliceOver()) await nextSlice(signal);
    if (matches(entry[1])) yield entry;
  }
}

async function count<Row>(
  entries: Iterable<[string, Row]>,
  matches: (row: Row) => boolean,
  signal: AbortSignal,
): Promise<number> {
  let found = 0;
  for (const [, row] of entries) {
    if (isSliceOver()) await nextSlice(signal);
    if (matches(row)) found += 1;
  }
  return found;
}
