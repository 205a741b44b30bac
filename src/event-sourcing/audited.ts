import type { Actor, Commit, Event } from './event.ts';

/** What every row tells of its resource's history. */
export interface Audited {
  readonly createdBy: Actor;
  readonly createdAt: string;
  readonly editedBy: Actor;
  readonly editedAt: string;
  /** 1 when created, +1 with each commit that edits the resource. */
  readonly version: number;
  readonly deletedBy?: Actor;
  readonly deletedAt?: string;
  /** How many events speak of it. */
  readonly changes: number;
}

type Deletion = 'deletes' | 'restores' | 'neither';

export function auditCreation(commit: Commit): Audited {
  const { actor, at } = commit;
  return { createdBy: actor, createdAt: at, editedBy: actor, editedAt: at, version: 1, changes: 1 };
}

/** For an event that edits the resource. */
export function auditEdit(before: Audited, event: Event, commit: Commit, deletion: Deletion = 'neither'): Audited {
  const { createdBy, createdAt, version, changes } = before;
  const { actor, at } = commit;
  const deleted = deletion === 'deletes' ? { deletedBy: actor, deletedAt: at } : deletionOf(before);
  return {
    createdBy,
    createdAt,
    editedBy: actor,
    editedAt: at,
    version: event.subject?.version ?? version,
    changes: changes + 1,
    ...(deletion !== 'restores' && deleted),
  };
}

function deletionOf({ deletedBy, deletedAt }: Audited): Pick<Audited, 'deletedBy' | 'deletedAt'> {
  return { ...(deletedBy && { deletedBy }), ...(deletedAt !== undefined && { deletedAt }) };
}

/** For an event that speaks of the resource, but is no edit. */
export function auditMention(before: Audited): Pick<Audited, 'changes'> {
  return { changes: before.changes + 1 };
}
