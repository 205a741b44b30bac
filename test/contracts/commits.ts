import {
  type Commit,
  type Event,
  GENESIS_HASH,
  type SealedCommit,
  sealCommit,
} from '../../src/event-sourcing/event.ts';
import type { CommitRange, EventStore } from '../../src/event-sourcing/event-store.ts';

let made = 0;

/** A commit of no particular content, different from every other. */
export function commitOf(project: string, position: number, members: Partial<Commit> = {}): SealedCommit {
  made += 1;
  return sealCommit({
    project,
    position,
    commitId: `commit-${made}`,
    at: timeOf(position),
    actor: { kind: 'USER', id: 'x-actor:ada', name: 'ada', auth: 'header' },
    events: [eventOf('ThingChanged', 'thing-1')],
    previousHash: GENESIS_HASH,
    format: 1,
    ...members,
  });
}

export function eventOf(type: string, subjectId?: string, data: object = {}): Event {
  return {
    type,
    v: 1,
    ...(subjectId !== undefined && { subject: { id: subjectId, name: 'a thing', version: 1 } }),
    data,
  };
}

/** Commits at positions 1 to `length`, chained by their hashes. */
export function logOf(project: string, length: number, members: (position: number) => Partial<Commit> = () => ({})) {
  return follow(project, { position: 0, hash: GENESIS_HASH }, length, members);
}

/** So many commits behind a head, chained by their hashes. */
export function follow(
  project: string,
  head: { position: number; hash: string },
  length: number,
  members: (position: number) => Partial<Commit> = () => ({}),
): SealedCommit[] {
  const commits: SealedCommit[] = [];
  let previousHash = head.hash;
  for (let position = head.position + 1; position <= head.position + length; position += 1) {
    const sealed = commitOf(project, position, { previousHash, ...members(position) });
    commits.push(sealed);
    previousHash = sealed.hash;
  }
  return commits;
}

/** Position n is committed n seconds after the start of 2026. */
export function timeOf(position: number): string {
  return new Date(Date.UTC(2026, 0, 1) + position * 1_000).toISOString();
}

export async function readAll(store: EventStore, project: string, range?: CommitRange): Promise<SealedCommit[]> {
  const commits: SealedCommit[] = [];
  for await (const sealed of store.read(project, range)) commits.push(sealed);
  return commits;
}

export async function positionsOf(store: EventStore, project: string, range?: CommitRange): Promise<number[]> {
  return (await readAll(store, project, range)).map(({ commit }) => commit.position);
}

/** For comparison: stores may hand out other kinds of byte arrays than they were given. */
export function plain({ commit, body, hash }: SealedCommit) {
  return { commit, hash, body: Buffer.from(body).toString('utf8') };
}
