import { type Audited, auditCreation, auditEdit } from '../event-sourcing/audited.ts';
import type { Commit, Event } from '../event-sourcing/event.ts';
import { type ProjectEvent, type ProjectId, projectId } from './project-events.ts';
import { evolveProject, type Project } from './projects.ts';

export interface ProjectRow extends Audited {
  readonly id: ProjectId;
  readonly project: Extract<Project, { status: 'active' }>;
}

/** The row after an event about the project itself. */
export function projectRow(
  row: ProjectRow | undefined,
  event: Event & ProjectEvent,
  commit: Commit,
): ProjectRow | undefined {
  const project = evolveProject(row?.project ?? { status: 'absent' }, event, event.subject?.version ?? 1);
  if (project.status === 'absent') return row;
  const audit = row ? auditEdit(row, event, commit) : auditCreation(commit);
  return { id: projectId(project.key), project, ...audit };
}
