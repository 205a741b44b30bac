import type { z } from 'zod';
import { strangeMembers } from './commit-form.ts';
import type { Commit, Event } from './event.ts';
import { ProjectStoppedError } from './project-stopped.ts';
import { type SureCheck, sureCheck } from './sure-check.ts';

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

/** A version with what tells nearly all of its events without its schema. */
interface CheckedVersion extends EventVersion {
  readonly isSurely: SureCheck;
}

/**
 * Decodes stored events: every member of them and of their commit is checked, none is dropped, and old versions are brought
 * up to the current one. Throws `UndecodableEventError`.
 */
export class EventDecoder {
  private readonly versions: ReadonlyMap<string, readonly CheckedVersion[]>;

  constructor(...features: readonly EventVersions[]) {
    const all = features.flatMap((versions) => Object.entries(versions));
    const checked = (version: EventVersion) => ({ ...version, isSurely: sureCheck(version.schema) });
    this.versions = new Map(all.map(([type, versions]) => [type, versions.map(checked)]));
  }

  /** The members of data are in the order of their form, as history shows them. */
  decode(commit: Commit): Event[] {
    return this.decodeAll(commit, parse);
  }

  /** The same, but for the order of members, and much faster: what is as the log has it is not copied. */
  decodeAsStored(commit: Commit): Event[] {
    return this.decodeAll(commit, checkInPlace);
  }

  private decodeAll(commit: Commit, read: typeof parse): Event[] {
    const strange = strangeMembers(commit);
    if (strange.length > 0) {
      const reason = `its commit does not have the form of format 1 at ${strange.join(', ')}`;
      throw new UndecodableEventError(commit.project, commit.position, reason);
    }
    return commit.events.map((event) => this.decodeEvent(event, commit, read));
  }

  private decodeEvent(event: Event, commit: Commit, read: typeof parse): Event {
    const versions = this.versions.get(event.type);
    const stored = versions?.[event.v - 1];
    if (!versions || !stored) throw unknownEvent(event, versions !== undefined, commit);
    let data = read(stored, event, commit);
    if (event.v === versions.length && data === event.data) return event;
    for (const { upcast } of versions.slice(event.v - 1)) data = upcast ? upcast(data) : data;
    return { ...event, v: versions.length, data };
  }
}

function checkInPlace(version: CheckedVersion, event: Event, commit: Commit): object {
  return version.isSurely(event.data) ? event.data : parse(version, event, commit);
}

function parse({ schema }: CheckedVersion, { type, v, data }: Event, commit: Commit): object {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.map((issue) => issue.path.join('.') || '(data)').join(', ');
  const reason = `${type} version ${v} does not have its form at ${paths}`;
  throw new UndecodableEventError(commit.project, commit.position, reason);
}

function unknownEvent({ type, v }: Event, isKnownType: boolean, { project, position }: Commit): UndecodableEventError {
  const reason = isKnownType
    ? `unknown version ${JSON.stringify(v)} of event type ${type}`
    : `unknown event type ${JSON.stringify(type)}`;
  return new UndecodableEventError(project, position, reason);
}
