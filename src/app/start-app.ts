import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Logger } from 'pino';
import { createApiServer } from '../api/api-server.ts';
import { PreparedOperations } from '../api/execution/prepared-operations.ts';
import { buildApiSchema } from '../api/schema.ts';
import { SocketServer } from '../api/socket-server.ts';
import { queryLimits } from '../api/toolkit/query-limits.ts';
import type { Config } from '../config/config.ts';
import type { ControlServer } from '../control/control-server.ts';
import { REWRAP_VERB, rewrapVerb } from '../control/rewrap-verb.ts';
import { ISSUE_TOKEN_VERB, issueTokenVerb } from '../control/token-verb.ts';
import { ClockBehind } from '../event-sourcing/clock-behind.ts';
import { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import type { LedgerSurroundings } from '../event-sourcing/ledger/surroundings.ts';
import { Readiness } from '../event-sourcing/readiness.ts';
import type { SnapshotSeal } from '../event-sourcing/snapshots/snapshot-manifest.ts';
import { Snapshots } from '../event-sourcing/snapshots/snapshots.ts';
import { StoreClock } from '../event-sourcing/store-clock.ts';
import { readConsoleFiles } from '../http/console-files.ts';
import { consoleSettings } from '../http/console-settings.ts';
import { Metrics } from '../http/metrics.ts';
import { BODY_LIMIT, createHttpServer } from '../http/server.ts';
import { systemClock } from '../identity/clock.ts';
import { type OpenCredentials, openCredentials } from '../identity/open-credentials.ts';
import { recordAdministrators } from '../identity/record-administrators.ts';
import { DataSourceCaller } from '../live/data-source-caller.ts';
import { ProxyTester } from '../live/proxy-tester.ts';
import { sweepRegularly } from '../live/regular-sweep.ts';
import { knownAccess } from '../project/project-access.ts';
import { type Command, type ProjectImage, type ProjectView, projectModel } from '../project/project-model.ts';
import { openKeyFile } from '../secrets/key-file.ts';
import type { KeyRing } from '../secrets/key-ring.ts';
import { Secrets } from '../secrets/secrets.ts';
import { prepareDataDirectory } from '../stores/data-directory.ts';
import { Calls } from '../traffic/call/calls.ts';
import { LiveLimits } from '../traffic/live-limits.ts';
import { EgressPolicy } from '../traffic/network/egress.ts';
import { extraAuthoritiesFault } from '../traffic/network/extra-authorities.ts';
import type { Refusal } from '../words/refusal.ts';
import { newTimeOrderedId } from '../words/time-ordered-id.ts';
import { catalogueOf } from './catalogue-of.ts';
import { startControl } from './control.ts';
import { health, watchReadiness } from './health.ts';
import { LEDGER_MEMORY, openStore } from './open-store.ts';

/** A server that listens. */
export interface App {
  readonly urls: {
    readonly graphql: string;
    readonly console?: string;
    readonly graphiql?: string;
    readonly public?: string;
  };
  /** Finishes what it acknowledged and what is under way, and lets go of everything. */
  close(): Promise<void>;
}

/** Beside the server, as both were built. */
const CONSOLE_FOLDER = path.join(import.meta.dirname, '../console');

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
      newCommitId: newTimeOrderedId,
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
      isReadBy: (project: string, principals: readonly string[]) => catalogue.isReadBy(project, principals),
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
        isReadBy: services.isReadBy,
      });
    const schema = buildApiSchema();
    const limits = queryLimits({ introspection: config.introspection });
    const readinessWatch = await watchReadiness(readiness, logger);
    const sweeper = sweepRegularly({
      ...{ store, secrets: secretStore, readiness, logger },
      keepDays: config.secretsKeepDays,
      stopped: stopping.signal,
    });
    const prepared = new PreparedOperations(schema, limits);
    const api = await createApiServer(schema, services, limits, prepared, logger);
    const consoleFiles = config.console ? readConsoleFiles(CONSOLE_FOLDER) : undefined;
    const http = await createHttpServer({
      config,
      logger,
      graphql: api.routes,
      quick: api.quick,
      credentials: identities?.credentials,
      graphiql: config.graphiql ? { subscriptions: true, token: config.access !== undefined } : undefined,
      console: config.console ? consoleSettings(config.access, systemClock, logger) : undefined,
      consoleFiles,
      readiness: () => health(store, readiness, authoritiesFault),
      metrics,
    });
    const sockets = new SocketServer({
      schema,
      services,
      logger,
      prepared,
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
        ...(consoleFiles && { console: `${origin}/` }),
        ...(config.graphiql && { graphiql: `${origin}/${consoleFiles ? 'graphiql' : ''}` }),
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

function sealWith(keyRing: KeyRing): SnapshotSeal {
  return {
    sign: (bytes) => keyRing.digest('snapshots', bytes),
    verify: (bytes, { keyId, digest }) => keyRing.digestWith(keyId, 'snapshots', bytes) === digest,
  };
}
