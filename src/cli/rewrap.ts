import { type Config, readConfig } from '../config/config.ts';
import { askControlServer, ControlSocketError } from '../control/control-client.ts';
import { expectedFault } from '../control/expected-faults.ts';
import { REWRAP_VERB, type RewrapInput, readRewrapped } from '../control/rewrap-verb.ts';
import { controlSocketPath } from '../control/socket-path.ts';
import { findKeyFile } from '../secrets/key-file.ts';
import { SecretsKeyError } from '../secrets/key-ring.ts';
import type { Rewrapped } from '../secrets/rewrap.ts';
import { EXIT, EXIT_OF_FAULT, type ExitCode } from './exit-codes.ts';
import { type Output, tellConfigFaults } from './output.ts';

export interface RewrapContext extends Output {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Opens the store that no server of this data directory holds, and encrypts its secrets anew. */
  readonly rewrapStored: (config: Config) => Promise<Rewrapped>;
}

/**
 * Encrypts every secret with the first key. On the embedded store by the server that holds it, if one runs; on MongoDB
 * directly, beside the servers.
 */
export async function rewrap({ env, out, err, rewrapStored }: RewrapContext): Promise<ExitCode> {
  const read = readConfig(env);
  if (!read.ok) return tellConfigFaults(read.faults, err);
  const { config } = read;
  try {
    const answer = config.mongodbUrl === undefined ? await askServer(config) : undefined;
    if (answer && !answer.ok) {
      err(`proxy-ledger: ${answer.message}\n`);
      return EXIT_OF_FAULT[answer.fault];
    }
    out(`${told(answer ? readRewrapped(answer.value) : await rewrapStored(config))}\n`);
    return EXIT.ok;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const fault = error instanceof ControlSocketError ? 'failure' : expectedFault(error);
    err(`proxy-ledger: ${fault === undefined ? `the secrets could not be encrypted anew: ${message}` : message}\n`);
    return EXIT_OF_FAULT[fault ?? 'failure'];
  }
}

/** Undefined when no server of the data directory listens. */
async function askServer({ dataDir, keyRing }: Config) {
  const path = controlSocketPath(dataDir);
  if (path === undefined) return undefined;
  // What the server has may be what it was started with, before the keys were changed.
  const firstKeyId = (keyRing ?? (await findKeyFile(dataDir).catch(unlessUnusable)))?.firstKeyId;
  const input: RewrapInput = { firstKeyId };
  return askControlServer(path, { verb: REWRAP_VERB, input });
}

/** The server's keys may be elsewhere than in a file that can't be used. */
function unlessUnusable(error: unknown): undefined {
  if (!(error instanceof SecretsKeyError)) throw error;
}

function told({ count, firstKeyId, retired }: Rewrapped): string {
  const quoted = retired.map((keyId) => `"${keyId}"`).join(', ');
  const done = `${count} ${count === 1 ? 'secret' : 'secrets'} encrypted anew; all are encrypted with "${firstKeyId}"`;
  return retired.length === 0 ? done : `${done}, and nothing needs ${quoted} any more`;
}
