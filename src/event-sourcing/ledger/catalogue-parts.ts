import type { EventStore } from '../event-store.ts';

/** Who may read a project, as far as its log is known. */
export interface KnownAccess {
  /** Of the newest commit that changed who may read; 0: none did. */
  readonly position: number;
  /** That commit's; empty: there is none. */
  readonly commitId: string;
  /** As texts. Looked up when they are wanted. */
  readers(): readonly string[];
}

export interface CatalogueParts {
  readonly store: Pick<
    EventStore,
    | 'shared'
    | 'registerProjects'
    | 'projects'
    | 'countProjects'
    | 'projectsWithCommits'
    | 'isReadBy'
    | 'catalogueEntries'
    | 'noteCatalogueEntries'
    | 'dropCatalogueEntry'
    | 'read'
    | 'hasCommitAt'
  >;
  /** Whether a project can have this key; logs under other keys are not in the catalogue. */
  readonly isProject: (key: string) => boolean;
  /** The types of the events that change who may read. */
  readonly accessEvents: readonly string[];
  /** By a project's ledger, read up to the head of its log. */
  readonly access: (project: string) => Promise<KnownAccess | undefined>;
  /** Told of what could not be noted yet. */
  readonly warn: (message: string, details: object) => void;
  /** Aborted when the process wants to end. */
  readonly stopped: AbortSignal;
}
