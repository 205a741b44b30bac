import type { z } from 'zod';
import { strangeMembers } from './commit-form.ts';
import type { Commit, Event } from './event.ts';
import { ProjectStoppedError } from './project-stopped.ts';

/** What is stored of one version of an event type: the form of `data`, and how it becomes the next version's. */
export interface EventVersion {
  readonly schema: z.ZodType<object>;
  /** Absent on the current version. */
  readonly upcast?: (data: object) => object;
}

/** Event types with their versions; index 0 is version 1. */
export type EventVersions = Readonly<Record<string, readonly EventVersion[]>>;

/** A commit that no decoder knows: its envelope, or one of its events. */
export class UndecodableEventError extends ProjectStoppedError {
  override readonly name: string = 'UndecodableEventError';
}

/** A stored commit whose body is damaged, or is not what its hash or the store's copies of it say. */
export class UnsoundCommitError extends ProjectStoppedError {
  override readonly name: string = 'UnsoundCommitError';
}

/**
 * Decodes stored events: every member of them and of their commit is checked, none is dropped, and old versions are brought
 * up to the current one. Throws `UndecodableEventError`.
 */
export class EventDecoder {
  private readonly versions: ReadonlyMap<string, readonly EventVersion[]>;

  constructor(...features: readonly EventVersions[]) {
    this.versions = new Map(features.flatMap((versions) => Object.entries(versions)));
  }

  decode(commit: Commit): Event[] {
    const strange = strangeMembers(commit);
    if (strange.length > 0) {
      const reason = `its commit does not have the form of format 1 at ${strange.join(', ')}`;
      throw new UndecodableEventError(commit.project, commit.position, reason);
    }
    return commit.events.map((event) => this.decodeEvent(event, commit));
  }

  private decodeEvent(event: Event, commit: Commit): Event {
    const fail = (reason: string) => new UndecodableEventError(commit.project, commit.position, reason);
    const versions = this.versions.get(event.type);
    if (!versions) throw fail(`unknown event type ${JSON.stringify(event.type)}`);
    const stored = versions[event.v - 1];
    if (!stored) throw fail(`unknown version ${JSON.stringify(event.v)} of event type ${event.type}`);
    const parsed = stored.schema.safeParse(event.data);
    if (!parsed.success) {
      const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(data)');
      throw fail(`${event.type} version ${event.v} does not have its form at ${paths.join(', ')}`);
    }
    let data = parsed.data;
    for (const { upcast } of versions.slice(event.v - 1)) data = upcast ? upcast(data) : data;
    return { ...event, v: versions.length, data };
  }
}
