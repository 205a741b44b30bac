import { existsSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { StoreUnusableError } from '../event-sourcing/event-store.ts';
import { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import { Readiness } from '../event-sourcing/readiness.ts';
import { StoreClock } from '../event-sourcing/store-clock.ts';
import { issueToken, type TokenOrder } from '../identity/issue-token.ts';
import { knownAccess } from '../project/project-access.ts';
import { type Command, type ProjectImage, type ProjectView, projectModel } from '../project/project-model.ts';
import { findKeyFile } from '../secrets/key-file.ts';
import { SecretsKeyError } from '../secrets/key-ring.ts';
import type { Rewrapped } from '../secrets/rewrap.ts';
import { Secrets } from '../secrets/secrets.ts';
import { prepareDataDirectory } from '../stores/data-directory.ts';
import type { Refusal } from '../words/refusal.ts';
import { newTimeOrderedId } from '../words/time-ordered-id.ts';
import { catalogueOf } from './catalogue-of.ts';
import { databaseFile, LEDGER_MEMORY, openStore } from './open-store.ts';

/**
 * Encrypts every secret of a store with the first key, as a server would that has it open.
 *
 * @throws what `Secrets.rewrap` throws, and what opening the store does
 */
export async function rewrapStored(config: Config): Promise<Rewrapped> {
  const { dataDir, mongodbUrl } = config;
  if (mongodbUrl === undefined && !existsSync(databaseFile(dataDir))) {
    throw new StoreUnusableError(`there is no database in ${dataDir}; set DATA_DIR or MONGODB_URL`);
  }
  const keyRing = config.keyRing ?? (await findKeyFile(dataDir));
  if (!keyRing) throw new SecretsKeyError(`there are no keys: set SECRETS_KEYS, or DATA_DIR to where the key file is`);
  const { events, secrets } = await openStore(config);
  try {
    return await new Secrets(secrets, keyRing).rewrap();
  } finally {
    await events.close();
  }
}

/**
 * Issues a token on a store that no server of this data directory holds, as a server would that has it open; answers its
 * text. An administrator's token may be the first thing of all in a new data directory.
 *
 * @throws what `issueToken` throws, and what opening the store does
 */
export async function issueStoredToken(
  config: Config,
  order: TokenOrder,
  tell: (text: string) => void,
): Promise<string> {
  const { dataDir, mongodbUrl } = config;
  if (mongodbUrl === undefined && !existsSync(databaseFile(dataDir))) {
    if (order.project) throw new StoreUnusableError(`there is no database in ${dataDir}; set DATA_DIR or MONGODB_URL`);
    await prepareDataDirectory(dataDir);
    tell(`proxy-ledger: there was no database in ${dataDir}; this begins a new one\n`);
  }
  const { events: store } = await openStore(config);
  const stopping = new AbortController();
  const warn = (message: string) => tell(`proxy-ledger: ${message}\n`);
  const clock = new StoreClock(store);
  const readiness = new Readiness([() => clock.look()]);
  const ledgers = new Ledgers<ProjectView, Command, Refusal>(
    projectModel,
    {
      ...{ store, newCommitId: newTimeOrderedId, alarm: warn, stopped: stopping.signal },
      now: () => new Date().toISOString(),
      assertReady: () => readiness.assertReady(),
    },
    LEDGER_MEMORY,
  );
  const catalogue = catalogueOf({ store, warn, stopped: stopping.signal, ledgers: () => ledgers });
  try {
    const noteReaders = (project: string, { view }: ProjectImage) => catalogue.add(project, knownAccess(view));
    return await issueToken({ ledgers, noteReaders }, order);
  } finally {
    stopping.abort();
    ledgers.stop();
    await store.close();
  }
}
