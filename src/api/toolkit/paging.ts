import { ArgsType, Field, Int } from 'type-graphql';
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
  readonly edges: readonly { readonly cursor: string; readonly entry: Entry }[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  total(): number | Promise<number>;
}

/**
 * Reads one page, as Relay's connections have it: `first` behind `after`, or `last` before `before`, 50 by default.
 * Throws a BAD_USER_INPUT error for arguments that make no page.
 */
export async function readPage<Entry>(args: PageArgs, source: PageSource<Entry>): Promise<Page<Entry>> {
  const { first, last } = args;
  if (typeof first === 'number' && typeof last === 'number') throw badUserInput('give first or last, not both');
  const size = pageSize('first', first) ?? pageSize('last', last) ?? DEFAULT_PAGE;
  const after = readCursor('after', args.after, source);
  const before = readCursor('before', args.before, source);
  const fromEnd = typeof last === 'number';

  const [start, end] = fromEnd ? [before, after] : [after, before];
  const entries = fromEnd ? source.backwards(start, size + 1) : source.forwards(start, size + 1);
  const isPastEnd = (key: string) =>
    end !== undefined && (fromEnd ? source.compare(key, end) <= 0 : source.compare(key, end) >= 0);
  const { taken, more: beyondEnd } = await take(entries, size, isPastEnd);
  const rest = fromEnd ? source.forwards : source.backwards;
  // A page that begins where the list begins has nothing before it.
  const beyondStart = start !== undefined && (await hasAny(rest(taken[0]?.[0] ?? start, 1)));
  if (fromEnd) taken.reverse();
  return {
    edges: taken.map(([key, entry]) => ({ cursor: makeCursor(source.order, key), entry })),
    hasNextPage: fromEnd ? beyondStart : beyondEnd,
    hasPreviousPage: fromEnd ? beyondEnd : beyondStart,
    total: source.total,
  };
}

async function take<Entry>(entries: Entries<Entry>, size: number, isPastEnd: (key: string) => boolean) {
  const taken: (readonly [key: string, entry: Entry])[] = [];
  for await (const entry of entries) {
    if (taken.length === size || isPastEnd(entry[0])) return { taken, more: true };
    taken.push(entry);
  }
  return { taken, more: false };
}

async function hasAny(entries: Entries<unknown>): Promise<boolean> {
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
