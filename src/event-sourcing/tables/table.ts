import { after, type Soon } from '../../words/after.ts';
import { IndexCache } from './index-cache.ts';
import type { Codec } from './leaves.ts';
import { MapSection, type Section } from './section.ts';
import type { StoredSections } from './snapshot-parts.ts';
import { BEHIND_SEPARATOR, entryKey, idOf, joinKey, SEPARATOR } from './sort-keys.ts';
import { merged, SortedMap } from './sorted-map.ts';

/**
 * How an index files a row: its sort key, or undefined when the row does not belong in the index. Keys sort by code
 * unit; make texts fit with `sortText`.
 */
export type IndexDefinition<Row> = (row: Row) => string | undefined;

/** Two indexes with no row in common, which together make a third one that takes no memory. */
export type IndexPair = readonly [one: string, other: string];

export interface TableDefinition<Row> {
  readonly indexes: Readonly<Record<string, IndexDefinition<Row> | IndexPair>>;
  /**
   * Names of indexes that are there from the beginning, and stored with the rows: what each decision and most questions
   * need is shared by all images that are folded from one. Of the others `Table.ordered` is to be asked.
   */
  readonly atOnce?: readonly string[];
  /** Indexes that file a row under any number of sort keys, each once; there from the beginning like those. */
  readonly manifold?: Readonly<Record<string, (row: Row) => readonly string[]>>;
  /** About how many bytes of memory a row takes besides what every row does: its texts above all. Left out: none. */
  readonly bytes?: (row: Row) => number;
  /** A row as what JSON can say, and back; left out when it is that already. */
  readonly toJson?: (row: Row) => unknown;
  readonly fromJson?: (json: never) => Row;
}

/** Of memory: a row with short texts, its id and audit, and its entries in the indexes that are there at once. */
const BYTES_OF_A_ROW = 1_400;
/** Of memory, about: one of any number in an index. */
const BYTES_OF_AN_ENTRY = 200;

/** A stored row that nobody asked for yet. */
class Unread<Row> {
  private content: { readonly json: string } | { readonly row: Row };

  constructor(
    json: string,
    private readonly id: string,
    private readonly read: (json: string, id: string) => Row,
  ) {
    this.content = { json };
  }

  get json(): string | undefined {
    return 'json' in this.content ? this.content.json : undefined;
  }

  get row(): Row {
    if ('json' in this.content) this.content = { row: this.read(this.content.json, this.id) };
    return this.content.row;
  }
}

/** An entry of an index that was stored. Its row is looked up once: where the row changes, so does the entry. */
class StoredEntry<Row> {
  private found: Row | undefined;

  constructor(private readonly id: string) {}

  row(rows: (id: string) => Row | undefined): Row {
    this.found ??= rows(this.id);
    if (!this.found) throw new Error(`an index names ${this.id}, which has no row`);
    return this.found;
  }
}

/** Indexes hold rows, as a page of ids would have to be looked up one by one. */
type Entry<Row> = Row | Unread<Row> | StoredEntry<Row>;

/** What pages are read from. */
type Walked<Row> = Pick<SortedMap<Entry<Row>>, 'size' | 'ascending' | 'descending'>;

/** Rows in the order of an index, each with its entry key. */
export interface OrderedRows<Row> {
  readonly size: number;
  /** From the first entry greater than `after`. */
  ascending(after?: string): IterableIterator<[entry: string, row: Row]>;
  /** From the first entry less than `before`. */
  descending(before?: string): IterableIterator<[entry: string, row: Row]>;
}

/** Rows by id, with ordered indexes. `fork` is cheap; a table that was handed out is never changed, its fork is. */
export class Table<Row extends { readonly id: string }> {
  private constructor(
    private readonly definition: TableDefinition<Row>,
    private readonly rows: SortedMap<Row | Unread<Row>>,
    /** Those that are there at once. */
    private readonly indexes: ReadonlyMap<string, SortedMap<Entry<Row>>>,
    private readonly others = new IndexCache<Row | Unread<Row>>(),
    /** About how many bytes the rows that were put take; what was restored is not counted. */
    private putBytes = 0,
  ) {}

  get bytes(): number {
    return this.putBytes;
  }

  static empty<Row extends { readonly id: string }>(definition: TableDefinition<Row>): Table<Row> {
    const atOnce = namesAtOnce(definition).map((name) => [name, SortedMap.empty<Entry<Row>>()] as const);
    return new Table(definition, SortedMap.empty(), new Map(atOnce));
  }

