import { createContext, type ReactNode, use, useEffect, useRef } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLedger } from '../graphql/ledger.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { useMoment, useNamedMoment } from '../time/moment.ts';
import { hasRight, type Right } from './rights.ts';

const PROJECT = graphql(`
  query ProjectFrame($key: String!, $asOf: AsOfInput, $position: Int!) {
    project(key: $key, asOf: $asOf) {
      id
      key
      name
      environments
      position
    }
    newest: project(key: $key) {
      id
      position
      createdAt
      commit(position: $position) {
        position
        at
        reason
        actor {
          name
        }
      }
    }
    viewer {
      isAdministrator
      roles(projectKey: $key)
    }
  }
`);

export interface ProjectContext {
  /** From the address: known at once. */
  readonly key: string;
  /** Undefined while it is awaited; null: there is none, or none for whoever asks. */
  readonly project: Project | null | undefined;
  readonly failure: Failure | undefined;
  readonly again: () => void;
  /** What every query of the project takes; null: now. */
  readonly asOf: { readonly position: number } | null;
  readonly log: Log | undefined;
  /** Whether that may be offered. In the past nobody may change, test or call. */
  readonly can: (right: Right) => boolean;
}

export interface Commit {
  readonly position: number;
  readonly at: string;
  readonly reason: string | null;
  readonly actor: { readonly name: string };
}

/** The log of the project, as far as leading through its past needs to know it. */
export interface Log {
  /** The position of its newest commit; while one looks at the past it is what it was when that was asked about. */
  readonly head: number;
  /** When its first commit was made. */
  readonly begin: string;
  /** The one after which the past is shown; null: now, or there is none. */
  readonly commit: Commit | null;
}

export interface Project {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** In order; the first is meant where none is named. */
  readonly environments: readonly string[];
  /** The newest, or that of the past which is shown. */
  readonly position: number;
}

const Context = createContext<ProjectContext | undefined>(undefined);

/** The project that the page is of. */
export function useProject(): ProjectContext {
  const project = use(Context);
  if (!project) throw new Error('this page is of no project');
  return project;
}

/** For what is shown on the pages of projects and on others. */
export function useProjectIfAny(): ProjectContext | undefined {
  return use(Context);
}

/** Asks about the project, and follows its changes while it is open. */
export function ProjectFrame({ projectKey, children }: { readonly projectKey: string; readonly children: ReactNode }) {
  const { follow } = useLedger();
  const at = useMoment();
  const { isCompared } = useNamedMoment();
  const asOf = at === undefined ? null : { position: at };
  const { data, isOld, failure, again } = useAsk(PROJECT, { key: projectKey, asOf, position: at ?? 1 });
  // Undefined as long as what is shown is of the past.
  const newest = at === undefined && !isOld ? (data?.project ?? undefined) : undefined;
  const isOpen = newest !== undefined;
  // It resumes from where it was heard last, by itself: a newer position is no reason to begin anew.
  const position = useRef(0);
  if (newest) position.current = newest.position;
  useEffect(() => (isOpen ? follow(projectKey, position.current) : undefined), [follow, projectKey, isOpen]);
  const isNow = isOpen && !isCompared;
  const context: ProjectContext = {
    key: projectKey,
    project: data?.project,
    failure,
    again,
    asOf,
    log: data && logOf(data),
    can: (right) => data !== undefined && (isNow || right === 'READ_GRANTS') && hasRight(right, data.viewer),
  };
  return <Context value={context}>{children}</Context>;
}

function logOf({ project, newest }: ResultOf<typeof PROJECT>): Log | undefined {
  if (!newest) return undefined;
  const { position, createdAt, commit } = newest;
  return { head: position, begin: createdAt, commit: commit?.position === project?.position ? commit : null };
}
