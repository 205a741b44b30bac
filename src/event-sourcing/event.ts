import { hash as digest } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Who did something, as of the commit that says so. */
export interface Actor {
  /** A client is one of the identity provider's that acts for itself. */
  readonly kind: 'USER' | 'CLIENT' | 'TOKEN' | 'SYSTEM';
  /** Stable over time: `local`, `x-actor:NAME`, an OIDC issuer and subject or client, or a token's id. */
  readonly id: string;
  readonly name: string;
  /** How the name was established. */
  readonly auth: 'none' | 'header' | 'oidc' | 'token' | 'local';
  readonly issuer?: string;
}

/** By what right somebody did something, as of the commit that says so. */
export interface Authority {
  readonly role: 'OPERATOR' | 'EDITOR' | 'OWNER' | 'ADMINISTRATOR';
  /** Where the role comes from. */
  readonly via: 'own' | 'token' | 'administrator' | `group:${string}`;
}

/** The resource that an event is about. Name and version are those right after the event. */
export interface Subject {
  /** The id that the API shows. */
  readonly id: string;
  readonly name: string;
  readonly version: number;
}

/** A fact about one resource, in the past tense. Stored for ever; see `schema/events`. */
export interface Event {
  readonly type: string;
  /** Version of the event type's form, from 1. */
  readonly v: number;
  readonly subject?: Subject;
  readonly data: object;
}

export interface Idempotency {
  /** As the client gave it. Its scope is the project and the actor. */
  readonly key: string;
  /** Which key the digest was made with. */
  readonly keyId: string;
  /** Keyed digest of the mutation and its input, lower-case hex. */
  readonly digest: string;
}

/** Names an idempotency key within its project; stores keep it as a commit's claim, so its form stays. */
export function claimOfKey(actorId: string, key: string): string {
  return JSON.stringify([actorId, key]);
}

/** What one accepted mutation appended to a project's log: one or more events, all or nothing. */
export interface Commit {
  readonly project: string;
  /** 1, 2, 3, … without gaps within the project. */
  readonly position: number;
  readonly commitId: string;
  /** ISO 8601, UTC, milliseconds. Never runs backwards within a project; two commits may share it. */
  readonly at: string;
  readonly actor: Actor;
  /** Absent where there are no identities. */
  readonly authority?: Authority;
  readonly reason?: string;
  readonly idempotency?: Idempotency;
  readonly events: readonly Event[];
  /** Hash of the commit before, lower-case hex; 64 zeros at position 1. */
  readonly previousHash: string;
  readonly format: 1;
}

/** A commit with the exact bytes that its hash covers. */
export interface SealedCommit {
  readonly commit: Commit;
  /** RFC 8785 JSON of `commit`. */
  readonly body: Uint8Array;
  /** SHA-256 over the 32 raw bytes of `previousHash` and the body, lower-case hex. */
  readonly hash: string;
}

const HASH_BYTES = 32;

export const GENESIS_HASH = '0'.repeat(64);

/** RFC 8785 bytes of a JSON value. Throws on what JSON cannot hold, lone surrogates included. */
export function canonicalBytes(value: unknown): Uint8Array {
  return Buffer.from(canonicalJson(value), 'utf8');
}

export function sealCommit(commit: Commit): SealedCommit {
  const body = canonicalBytes(commit);
  return { commit, body, hash: chainHash(commit.previousHash, body) };
}

/** Reads a body. The hash is taken as given: whoever reads it from a store checks it against the body (`chainHash`). */
export function openCommit(body: Uint8Array, hash: string): SealedCommit {
  const bytes = body instanceof Buffer ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return { commit: JSON.parse(bytes.toString('utf8')) as Commit, body, hash };
}

export function chainHash(previousHash: string, body: Uint8Array): string {
  const length = HASH_BYTES + body.byteLength;
  const bytes = length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafe(length);
  const written = bytes.write(previousHash, 'hex');
  // What is no hash writes fewer bytes.
  if (written < HASH_BYTES) bytes.fill(0, written, HASH_BYTES);
  bytes.set(body, HASH_BYTES);
  return digest('sha256', bytes);
}

/** Of nearly all commits; read and written within one call. */
const scratch = Buffer.alloc(16 * 1024);