  /** The table whose sections were stored. */
  static restore<Row extends { readonly id: string }>(
    definition: TableDefinition<Row>,
    name: string,
    stored: StoredSections,
  ): Table<Row> {
    const indexes = namesAtOnce(definition).map(
      (index) => [index, stored.map(indexSection(name, index), indexCodec<Row>())] as const,
    );
    return new Table<Row>(definition, stored.map(name, rowCodec(definition)), new Map(indexes));
  }

  *sections(name: string): Iterable<Section> {
    yield new MapSection(name, this.rows, rowCodec(this.definition));
    for (const index of this.indexes.keys())
      yield new MapSection(indexSection(name, index), this.index(index), indexCodec<Row>());
  }

  fork(): Table<Row> {
    const indexes = new Map([...this.indexes].map(([name, index]) => [name, index.fork()]));
    return new Table(this.definition, this.rows.fork(), indexes, this.others, this.putBytes);
  }

  get(id: string): Row | undefined {
    const held = this.rows.get(id);
    return held && rowOf(held);
  }

  put(row: Row): void {
    this.change(row.id, () => row);
  }

  /**
   * Puts what becomes of the row with this id, which is undefined when there is none. Looked up once. What is answered has
   * the same id, or is undefined: nothing changes.
   */
  change(id: string, next: (before: Row | undefined) => Row | undefined): void {
    const before = this.get(id);
    const row = next(before);
    if (!row) return;
    this.rows.set(id, row);
    this.putBytes += this.bytesOf(row) - (before ? this.bytesOf(before) : 0);
    for (const name of this.definition.atOnce ?? []) {
      const index = this.index(name);
      const define = this.indexDefinition(name);
      const [oldKey, newKey] = [before && define(before), define(row)];
      if (oldKey !== undefined && oldKey !== newKey) index.delete(joinKey(oldKey, id));
      if (newKey !== undefined) index.set(joinKey(newKey, id), row);
    }
    const { manifold } = this.definition;
    for (const name in manifold) {
      const define = manifold[name] as (row: Row) => readonly string[];
      this.changeEntries(name, row, (before && define(before)) ?? NO_KEYS, define(row));
    }
  }

  private changeEntries(name: string, row: Row, before: readonly string[], after: readonly string[]): void {
    if (before.length === 0 && after.length === 0) return;
    const index = this.index(name);
    const [oldKeys, newKeys] = [new Set(before), new Set(after)];
    for (const key of oldKeys) if (!newKeys.has(key)) index.delete(joinKey(key, row.id));
    for (const key of newKeys) index.set(joinKey(key, row.id), row);
    this.putBytes += (newKeys.size - oldKeys.size) * BYTES_OF_AN_ENTRY;
  }

  /** Every row, in the order of ids. */
  *all(): IterableIterator<Row> {
    for (const held of this.rows.values()) yield rowOf(held);
  }

  /**
   * The rows in the order of any index. One that is not there at once is made beside other work; throws the client's signal's
   * reason when the caller does not wait for it any more.
   */
  ordered(name: string, client?: { readonly signal: AbortSignal }): Soon<OrderedRows<Row>> {
    const definition = this.definition.indexes[name];
    if (Array.isArray(definition)) {
      const [one, other] = definition as IndexPair;
      return after(this.ordered(one, client), (first) =>
        after(this.ordered(other, client), (second) => both(first, second)),
      );
    }
    const define = this.indexDefinition(name);
    const keyOf = (held: Row | Unread<Row>) => {
      const row = rowOf(held);
      return entryKey(define(row), row.id);
    };
    const index: Soon<Walked<Row>> =
      this.indexes.get(name) ?? this.others.get(name, { rows: this.rows, keyOf }, client?.signal);
    return after(index, (found) => ({
      size: found.size,
      ascending: (behind) => this.upwards(found, behind),
      descending: (before) => this.downwards(found, before),
    }));
  }

  /** How many rows an index holds that is there at once. */
  size(index: string): number {
    return this.index(index).size;
  }

  /** Rows of an index that is there at once in ascending order, from the first entry greater than `after`. */
  ascending(index: string, after?: string): IterableIterator<[entry: string, row: Row]> {
    return this.upwards(this.index(index), after);
  }

