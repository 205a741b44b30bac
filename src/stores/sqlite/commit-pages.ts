import type { SealedCommit } from '../../event-sourcing/event.ts';
import { type CommitRange, StoreUnusableError } from '../../event-sourcing/event-store.ts';
import { oneByOne } from '../../words/one-by-one.ts';
import { type EventIndex, openStored, placeOf } from '../commit-index.ts';
import { type Bounds, boundsOf, isWhole, positions } from './commit-positions.ts';
import type { SqliteConnection, SqlValue } from './connection.ts';

/** So many positions are looked up at once, and at most so many commits are read before other work gets its turn. */
const PAGE = 256;
/** Bodies in memory at once, unless one alone is larger. */
const LARGEST_PAGE_BYTES = 1024 * 1024;

/** Commits as they come out of the file, unopened. */
export interface StoredCommits {
  /** In the order of the page. */
  readonly heads: readonly CommitHead[];
  /** By position, and of each commit in their order. */
  readonly events: readonly StoredEvent[];
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
  const heads = isWhole(where)
    ? headsWithin(connection, project, { bounds, direction, limit })
    : headsAt(connection, project, positions(connection, project, { bounds, where, direction, limit }));
  if (heads.length === 0) return undefined;
  const commits = withBodies(connection, project, heads);
  const count = commits.heads.length;
  const last = commits.heads[count - 1]?.[0] ?? 0;
  if (count === heads.length && count < limit) return { ...commits, count };
  return {
    ...{ ...commits, count },
    next: direction === 'forwards' ? { ...bounds, after: last } : { ...bounds, upTo: last - 1 },
  };
}

/** The first of the commits at these positions, which ascend or descend: as many as go into a page. */
export function commitsAt(connection: SqliteConnection, project: string, wanted: readonly number[]): StoredCommits {
  return withBodies(connection, project, headsAt(connection, project, wanted));
}

/** The first of these commits, as many as go into a page. */
function withBodies(connection: SqliteConnection, project: string, heads: readonly CommitHead[]): StoredCommits {
  let bytes = 0;
  const beyond = heads.findIndex(([, , , , , bytesOfBody], index) => {
    bytes += bytesOfBody;
    return index > 0 && bytes > LARGEST_PAGE_BYTES;
  });
  const taken = beyond === -1 ? heads : heads.slice(0, beyond);
  const among = amongPositions(taken.map(([position]) => position));
  return {
    heads: taken,
    events: eventsAt(connection, project, among),
    bodies: bodiesAt(connection, project, among),
  };
}

/** Opens commits in the order of their page. Compares the copies beside each body with the body. */
export function* openCommits(project: string, stored: StoredCommits): Generator<SealedCommit> {
  const events = eventsByPosition(stored.events);
  const bodies = bodiesByPosition(stored);
  for (const [position, at, actorId, claim, hash] of stored.heads) {
    const copies = { project, position, at, actorId, claim, events: events.get(position) ?? NO_EVENTS };
    yield openStored(bodies.get(position) ?? NO_BODY, hash, copies);
  }
}

const NO_EVENTS: readonly EventIndex[] = [];
const NO_BODY = new Uint8Array();

/** Streams a range page by page; each is asked for while the one before is opened. */
export function readPages(
  project: string,
  range: CommitRange,
  ask: (range: CommitRange, bounds?: Bounds) => Promise<CommitPage | undefined>,
): AsyncIterable<SealedCommit> {
  return oneByOne(openPages(project, range, ask));
}

