import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import { createApiServer } from './api/api-server.ts';
import { buildApiSchema } from './api/schema.ts';
import { SocketServer } from './api/socket-server.ts';
import { queryLimits } from './api/toolkit/query-limits.ts';
import type { Config } from './config/config.ts';
import { type ControlServer, type ControlVerb, startControlServer } from './control/control-server.ts';
import { REWRAP_VERB, rewrapVerb } from './control/rewrap-verb.ts';
import { controlSocketPath } from './control/socket-path.ts';
import { ISSUE_TOKEN_VERB, issueTokenVerb } from './control/token-verb.ts';
import { ClockBehind } from './event-sourcing/clock-behind.ts';
import { type EventStore, StoreUnusableError } from './event-sourcing/event-store.ts';
import { Catalogue } from './event-sourcing/ledger/catalogue.ts';
import type { CatalogueParts } from './event-sourcing/ledger/catalogue-parts.ts';
import { Ledgers } from './event-sourcing/ledger/ledgers.ts';
import type { LedgerSurroundings } from './event-sourcing/ledger/surroundings.ts';
import { Readiness } from './event-sourcing/readiness.ts';
import type { SnapshotSeal } from './event-sourcing/snapshots/snapshot-manifest.ts';
import type { SnapshotStore } from './event-sourcing/snapshots/snapshot-store.ts';
import { Snapshots } from './event-sourcing/snapshots/snapshots.ts';
import { StoreClock } from './event-sourcing/store-clock.ts';
import { consoleSettings } from './http/console-settings.ts';
import { Metrics } from './http/metrics.ts';
import { BODY_LIMIT, createHttpServer } from './http/server.ts';
import { systemClock } from './identity/clock.ts';
import { issueToken, type TokenOrder } from './identity/issue-token.ts';
import { type OpenCredentials, openCredentials } from './identity/open-credentials.ts';
import { recordAdministrators } from './identity/record-administrators.ts';
import { DataSourceCaller } from './live/data-source-caller.ts';
import { ProxyTester } from './live/proxy-tester.ts';
import { sweepRegularly } from './live/regular-sweep.ts';
import { ACCESS_EVENTS, knownAccess } from './project/project-access.ts';
import { type Command, type ProjectImage, type ProjectView, projectModel } from './project/project-model.ts';
import { isProjectKey } from './projects/project-input.ts';
import { findKeyFile, openKeyFile } from './secrets/key-file.ts';
import { type KeyRing, SecretsKeyError } from './secrets/key-ring.ts';
import type { Rewrapped } from './secrets/rewrap.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { Secrets } from './secrets/secrets.ts';
import { prepareDataDirectory } from './stores/data-directory.ts';
import { Calls } from './traffic/call/calls.ts';
import { LiveLimits } from './traffic/live-limits.ts';
import { EgressPolicy } from './traffic/network/egress.ts';
import { extraAuthoritiesFault } from './traffic/network/extra-authorities.ts';
import type { Refusal } from './words/refusal.ts';

/** A server that listens. */
export interface App {
  readonly urls: { readonly graphql: string; readonly graphiql?: string; readonly public?: string };
  /** Finishes what it acknowledged and what is under way, and lets go of everything. */
  close(): Promise<void>;
}

/** For the ledgers in memory, in bytes. */
const LEDGER_MEMORY = 512 * 1024 * 1024;

/** How often it is looked whether this server may append. */
const LOOK_EVERY_MS = 5_000;

