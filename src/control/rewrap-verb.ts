import { z } from 'zod';
import { SecretsKeyError } from '../secrets/key-ring.ts';
import type { Rewrapped } from '../secrets/rewrap.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { ControlVerb } from './control-server.ts';

export const REWRAP_VERB = 'secrets rewrap';

const input = z.strictObject({
  /** The key that the asker expects to encrypt: the server may have been started with others. */
  firstKeyId: z.string().optional(),
});
export type RewrapInput = z.infer<typeof input>;

const answer = z.object({ count: z.int(), firstKeyId: z.string(), retired: z.array(z.string()) });

/** What the server answered. Throws when it is of another form. */
export function readRewrapped(value: unknown): Rewrapped {
  return answer.parse(value);
}

/** Encrypts every secret with the server's first key, until it is done or the server stops. */
export function rewrapVerb(secrets: Secrets, stopped: AbortSignal): ControlVerb {
  return async (given): Promise<Rewrapped> => {
    const { firstKeyId } = secrets;
    const { firstKeyId: expected = firstKeyId } = input.parse(given ?? {});
    if (expected === firstKeyId) return secrets.rewrap(stopped);
    throw new SecretsKeyError(
      `the running server encrypts with the key "${firstKeyId}", not with "${expected}"; ` +
        'give both the same keys, and restart the server first',
    );
  };
}
