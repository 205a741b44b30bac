import type { Audited } from '../../event-sourcing/audited.ts';
import { listIndex, type ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { OrderedRows, Table } from '../../event-sourcing/tables/table.ts';
import { after, type Soon } from '../../words/after.ts';
import type { Entries, PageSource } from '../../words/page-source.ts';
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

/** Whoever waits; the signal is asked for by work that can end early. */
interface Client {
  readonly signal: AbortSignal;
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
  readonly client: Client;
}

/**
 * A page of a table in one of its orders. Without a filter it takes the same time however many rows there are; what takes
 * longer is done beside other work.
 */
export function listRows<Row extends Audited & { readonly id: string }>(
  table: Table<Row>,
  args: PageArgs,
  request: ListRequest<Row>,
): Soon<Page<Row>> {
  const { order, filter, client } = request;
  const rows = table.ordered(listIndex(order.field, filter.state ?? 'ACTIVE'), client);
  return after(rows, (ordered) => readRows(ordered, args, request));
}

function readRows<Row extends Audited & { readonly id: string }>(
  rows: OrderedRows<Row>,
  args: PageArgs,
  { list, order, filter, client, matches: wanted }: ListRequest<Row>,
): Soon<Page<Row>> {
  const matches = combine(auditMatches(filter), wanted);
  const found = (entries: IterableIterator<[string, Row]>, atMost: number) =>
    matches ? only(entries, matches, atMost, client) : entries;
  const ascending = (behind: string | undefined, atMost: number) => found(rows.ascending(behind), atMost);
  const descending = (before: string | undefined, atMost: number) => found(rows.descending(before), atMost);
  const direction = order.direction ?? 'ASC';
  const upwards = direction === 'ASC';
  const source: PageSource<Row> = {
    order: `${list} ${order.field} ${direction}`,
    forwards: upwards ? ascending : descending,
    backwards: upwards ? descending : ascending,
    compare: (a, b) => (a === b ? 0 : a < b === upwards ? -1 : 1),
    total: () => (matches ? count(rows.ascending(), matches, client) : rows.size),
  };
  return readPage(args, source);
}

/** A page of the rows that an index, one that is there at once, files under a prefix, ascending. */
export function listMatching<Row extends { readonly id: string }>(
  table: Table<Row>,
  args: PageArgs,
  { index, prefix, client }: { readonly index: string; readonly prefix: string; readonly client: Client },
): Soon<Page<Row>> {
  const source: PageSource<Row> = {
    order: index,
    forwards: (behind) => table.matching(index, prefix, behind),
    backwards: (before) => table.matchingBackwards(index, prefix, before),
    compare: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
    total: () => count(table.matching(index, prefix), () => true, client),
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

/** So many rows are looked at, within the slice, before somebody has to wait for those that match. */
const LOOKED_AT_ONCE = 1_000;

/** Those that match, so many at least if there are: at once where they are found soon. */
function only<Row>(
  entries: IterableIterator<[string, Row]>,
  matches: (row: Row) => boolean,
  atLeast: number,
  client: Client,
): Entries<Row> {
  const found: [string, Row][] = [];
  for (let looked = 0; found.length < atLeast; looked += 1) {
    if (looked === LOOKED_AT_ONCE || isSliceOver()) return goOn(found, entries, matches, client);
    const next = entries.next();
    if (next.done) break;
    if (matches(next.value[1])) found.push(next.value);
  }
  return found;
}

async function* goOn<Row>(
  found: readonly [string, Row][],
  entries: Iterable<[string, Row]>,
  matches: (row: Row) => boolean,
  client: Client,
): AsyncIterable<[string, Row]> {
  yield* found;
  for (const entry of entries) {
    if (isSliceOver()) await nextSlice(client.signal);
    if (matches(entry[1])) yield entry;
  }
}

async function count<Row>(
  entries: Iterable<[string, Row]>,
  matches: (row: Row) => boolean,
  client: Client,
): Promise<number> {
  let found = 0;
  for (const [, row] of entries) {
    if (isSliceOver()) await nextSlice(client.signal);
    if (matches(row)) found += 1;
  }
  return found;
}
