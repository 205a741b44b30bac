import type { EventStore } from '../event-sourcing/event-store.ts';
import { ApiTokens, type ApiTokensParts } from './api-tokens.ts';
import type { Clock } from './clock.ts';
import type { Warn } from './refusal-log.ts';
import { TokenUses } from './token-uses.ts';

export interface OpenApiTokensParts extends Pick<ApiTokensParts, 'ledgers'> {
  readonly store: Pick<EventStore, 'noteTokenUses'>;
  /** The principals that may read a project, as the catalogue has them; undefined when there is none with this key. */
  readonly readersOf: (project: string) => Promise<ReadonlySet<string> | undefined>;
  readonly clock: Clock;
  readonly logger: { readonly warn: Warn };
}

export interface OpenApiTokens {
  readonly tokens: ApiTokens;
  /** Writes what is still to be noted; before the store is closed. */
  stop(): Promise<void>;
}

/** Checks API tokens, and notes when they are used. */
export function openApiTokens({ ledgers, store, readersOf, clock, logger }: OpenApiTokensParts): OpenApiTokens {
  const uses = new TokenUses({
    note: (some) => store.noteTokenUses(some),
    clock,
    warn: (message, details) => logger.warn(details, message),
  });
  const tokens = new ApiTokens({
    ledgers,
    mayRead: async (project, principal) => (await readersOf(project))?.has(principal) ?? false,
    used: (log, id) => uses.used(log, id),
    now: () => clock.now(),
  });
  return { tokens, stop: () => uses.write() };
}
