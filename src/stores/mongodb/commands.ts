import { type Db, type Document, MongoError, MongoServerError } from 'mongodb';
import { StoreUnavailableError } from '../../event-sourcing/event-store.ts';
import { WRITE_CONCERN_OF_COMMANDS } from './connection-options.ts';
import { whyNoServer } from './selection-faults.ts';

/** A document that was not inserted. */
export interface WriteError {
  /** Its index among the documents sent. */
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
export const DUPLICATE_KEY = 11000;
/** Only ever answered before anything was written: Unauthorized, AuthenticationFailed. */
const REFUSED_CODES: readonly unknown[] = [13, 18];
/** Only ever answered for a document that was not written: Unauthorized, DocumentValidationFailure, OutOfDiskSpace. */
const NOT_WRITTEN_CODES: readonly unknown[] = [13, 121, 14031];

/** Names of the driver's errors (7.9) from before a command was written to a socket. */
const BEFORE_SENDING: readonly string[] = [
  'MongoNotConnectedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoServerSelectionError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
];

/**
 * Inserts documents in one command, so that it is either sent or not. Answers those that the server reported as not
 * inserted; an ordered insert ends at the first of them. Throws the driver's error for everything else.
 *
 * The driver's `insertMany` would split the documents as it sees fit, and hides what kind of error ended it.
 */
export async function insertDocuments(
  db: Db,
  collection: string,
  documents: readonly Document[],
  { ordered }: { ordered: boolean },
): Promise<readonly WriteError[]> {
  const command = { insert: collection, documents, ordered, writeConcern: WRITE_CONCERN_OF_COMMANDS };
  const reply = await inTime(db.command(command, { readPreference: 'primary' }));
  return (reply.writeErrors as WriteError[] | undefined) ?? [];
}

/** As `insertDocuments`, one after another, where documents that are there already are as good as inserted. */
export async function ensureDocuments(db: Db, collection: string, documents: readonly Document[]): Promise<void> {
  if (documents.length === 0) return;
  const errors = await orUnavailable(() => insertDocuments(db, collection, documents, { ordered: false }));
  const fault = errors.find(({ code }) => code !== DUPLICATE_KEY);
  if (fault) throw new StoreUnavailableError(`MongoDB did not store a document: code ${fault.code}`, { cause: fault });
}

/** The driver's own limits are shorter; but a promise of its was seen never to settle when its connection had ended. */
const ANSWER_WITHIN_MS = 15_000;

/** For whatever may simply be done again: every fault of the driver or the server is told as `StoreUnavailableError`. */
export async function orUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await inTime(work());
  } catch (error) {
    throw asUnavailable(error);
  }
}

/** Throws `StoreUnavailableError` after 15 s. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StoreUnavailableError('MongoDB did not answer in time')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

export function asUnavailable(cause: unknown): unknown {
  if (!(cause instanceof MongoError)) return cause;
  const why = whyNoServer(cause) ?? WHY_REFUSED[String(cause.code)] ?? 'MongoDB did not answer as it should';
  return new StoreUnavailableError(why, { cause });
}

/** By the codes that the operator can do something about: Unauthorized, AuthenticationFailed. */
const WHY_REFUSED: Readonly<Record<string, string>> = {
  13: 'MongoDB does not let the user of MONGODB_URL work on its database: give that user the role readWrite there',
  18: 'MongoDB refuses the user and password of MONGODB_URL, or its authSource: correct the URL',
};

/** True when an error of `insertDocuments` says that nothing was stored, and that nothing will be. */
export function certainlyNotStored(error: unknown): boolean {
  if (!(error instanceof MongoError)) return false;
  if (error instanceof MongoServerError && REFUSED_CODES.includes(error.code)) return true;
  return BEFORE_SENDING.includes(error.name) || error.hasErrorLabel('HandshakeError') || failedToConnect(error.cause);
}

/** True when the document that a write error names was not stored, and won't be. */
export function certainlyNotWritten({ code }: WriteError): boolean {
  return NOT_WRITTEN_CODES.includes(code);
}

function failedToConnect(cause: unknown): boolean {
  const syscall = (cause as NodeJS.ErrnoException | undefined)?.syscall;
  return syscall === 'connect' || syscall === 'getaddrinfo';
}
