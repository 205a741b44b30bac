import type { EventStore } from '../event-sourcing/event-store.ts';
import { ApiTokens, type ApiTokensParts } from './api-tokens.ts';
import type { Clock } from './clock.ts';
import type { Warn } from './refusal-log.ts';
import { TokenUses } from './token-uses.ts';

export interface OpenApiTokensParts extends Pick<ApiTokensParts, 'ledgers'> {
  readonly store: Pick<EventStore, 'noteTokenUses'>;
  /** Whether one of these principals may read a project, as the catalogue has it; of unknown projects none may. */
  readonly isReadBy: (project: string, principals: readonly string[]) => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: { readonly warn: Warn };
}

export interface OpenApiTokens {
  readonly tokens: ApiTokens;
  /** Writes what is still to be noted; before the store is closed. */
  stop(): Promise<void>;
}

/** Checks API tokens, and notes when they are used. */
export function openApiTokens({ ledgers, store, isReadBy, clock, logger }: OpenApiTokensParts): OpenApiTokens {
  const uses = new TokenUses({
    note: (some) => store.noteTokenUses(some),
    clock,
    warn: (message, details) => logger.warn(details, message),
  });
  const tokens = new ApiTokens({
    ledgers,
    mayRead: (project, principal) => isReadBy(project, [principal]),
    used: (log, id) => uses.used(log, id),
    now: () => clock.now(),
  });
  return { tokens, stop: () => uses.write() };
}