async function* openPages(
  project: string,
  range: CommitRange,
  ask: (range: CommitRange, bounds?: Bounds) => Promise<CommitPage | undefined>,
): AsyncGenerator<Iterator<SealedCommit>> {
  const { limit = Number.POSITIVE_INFINITY } = range;
  if (limit <= 0) return;
  let left = limit;
  for (let page = await ask(range); page; ) {
    left -= page.count;
    const more =
      page.next && left > 0 ? ask({ ...range, ...(limit < Infinity && { limit: left }) }, page.next) : undefined;
    // Nobody may wait for it any more when it fails.
    more?.catch(() => undefined);
    yield openCommits(project, page);
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
function bodiesByPosition({ heads, bodies: all }: StoredCommits): ReadonlyMap<number, Uint8Array> {
  const bodies = new Map<number, Uint8Array>();
  let from = 0;
  for (const [position, , , , , bytes] of inOrderOfPositions(heads)) {
    bodies.set(position, Buffer.from(all, from, bytes));
    from += bytes;
  }
  return bodies;
}

function inOrderOfPositions(heads: readonly CommitHead[]): readonly CommitHead[] {
  const [first = 0, last = 0] = [heads[0]?.[0], heads.at(-1)?.[0]];
  return first <= last ? heads : heads.toReversed();
}

// What follows asks for many rows in one: handing over each by itself would cost as much as reading them.

const HEAD = 'json_array(position, at, actor_id, claim, hash, length(body))';

function headsWithin(
  connection: SqliteConnection,
  project: string,
  { bounds, direction, limit }: { bounds: Bounds; direction: 'forwards' | 'backwards'; limit: number },
): readonly CommitHead[] {
  const order = direction === 'forwards' ? 'ASC' : 'DESC';
  return listOf(
    connection,
    `SELECT '[' || coalesce(group_concat(head), '') || ']' AS list FROM
      (SELECT ${HEAD} AS head FROM commits WHERE project = ? AND position > ? AND position <= ?
        ORDER BY position ${order} LIMIT ?)`,
    ...[project, bounds.after, bounds.upTo, limit],
  ) as CommitHead[];
}

function headsAt(connection: SqliteConnection, project: string, wanted: readonly number[]): readonly CommitHead[] {
  if (wanted.length === 0) return [];
  const among = amongPositions(wanted);
  const heads = listOf(
    connection,
    `SELECT json_group_array(${HEAD}) AS list FROM commits WHERE project = ? AND ${among.sql}`,
    ...[project, ...among.values],
  ) as CommitHead[];
  const there = new Map(heads.map((head) => [head[0], head]));
  return wanted.map((position) => {
    const head = there.get(position);
    if (!head) throw new StoreUnusableError(`a stored commit is missing: ${placeOf({ project, position })}`);
    return head;
  });
}

function eventsAt(connection: SqliteConnection, project: string, among: Condition): readonly StoredEvent[] {
  return listOf(
    connection,
    `SELECT json_group_array(json_array(position, type, subject)) AS list FROM
      (SELECT position, type, subject FROM commit_events NOT INDEXED WHERE project = ? AND ${among.sql} ORDER BY position, n)`,
    ...[project, ...among.values],
  ) as StoredEvent[];
}

function bodiesAt(connection: SqliteConnection, project: string, among: Condition): ArrayBuffer {
  // SQLite takes bytes here as they are, whether they are text or not.
  const [row] = connection.all(
    `SELECT CAST(group_concat(body, '') AS BLOB) AS bodies FROM
      (SELECT body FROM commits WHERE project = ? AND ${among.sql} ORDER BY position)`,
    ...[project, ...among.values],
  ) as [{ bodies: ArrayBuffer }];
  return row.bodies;
}

interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Positions in their order, or the other way round. Without gaps they are a range, which SQLite goes through faster. */
function amongPositions(wanted: readonly number[]): Condition {
  const [one = 0, other = 0] = [wanted[0], wanted.at(-1)];
  const [first, last] = [Math.min(one, other), Math.max(one, other)];
  return last - first + 1 === wanted.length
    ? { sql: 'position >= ? AND position <= ?', values: [first, last] }
    : { sql: 'position IN (SELECT value FROM json_each(?))', values: [JSON.stringify(wanted)] };
}

/** What a query gathers as `list`. */
function listOf(connection: SqliteConnection, sql: string, ...values: readonly SqlValue[]): readonly unknown[] {
  const { list } = connection.get(sql, ...values) as { list: string };
  return JSON.parse(list) as unknown[];
}
