import { ArgsType, Field, Int } from 'type-graphql';
import { after, type Soon } from '../../words/after.ts';
import type { Entries, PageSource } from '../../words/page-source.ts';
import { badUserInput } from './errors.ts';

export const DEFAULT_PAGE = 50;
export const LARGEST_PAGE = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many at most, from the start or behind after: 0-100. Null: 50. Not together with last.',
  })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what comes behind this cursor of the same list and order. Null: from the start.',
  })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many at most, from the end or ahead of before: 0-100. Null: as first says. Not together with first.',
  })
  last?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only what comes before this cursor of the same list and order. Null: to the end.',
  })
  before?: string | null;
}

export interface Page<Entry> {
  /** In the order of the page, each with the key of its place. */
  readonly entries: readonly (readonly [key: string, entry: Entry])[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  cursorOf(key: string): string;
  total(): Soon<number>;
}

/**
 * Reads one page, as Relay's connections have it: `first` behind `after`, or `last` before `before`, 50 by default; at once
 * where the source has its entries at hand. Throws a BAD_USER_INPUT error for arguments that make no page.
 */
export function readPage<Entry>(args: PageArgs, source: PageSource<Entry>): Soon<Page<Entry>> {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number') throw badUserInput('give first or last, not both');
  const size = pageSize('first', first) ?? pageSize('last', last) ?? DEFAULT_PAGE;
  const behind = readCursor('after', args.after, source);
  const before = readCursor('before', args.before, source);
  const fromEnd = typeof last === 'number';

  const [start, end] = fromEnd ? [before, behind] : [behind, before];
  const entries = fromEnd ? source.backwards(start, size + 1) : source.forwards(start, size + 1);
  const isPastEnd = (key: string) =>
    end !== undefined && (fromEnd ? source.compare(key, end) <= 0 : source.compare(key, end) >= 0);
  const rest = fromEnd ? source.forwards : source.backwards;
  return after(take(entries, size, isPastEnd), ({ taken, more: beyondEnd }) =>
    // A page that begins where the list begins has nothing before it.
    after(start !== undefined && hasAny(rest(taken[0]?.[0] ?? start, 1)), (beyondStart) => {
      if (fromEnd) taken.reverse();
      return {
        entries: taken,
        hasNextPage: fromEnd ? beyondStart : beyondEnd,
        hasPreviousPage: fromEnd ? beyondEnd : beyondStart,
        cursorOf: (key) => makeCursor(source.order, key),
        total: source.total,
      };
    }),
  );
}

interface Taken<Entry> {
  readonly taken: (readonly [key: string, entry: Entry])[];
  readonly more: boolean;
}

function take<Entry>(entries: Entries<Entry>, size: number, isPastEnd: (key: string) => boolean): Soon<Taken<Entry>> {
  if (Symbol.asyncIterator in entries) return takeLater(entries, size, isPastEnd);
  const taken: (readonly [key: string, entry: Entry])[] = [];
  for (const entry of entries) {
    if (taken.length === size || isPastEnd(entry[0])) return { taken, more: true };
    taken.push(entry);
  }
  return { taken, more: false };
}

async function takeLater<Entry>(
  entries: AsyncIterable<readonly [key: string, entry: Entry]>,
  size: number,
  isPastEnd: (key: string) => boolean,
): Promise<Taken<Entry>> {
  const taken: (readonly [key: string, entry: Entry])[] = [];
  for await (const entry of entries) {
    if (taken.length === size || isPastEnd(entry[0])) return { taken, more: true };
    taken.push(entry);
  }
  return { taken, more: false };
}

function hasAny(entries: Entries<unknown>): Soon<boolean> {
  if (Symbol.asyncIterator in entries) return hasAnyLater(entries);
  for (const _ of entries) return true;
  return false;
}

async function hasAnyLater(entries: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _ of entries) return true;
  return false;
}

function pageSize(name: string, size: number | null | undefined): number | undefined {
  if (size === null || size === undefined) return undefined;
  if (size < 0 || size > LARGEST_PAGE) throw badUserInput(`${name} must be from 0 to ${LARGEST_PAGE}`);
  return size;
}

function makeCursor(order: string, key: string): string {
  return Buffer.from(JSON.stringify([order, key]), 'utf8').toString('base64url');
}

function readCursor(
  name: string,
  cursor: string | null | undefined,
  { order, isKey }: Pick<PageSource<unknown>, 'order' | 'isKey'>,
): string | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const parsed = parseCursor(cursor);
  if (!parsed) throw badUserInput(`${name} is not a cursor that this API gave`);
  if (parsed.order !== order) throw badUserInput(`${name} is a cursor of another list or order`);
  if (isKey && !isKey(parsed.key)) throw badUserInput(`${name} is not a cursor that this API gave`);
  return parsed.key;
}

function parseCursor(cursor: string): { order: string; key: string } | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parsed) || parsed.length !== 2) return undefined;
    const [order, key] = parsed as unknown[];
    return typeof order === 'string' && typeof key === 'string' ? { order, key } : undefined;
  } catch {
    return undefined;
  }
}
