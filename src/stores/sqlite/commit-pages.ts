import type { SealedCommit } from '../../event-sourcing/event.ts';
import { type CommitRange, StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { type EventIndex, openStored, placeOf } from '../commit-index.ts';
import { type Bounds, boundsOf, positions } from './commit-positions.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** So many positions are looked up at once, and at most so many commits are read before other work gets its turn. */
const PAGE = 256;
/** Bodies in memory at once, unless one alone is larger. */
const LARGEST_PAGE_BYTES = 1024 * 1024;

/** Commits as they come out of the file, unopened. */
export interface StoredCommits {
  /** JSON of a list of `CommitHead`, in the order of the page. */
  readonly heads: string;
  /** JSON of a list of `StoredEvent`, by position, and of each commit in their order. */
  readonly events: string;
  /** By position, one behind the other. */
  readonly bodies: ArrayBuffer;
}

export interface CommitPage extends StoredCommits {
  readonly count: number;
  /** Where the next page begins; absent at the end. */
  readonly next?: Bounds;
}

/** A row without its body. */
type CommitHead = readonly [
  position: number,
  at: string,
  actorId: string,
  claim: string,
  hash: string,
  bytesOfBody: number,
];

type StoredEvent = readonly [position: number, type: string, subject: string | null];

/** @param bounds where an earlier page said that the next one begins; left out for the first page */
export function pageOf(
  connection: SqliteConnection,
  project: string,
  range: CommitRange,
  bounds: Bounds = boundsOf(connection, project, range),
): CommitPage | undefined {
  const { direction = 'forwards', where = {} } = range;
  const limit = Math.min(range.limit ?? PAGE, PAGE);
  const wanted = positions(connection, project, { bounds, where, direction, limit });
  if (wanted.length === 0) return undefined;
  const { count, ...commits } = commitsAt(connection, project, wanted);
  const last = wanted[count - 1] ?? 0;
  if (count === wanted.length && wanted.length < limit) return { ...commits, count };
  return {
    ...{ ...commits, count },
    next: direction === 'forwards' ? { ...bounds, after: last } : { ...bounds, upTo: last - 1 },
  };
}

/** The first of the commits at these positions, which ascend or descend: as many as go into a page. */
export function commitsAt(
  connection: SqliteConnection,
  project: string,
  wanted: readonly number[],
): StoredCommits & { readonly count: number } {
  const there = new Map(headsAt(connection, project, wanted).map((head) => [head[0], head]));
  const heads: CommitHead[] = [];
  let bytes = 0;
  for (const position of wanted) {
    const head = there.get(position);
    if (!head) throw new StoreUnusableError(`a stored commit is missing: ${placeOf({ project, position })}`);
    bytes += head[5];
    if (heads.length > 0 && bytes > LARGEST_PAGE_BYTES) break;
    heads.push(head);
  }
  const taken = wanted.slice(0, heads.length);
  return {
    count: heads.length,
    heads: JSON.stringify(heads),
    events: eventsAt(connection, project, taken),
    bodies: bodiesAt(connection, project, taken),
  };
}

/** Opens commits in the order of their page. Compares the copies beside each body with the body. */
export function* openCommits(project: string, stored: StoredCommits): Generator<SealedCommit> {
  const heads = JSON.parse(stored.heads) as CommitHead[];
  const events = eventsByPosition(JSON.parse(stored.events) as StoredEvent[]);
  const bodies = bodiesByPosition(heads, stored.bodies);
  for (const [position, at, actorId, claim, hash] of heads) {
    const copies = { project, position, at, actorId, claim, events: events.get(position) ?? [] };
    yield openStored(bodies.get(position) ?? new Uint8Array(), hash, copies);
  }
}

/** Streams a range page by page; each is asked for while the one before is opened. */
export async function* readPages(
  project: string,
  range: CommitRange,
  ask: (range: CommitRange, bounds?: Bounds) => Promise<CommitPage | undefined>,
): AsyncGenerator<SealedCommit> {
  const { limit = Number.POSITIVE_INFINITY } = range;
  if (limit <= 0) return;
  let left = limit;
  for (let page = await ask(range); page; ) {
    left -= page.count;
    const more =
      page.next && left > 0 ? ask({ ...range, ...(limit < Infinity && { limit: left }) }, page.next) : undefined;
    // Nobody may wait for it any more when it fails.
    more?.catch(() => undefined);
    yield* openCommits(project, page);
    page = await more;
  }
}

function eventsByPosition(list: readonly StoredEvent[]): ReadonlyMap<number, EventIndex[]> {
  const events = new Map<number, EventIndex[]>();
  for (const [position, type, subject] of list) {
    const event = subject === null ? { type } : { type, subject };
    const ofCommit = events.get(position);
    if (ofCommit) ofCommit.push(event);
    else events.set(position, [event]);
  }
  return events;
}

/** Parts of one piece of memory, which is as large as they are together. */
function bodiesByPosition(heads: readonly CommitHead[], all: ArrayBuffer): ReadonlyMap<number, Uint8Array> {
  const bodies = new Map<number, Uint8Array>();
  let from = 0;
  for (const [position, , , , , bytes] of heads.toSorted(([a], [b]) => a - b)) {
    bodies.set(position, Buffer.from(all, from, bytes));
    from += bytes;
  }
  return bodies;
}

// What follows asks for many rows in one: handing over each by itself would cost as much as reading them.

function headsAt(connection: SqliteConnection, project: string, wanted: readonly number[]): CommitHead[] {
  const among = amongPositions(wanted);
  const heads = listOf(
    connection,
    `SELECT json_group_array(json_array(position, at, actor_id, claim, hash, length(body))) AS list
      FROM commits WHERE project = ? AND ${among.sql}`,
    ...[project, ...among.values],
  );
  return JSON.parse(heads) as CommitHead[];
}

function eventsAt(connection: SqliteConnection, project: string, wanted: readonly number[]): string {
  const among = amongPositions(wanted);
  return listOf(
    connection,
    `SELECT json_group_array(json_array(position, type, subject)) AS list FROM
      (SELECT position, type, subject FROM commit_events NOT INDEXED WHERE project = ? AND ${among.sql} ORDER BY position, n)`,
    ...[project, ...among.values],
  );
}

function bodiesAt(connection: SqliteConnection, project: string, wanted: readonly number[]): ArrayBuffer {
  const among = amongPositions(wanted);
  // SQLite takes bytes here as they are, whether they are text or not.
  const [row] = connection.all(
    `SELECT CAST(group_concat(body, '') AS BLOB) AS bodies FROM
      (SELECT body FROM commits WHERE project = ? AND ${among.sql} ORDER BY position)`,
    ...[project, ...among.values],
  ) as [{ bodies: ArrayBuffer }];
  return row.bodies;
}

/** Positions in their order, or the other way round. Without gaps they are a range, which SQLite goes through faster. */
function amongPositions(wanted: readonly number[]): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const [one = 0, other = 0] = [wanted[0], wanted.at(-1)];
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  return last - first + 1 === wanted.length
    ? { sql: 'position >= ? AND position <= ?', values: [first, last] }
    : { sql: 'position IN (SELECT value FROM json_each(?))', values: [JSON.stringify(wanted)] };
}

/** What a query gathers as `list`. */
function listOf(connection: SqliteConnection, sql: string, ...values: readonly SqlValue[]): string {
  return (connection.get(sql, ...values) as { list: string }).list;
}
