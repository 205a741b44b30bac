import { type Audited, auditCreation, auditEdit } from '../event-sourcing/audited.ts';
import type { Commit, Event } from '../event-sourcing/event.ts';
import { listIndexes } from '../event-sourcing/tables/list-indexes.ts';
import { sortText } from '../event-sourcing/tables/sort-keys.ts';
import type { Table, TableDefinition } from '../event-sourcing/tables/table.ts';
import type { TokenEvent, TokenId } from './token-events.ts';
import { evolveToken, isGood, MOST_ACTIVE_TOKENS, type TokenState } from './tokens.ts';

/** A token; revoked counts as deleted. */
export interface TokenRow extends Audited {
  readonly id: TokenId;
  readonly token: TokenState;
}

export type TokenTable = Table<TokenRow>;

/** By the moment at which they end by themselves. */
const NOT_REVOKED = 'not revoked by expiry';
/** Sorts behind every moment. */
const NEVER = '~';

export const tokenTable: TableDefinition<TokenRow> = {
  indexes: {
    ...listIndexes({ NAME: ({ token }: TokenRow) => sortText(token.name) }),
    [NOT_REVOKED]: ({ token }) => (token.status === 'active' ? (token.expiresAt ?? NEVER) : undefined),
  },
  atOnce: [NOT_REVOKED],
};

export function applyToTokens(table: TokenTable, event: Event & TokenEvent, commit: Commit): void {
  if (!event.subject) return;
  const id = event.subject.id as TokenId;
  const row = table.get(id);
  const token = evolveToken(row?.token ?? { status: 'absent' }, event);
  if (token.status === 'absent') return;
  table.put({ id, token, ...(row ? auditEdit(row, event, commit, 'deletes') : auditCreation(commit)) });
}

/** Tokens that are good at a moment, those first that end first. */
export function* goodTokens(table: TokenTable, now: string): IterableIterator<TokenRow> {
  for (const [, row] of table.ascending(NOT_REVOKED, now)) if (isGood(row.token, now)) yield row;
}

/** How many tokens are good at a moment, up to `MOST_ACTIVE_TOKENS`. */
export function countGoodTokens(table: TokenTable, now: string): number {
  let count = 0;
  for (const _ of goodTokens(table, now)) {
    count += 1;
    if (count === MOST_ACTIVE_TOKENS) break;
  }
  return count;
}
