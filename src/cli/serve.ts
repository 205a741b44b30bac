import type { DestinationStream, Logger } from 'pino';
import { type Config, readConfig } from '../config/config.ts';
import { expectedFault } from '../control/expected-faults.ts';
import { TlsFilesError } from '../http/tls-files.ts';
import { EXIT, EXIT_OF_FAULT, type ExitCode } from './exit-codes.ts';
import { createLogger } from './log.ts';
import { tellConfigFaults } from './output.ts';

/** A server that listens. */
export interface RunningApp {
  readonly urls: {
    readonly graphql: string;
    /** Absent: it is not served. */
    readonly console?: string;
    /** Absent: it is not served. */
    readonly graphiql?: string;
    /** Where browsers reach it, if that is not where it listens. */
    readonly public?: string;
  };
  /** Finishes what is under way, and lets go of everything. */
  close(): Promise<void>;
}

export type StartApp = (config: Config, logger: Logger) => Promise<RunningApp>;

/** What serving needs of its process. */
export interface ServeContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly startApp: StartApp;
  /** Where signals and errors that nobody caught are announced. */
  readonly process: { on(event: string, listener: (detail: unknown) => void): unknown };
  readonly logs: DestinationStream;
  /** Tells the person who started it. */
  readonly complain: (text: string) => void;
  /** Ends the process at once. */
  readonly exit: (code: ExitCode) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** Milliseconds that closing may take before it is given up. */
const CLOSE_LIMIT = 30_000;

/**
 * Milliseconds within which a second signal is the first one's echo: a terminal signals npm and its child alike, and npm
 * hands its own on.
 */
const ECHO_LIMIT = 1_000;

/** Serves until it is told to stop. */
export async function serve(context: ServeContext): Promise<ExitCode> {
  const { complain } = context;
  const read = readConfig(context.env);
  if (!read.ok) return tellConfigFaults(read.faults, complain);
  const logger = createLogger(read.config.logLevel, context.logs);
  exitOnUncaught(context, logger);
  const stopped = stopSignal(context, logger);

  let app: RunningApp;
  try {
    app = await context.startApp(read.config, logger);
  } catch (error) {
    const { code, message, isExpected } = startFailure(error, read.config);
    if (isExpected) logger.fatal({ cause: causeOf(error) }, `the start failed: ${message}`);
    else logger.fatal({ err: error }, 'the start failed');
    complain(`proxy-ledger: ${message}\n`);
    return code;
  }
  logger.info(app.urls, placesOf(app.urls));

  await stopped;
  try {
    await withinLimit(app.close());
    logger.info('stopped');
    return EXIT.ok;
  } catch (error) {
    logger.fatal({ err: error }, 'the stop failed');
    return EXIT.failure;
  }
}

function placesOf({ graphql, console, graphiql, public: publicUrl }: RunningApp['urls']): string {
  const places = [`GraphQL API at ${graphql}`];
  if (graphiql !== undefined) places.push(`GraphiQL at ${graphiql}`);
  if (console !== undefined) places.push(`console at ${console}`);
  if (publicUrl !== undefined) places.push(`browsers come by ${publicUrl}`);
  return places.join(', ');
}

interface StartFailure {
  readonly code: ExitCode;
  /** For the person who started it: what, which setting, what to do. */
  readonly message: string;
  /** Whether it says all that there is to know: no stack is needed. */
  readonly isExpected: boolean;
}

function startFailure(error: unknown, config: Config): StartFailure {
  const message = messageOf(error);
  const fault = expectedFault(error);
  if (fault !== undefined) return { code: EXIT_OF_FAULT[fault], message, isExpected: true };
  if (error instanceof TlsFilesError) return { code: EXIT.usage, message, isExpected: true };
  const listening = listenFault(error, config);
  if (listening !== undefined) return { code: EXIT.failure, message: listening, isExpected: true };
  return { code: EXIT.failure, message: `the start failed: ${message}`, isExpected: false };
}

/** Why the server could not listen, by the codes of listen(2) and bind(2). */
function listenFault(error: unknown, { host, port }: Config): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return `${host}:${port} is taken by another process; set PORT to another one`;
    case 'EACCES':
      return port > 0 && port < 1024
        ? `port ${port} is reserved to privileged processes; set PORT to another one`
        : undefined;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return `${host} is no address of this machine; set HOST to another one, such as 127.0.0.1`;
    default:
      return undefined;
  }
}

/** Resolves at the first signal; another one, later, ends the process at once. */
function stopSignal({ process, exit, now }: ServeContext, logger: Logger): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    for (const signal of ['SIGTERM', 'SIGINT']) {
      process.on(signal, () => {
        if (first === undefined) {
          first = now();
          logger.info({ signal }, 'stopping; another signal ends it at once');
          resolve();
        } else if (now() - first >= ECHO_LIMIT) {
          logger.warn({ signal }, 'ended at once, by a second signal');
          exit(EXIT.failure);
        }
      });
    }
  });
}

/** After an error that nobody expected nothing is known of the state: what is durable is safe, and a new start is clean. */
function exitOnUncaught({ process, exit }: ServeContext, logger: Logger): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => {
      logger.fatal({ err: error }, event);
      exit(EXIT.failure);
    });
  }
}

async function withinLimit(closed: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed after ${CLOSE_LIMIT} ms`)), CLOSE_LIMIT);
  });
  try {
    await Promise.race([closed, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the system or a driver said, for the log. */
function causeOf(error: unknown): string | undefined {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : undefined;
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