/** The composition root: opens the store, puts everything together, and listens. */
export async function startApp(config: Config, logger: Logger): Promise<App> {
  if (config.mongodbUrl === undefined || config.keyRing === undefined) await prepareDataDirectory(config.dataDir);
  const keyRing = config.keyRing ?? (await openKeyFile(config.dataDir));
  const { events: store, secrets: secretStore, snapshots: snapshotStore } = await openStore(config);
  let control: ControlServer | undefined;
  let identities: OpenCredentials | undefined;
  try {
    const secrets = new Secrets(secretStore, keyRing);
    // Alone on its store, a server with the wrong keys must not start; beside others it waits, not ready, for the right ones.
    if (!store.shared) await secrets.verifyKeys();
    const clock = new StoreClock(store);
    const readiness = new Readiness([() => secrets.keyFault(), () => clock.look()]);

    const stopping = new AbortController();
    const metrics = new Metrics();
    const seal = sealWith(keyRing);
    const warn = (message: string, details: object) => logger.warn(details, message);
    const clockBehind = new ClockBehind(() => metrics.clockBehind(), warn);
    const catalogue = catalogueOf({ store, warn, stopped: stopping.signal, ledgers: () => ledgers });
    const surroundings: LedgerSurroundings<ProjectView> = {
      store,
      snapshots: new Snapshots(snapshotStore, store, seal, projectModel, warn, randomUUID()),
      now: () => new Date().toISOString(),
      // Where there are other nodes, clocks differ a little, and are held against the store's.
      ...(!store.shared && { clockBehind: (details) => clockBehind.met(details) }),
      newCommitId: randomUUID,
      alarm: (message, details) => logger.error(details, message),
      assertReady: async () => {
        await readiness.assertReady();
        clock.assertRight();
      },
      stopped: stopping.signal,
      committed: (count) => metrics.committed(count),
      conflicted: () => metrics.conflicted(),
      reached: (project, { view }) => catalogue.found(project, knownAccess(view)),
    };
    const ledgers = new Ledgers<ProjectView, Command, Refusal>(projectModel, surroundings, LEDGER_MEMORY);
    metrics.watch(() => ledgers.sizes());
    const authoritiesFault = await extraAuthoritiesFault(config.extraAuthorities);
    if (authoritiesFault !== undefined) logger.warn(authoritiesFault);
    const traffic = { egress: new EgressPolicy({ allow: config.egressAllow, deny: config.egressDeny }) };
    const shared = config.access !== undefined;
    const probeLimits = new LiveLimits('probes', {
      ...{ atOnce: config.probesAtOnce, perActorPerMinute: config.probesPerActorPerMinute, shared },
    });
    const callLimits = new LiveLimits('calls', {
      ...{ atOnce: config.callsAtOnce, perActorPerMinute: config.callsPerActorPerMinute, shared },
    });
    const defaultTarget = config.probeTargetUrl;
    const calls = new Calls(traffic);
    const services = {
      store,
      ledgers,
      catalogue,
      readersOf: (project: string) => catalogue.readers(project),
      noteReaders: (project: string, { view }: ProjectImage) => catalogue.add(project, knownAccess(view)),
      lookUpTokenUses: (log: string, ids: readonly string[]) => store.tokenUses(log, ids),
      tokensWithoutExpiry: config.tokensWithoutExpiry,
      secrets,
      keyRing,
      proxyTester: new ProxyTester({
        ...{ ledgers, secrets, traffic, defaultTarget },
        limits: probeLimits,
        onOutcome: (outcome) => metrics.went('probe', outcome),
      }),
      dataSourceCaller: new DataSourceCaller({
        ...{ ledgers, secrets, calls, traffic },
        limits: callLimits,
        onCall: (call) => {
          metrics.went('call', call.outcome);
          logger.info(call, 'call');
        },
      }),
    };
    control = await startControl(config, logger, {
      [REWRAP_VERB]: rewrapVerb(secrets, stopping.signal),
      [ISSUE_TOKEN_VERB]: issueTokenVerb(services),
    });
    identities =
      config.access &&
      openCredentials({
        ...{ settings: config.access, ledgers, store, logger, metrics, clock: systemClock },
        readersOf: services.readersOf,
      });
    const schema = buildApiSchema();
    const limits = queryLimits({ introspection: config.introspection });
    const readinessWatch = await watchReadiness(readiness, logger);
    const sweeper = sweepRegularly({
      ...{ store, secrets: secretStore, readiness, logger },
      keepDays: config.secretsKeepDays,
      stopped: stopping.signal,
    });
    const api = await createApiServer(schema, services, limits, logger);
    const http = await createHttpServer({
      config,
      logger,
      graphql: api.routes,
      credentials: identities?.credentials,
      graphiql: config.graphiql ? { subscriptions: true, token: config.access !== undefined } : undefined,
      console: config.console ? consoleSettings(config.access, systemClock, logger) : undefined,
      readiness: () => health(store, readiness, authoritiesFault),
      metrics,
    });
    const sockets = new SocketServer({
      schema,
      services,
      logger,
      validationRules: limits,
      admit: (request) => http.admit(request),
      credentials: identities?.credentials,
      ...(config.access && {
        perIdentity: { sockets: config.socketsPerIdentity, subscriptions: config.subscriptionsPerIdentity },
      }),
      newRequestId: randomUUID,
      largestMessage: BODY_LIMIT,
      mostSubscriptions: config.subscriptionsPerSocket,
    });
    sockets.attach(http.app.server);
    const origin = await http.listen();
    if (config.access) {
      void recordAdministrators({ ledgers, warn, stopped: stopping.signal }, config.access.administrators);
    }
    catalogue
      .repair()
      .catch((err: unknown) => logger.error({ err }, 'the catalogue of projects could not be looked through'));
    return {
      urls: {
        graphql: `${origin}/graphql`,
        ...(config.graphiql && { graphiql: `${origin}/` }),
        ...(config.publicUrl && { public: config.publicUrl.href }),
      },
      async close() {
        await control?.close();
        clearInterval(sweeper);
        clearInterval(readinessWatch);
        await Promise.all([sockets.close(), http.close()]);
        await api.stop();
        stopping.abort();
        await identities?.stop();
        await ledgers.drained();
        ledgers.stop();
        await calls.close();
        await store.close();
      },
    };
  } catch (error) {
    await control?.close();
    await identities?.stop();
    await store.close();
    throw error;
  }
}

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
      ...{ store, newCommitId: randomUUID, alarm: warn, stopped: stopping.signal },
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

