import DataLoader from 'dataloader';
import { parseId } from '../../words/ids.ts';

/** Last uses of tokens by their resourceIds, to the hour; undefined where there was none. */
export type TokenUses = DataLoader<string, string | undefined>;

/** When tokens of one log, by the IDs of `token:ID`, were used last: ISO 8601, UTC. */
export type LookUpTokenUses = (log: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** As many as a store takes at once. */
const TOKENS_OF_READ = 500;

/** Looks those of one request up together: once for each log. */
export function tokenUses(lookUp: LookUpTokenUses): TokenUses {
  return new DataLoader(
    async (resourceIds) => {
      const tokens = resourceIds.map((id) => parseId(id));
      const logs = new Set(tokens.flatMap((token) => token?.project ?? []));
      const idsOf = (log: string) => tokens.flatMap((token) => (token?.project === log ? [token.local] : []));
      const found = new Map(
        await Promise.all([...logs].map(async (log) => [log, await lookUp(log, idsOf(log))] as const)),
      );
      return tokens.map((token) => token && found.get(token.project)?.get(token.local));
    },
    { maxBatchSize: TOKENS_OF_READ },
  );
}
