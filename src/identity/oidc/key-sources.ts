import { readFile, stat } from 'node:fs/promises';
import { FetchFault, fetchJson } from './fetch-json.ts';
import { type KeySet, readKeySet } from './key-set.ts';
import { fetchMetadata } from './metadata.ts';

/** Where keys come from. */
export interface KeySource {
  /** For the log. */
  readonly name: string;
  /** Milliseconds after which they are looked at again. */
  readonly lookEveryMs: number;
  /** Milliseconds between two looks, failed ones counted. */
  readonly pauseMs: number;
  /** @throws {FetchFault} */
  look(): Promise<KeySet>;
}

/** For a whole look. */
const LOOK_LIMIT_MS = 5_000;
const MINUTE_MS = 60_000;
const OVER_HTTP = { lookEveryMs: 10 * MINUTE_MS, pauseMs: 30_000 };

/** The keys that an issuer's metadata lead to. */
export function discoveredKeys(issuer: string): KeySource {
  return {
    ...{ name: issuer, ...OVER_HTTP },
    async look() {
      const signal = AbortSignal.timeout(LOOK_LIMIT_MS);
      const { jwks_uri } = await fetchMetadata(issuer, signal);
      if (jwks_uri === undefined) throw new FetchFault('its metadata have no jwks_uri');
      return fetchKeys(jwks_uri, signal);
    },
  };
}

export function keysAt(address: string): KeySource {
  return {
    ...{ name: address, ...OVER_HTTP },
    look: () => fetchKeys(address, AbortSignal.timeout(LOOK_LIMIT_MS)),
  };
}

/** Keys of a file, which is read again when it has changed. */
export function keysInFile(path: string): KeySource {
  let read: { readonly stamp: string; readonly set: KeySet } | undefined;
  return {
    ...{ name: path, lookEveryMs: 1_000, pauseMs: 0 },
    async look() {
      try {
        const { ino, size, mtimeMs, ctimeMs } = await stat(path);
        if (size > MOST_FILE_BYTES) throw new FetchFault(`the file has more than ${MOST_FILE_BYTES} bytes`);
        const stamp = [ino, size, mtimeMs, ctimeMs].join();
        if (read?.stamp !== stamp) read = { stamp, set: readKeySet(parse(await readFile(path, 'utf8'))) };
        return read.set;
      } catch (error) {
        if (error instanceof FetchFault) throw error;
        throw new FetchFault(`the file could not be read: ${error instanceof Error ? error.message : error}`);
      }
    },
  };
}

const MOST_FILE_BYTES = 512 * 1024;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FetchFault('the file is not JSON');
  }
}

async function fetchKeys(address: string, signal: AbortSignal): Promise<KeySet> {
  try {
    return readKeySet(await fetchJson(address, signal));
  } catch (error) {
    if (error instanceof FetchFault) throw new FetchFault(`${error.message} (keys of ${address})`, { cause: error });
    throw error;
  }
}