/** @param parts.ledgers answered once they are there, which work with the catalogue */
function catalogueOf({
  ledgers,
  ...parts
}: Pick<CatalogueParts, 'store' | 'warn' | 'stopped'> & {
  readonly ledgers: () => Pick<Ledgers<ProjectView, Command, Refusal>, 'viewAtHead'>;
}): Catalogue {
  return new Catalogue({
    ...parts,
    isProject: isProjectKey,
    accessEvents: ACCESS_EVENTS,
    access: async (project) => {
      const image = await ledgers().viewAtHead(project);
      return image && knownAccess(image.view);
    },
  });
}

interface Stores {
  readonly events: EventStore;
  readonly secrets: SecretStore;
  readonly snapshots: SnapshotStore;
}

/** Each adapter is loaded when it is used: a driver takes its time. */
async function openStore({ mongodbUrl, dataDir }: Config): Promise<Stores> {
  if (mongodbUrl !== undefined) return (await import('./stores/mongodb/open-mongo.ts')).openMongo(mongodbUrl);
  const { openSqlite } = await import('./stores/sqlite/open-sqlite.ts');
  return openSqlite(databaseFile(dataDir));
}

function databaseFile(dataDir: string): string {
  return path.join(dataDir, 'proxy-ledger.sqlite');
}

/**
 * The socket of an embedded store, which nobody else can open while this process has it. It is left out where its path would
 * be too long, or the file system has no sockets: the server works without.
 */
async function startControl(
  { mongodbUrl, dataDir }: Config,
  logger: Logger,
  verbs: Readonly<Record<string, ControlVerb>>,
): Promise<ControlServer | undefined> {
  if (mongodbUrl !== undefined) return undefined;
  const socket = controlSocketPath(dataDir);
  if (socket === undefined) {
    logger.warn({ dataDir }, 'no control socket: its path is too long; commands have to wait until this server stops');
    return undefined;
  }
  try {
    return await startControlServer(socket, new Map(Object.entries(verbs)), logger);
  } catch (err) {
    logger.warn({ err }, 'no control socket; commands have to wait until this server stops');
    return undefined;
  }
}

function sealWith(keyRing: KeyRing): SnapshotSeal {
  return {
    sign: (bytes) => keyRing.digest('snapshots', bytes),
    verify: (bytes, { keyId, digest }) => keyRing.digestWith(keyId, 'snapshots', bytes) === digest,
  };
}

/** Looks now and then, as other nodes may change what this one must have; tells the log when the answer changes. */
async function watchReadiness(readiness: Readiness, logger: Logger): Promise<NodeJS.Timeout> {
  let known = '';
  const look = async (): Promise<void> => {
    const reason = (await readiness.look()).join('; ');
    if (reason !== known && reason !== '') logger.error({ reason }, 'this server is not ready, and takes no mutations');
    if (reason !== known && reason === '') logger.info('this server is ready');
    known = reason;
  };
  await look();
  const timer = setInterval(() => {
    // That the store does not answer is told by whatever needs it.
    look().catch((err: unknown) => logger.debug({ err }, 'it could not be looked whether this server is ready'));
  }, LOOK_EVERY_MS);
  return timer.unref();
}

/** A server without an authority that it was given records as well as another; it only takes good peers for bad ones. */
async function health(store: EventStore, readiness: Readiness, authoritiesFault: string | undefined) {
  try {
    await store.ping();
    const reasons = [...(await readiness.look()), ...(authoritiesFault === undefined ? [] : [authoritiesFault])];
    return reasons.length === 0 ? { ready: true as const } : { ready: false as const, reason: reasons.join('; ') };
  } catch {
    return { ready: false as const, reason: 'the event store does not answer' };
  }
}
