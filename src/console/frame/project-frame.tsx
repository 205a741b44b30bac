import { createContext, type ReactNode, use, useEffect, useRef } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { graphql } from '../graphql/graphql.ts';
import { useLedger } from '../graphql/ledger.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { useMoment, useNamedMoment } from '../time/moment.ts';
import { hasRight, type Right } from './rights.ts';

const PROJECT = graphql(`
  query ProjectFrame($key: String!, $asOf: AsOfInput) {
    project(key: $key, asOf: $asOf) {
      id
      key
      name
      environments
      position
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
  /** Whether that may be offered. In the past nobody may change, test or call. */
  readonly can: (right: Right) => boolean;
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
  const { data, failure, again } = useAsk(PROJECT, { key: projectKey, asOf });
  const isOpen = at === undefined && data?.project != null;
  // It resumes from where it was heard last, by itself: a newer position is no reason to begin anew.
  const position = useRef(0);
  if (data?.project) position.current = data.project.position;
  useEffect(() => (isOpen ? follow(projectKey, position.current) : undefined), [follow, projectKey, isOpen]);
  const isNow = at === undefined && !isCompared;
  const context: ProjectContext = {
    key: projectKey,
    project: data?.project,
    failure,
    again,
    asOf,
    can: (right) => data !== undefined && (isNow || right === 'READ_GRANTS') && hasRight(right, data.viewer),
  };
  return <Context value={context}>{children}</Context>;
}