  /** The first row of an index, one that is there at once, whose sort key is exactly this one. */
  find(index: string, sortKey: string): Row | undefined {
    for (const [, row] of this.matching(index, sortKey)) return row;
    return undefined;
  }

  /**
   * Rows of an index that is there at once whose sort key begins with these parts (see `joinKey`), in ascending order, from the first entry
   * greater than `after`.
   */
  *matching(index: string, prefix: string, after?: string): IterableIterator<[entry: string, row: Row]> {
    const start = `${prefix}${SEPARATOR}`;
    for (const [key, row] of this.ascending(index, after !== undefined && after > start ? after : start)) {
      if (!key.startsWith(start)) return;
      yield [key, row];
    }
  }

  /** The same in descending order, from the first entry less than `before`. */
  *matchingBackwards(index: string, prefix: string, before?: string): IterableIterator<[entry: string, row: Row]> {
    const start = `${prefix}${SEPARATOR}`;
    const end = `${prefix}${BEHIND_SEPARATOR}`;
    for (const [key, row] of this.downwards(this.index(index), before !== undefined && before < end ? before : end)) {
      if (!key.startsWith(start)) return;
      yield [key, row];
    }
  }

  /** The first parts of the sort keys (see `joinKey`) of an index that is there at once, each once, in ascending order. */
  *firstParts(index: string): IterableIterator<string> {
    for (let from: string | undefined; ; ) {
      const [entry] = this.index(index).ascending(from);
      if (!entry) return;
      const [part = ''] = entry[0].split(SEPARATOR, 1);
      yield part;
      from = `${part}${BEHIND_SEPARATOR}`;
    }
  }

  private *upwards(index: Walked<Row>, after?: string): IterableIterator<[entry: string, row: Row]> {
    for (const [key, entry] of index.ascending(after)) if (key !== after) yield [key, this.rowAt(entry)];
  }

  private *downwards(index: Walked<Row>, before?: string): IterableIterator<[entry: string, row: Row]> {
    for (const [key, entry] of index.descending(before)) yield [key, this.rowAt(entry)];
  }

  private rowAt(entry: Entry<Row>): Row {
    return entry instanceof StoredEntry ? entry.row((id) => this.get(id)) : rowOf(entry);
  }

  private bytesOf(row: Row): number {
    return BYTES_OF_A_ROW + (this.definition.bytes?.(row) ?? 0);
  }

  private index(name: string): SortedMap<Entry<Row>> {
    const index = this.indexes.get(name);
    if (!index) throw new Error(`no index named ${name} is there at once`);
    return index;
  }

  private indexDefinition(name: string): IndexDefinition<Row> {
    const define = this.definition.indexes[name];
    if (typeof define !== 'function') throw new Error(`no index named ${name} has keys of its own`);
    return define;
  }
}

function both<Row>(one: OrderedRows<Row>, other: OrderedRows<Row>): OrderedRows<Row> {
  return {
    size: one.size + other.size,
    ascending: (behind) => merged(one.ascending(behind), other.ascending(behind), (a, b) => a < b),
    descending: (before) => merged(one.descending(before), other.descending(before), (a, b) => a > b),
  };
}

function rowOf<Row>(held: Row | Unread<Row>): Row {
  return held instanceof Unread ? held.row : held;
}

function namesAtOnce<Row>({ atOnce = [], manifold = {} }: TableDefinition<Row>): readonly string[] {
  return [...atOnce, ...Object.keys(manifold)];
}

function indexSection(table: string, index: string): string {
  return `${table}: ${index}`;
}

function indexCodec<Row>(): Codec<Entry<Row>> {
  return { write: () => '', read: (_, key) => new StoredEntry(idOf(key)), keysOnly: true };
}

/** The id is the key, and is left out. */
function rowCodec<Row extends { readonly id: string }>(definition: TableDefinition<Row>): Codec<Row | Unread<Row>> {
  const { toJson = (row: Row) => row, fromJson = (json: Row) => json } = definition;
  const read = (json: string, id: string) => fromJson({ id, ...JSON.parse(json) } as never);
  return {
    write: (held) => {
      const unread = held instanceof Unread ? held.json : undefined;
      return unread ?? JSON.stringify({ ...(toJson(rowOf(held)) as object), id: undefined });
    },
    read: (json, id) => new Unread(json, id, read),
  };
}

const NO_KEYS: readonly string[] = [];
