import { changedFields } from '../event-sourcing/changed-fields.ts';
import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { Faults, type Refusal, refuse, versionConflict } from '../words/refusal.ts';
import type { Rename } from '../words/rename.ts';
import { unreachable } from '../words/unreachable.ts';
import { type ProjectEvent, projectId } from './project-events.ts';

export interface ProjectFields {
  readonly name: string;
  readonly description: string | null;
  /** In order, unique, at least one. */
  readonly environments: readonly string[];
}

export type Project =
  | { readonly status: 'absent' }
  | { readonly status: 'active'; readonly key: string; readonly version: number; readonly fields: ProjectFields };

export interface CreateProject {
  readonly type: 'CreateProject';
  readonly key: string;
  readonly fields: ProjectFields;
}

export interface UpdateProject {
  readonly type: 'UpdateProject';
  readonly key: string;
  readonly expectedVersion?: number;
  readonly set: Partial<Pick<ProjectFields, 'name' | 'description'>>;
  readonly environments?: readonly string[];
  /** Applied all at once, before `environments`. */
  readonly renames: readonly Rename[];
}

export type ProjectCommand = CreateProject | UpdateProject;

/** What deciding about a project needs to know of its configuration parameters. */
export interface ProjectSurroundings {
  /** Keys of the active parameters with a value of their own in this environment. */
  parametersWithValuesIn(environment: string): readonly string[];
}

export function decideProject(
  project: Project,
  command: ProjectCommand,
  surroundings: ProjectSurroundings,
): Decision<Refusal> {
  switch (command.type) {
    case 'CreateProject':
      return create(project, command);
    case 'UpdateProject':
      return update(project, command, surroundings);
    default:
      return unreachable(command);
  }
}

export function evolveProject(project: Project, event: ProjectEvent, version: number): Project {
  switch (event.type) {
    case 'ProjectCreated': {
      const { key, name, description = null, environments } = event.data.set;
      return { status: 'active', key, version, fields: { name, description, environments } };
    }
    case 'ProjectUpdated': {
      if (project.status === 'absent') return project;
      const { name, description, environments } = event.data.set;
      const fields = {
        name: name ?? project.fields.name,
        description: description === undefined ? project.fields.description : description,
        environments: environments ?? project.fields.environments,
      };
      return { ...project, version, fields };
    }
    default:
      return unreachable(event);
  }
}

function create(project: Project, { key, fields }: CreateProject): Decision<Refusal> {
  if (project.status !== 'absent') {
    return refuse('NAME_TAKEN', ['input', 'key'], `there is a project with the key ${key} already`);
  }
  const { description, ...rest } = fields;
  const set = { key, ...rest, ...(description !== null && { description }) };
  return { events: [event(key, fields.name, 1, { type: 'ProjectCreated', data: { set } })] };
}

function update(project: Project, command: UpdateProject, surroundings: ProjectSurroundings): Decision<Refusal> {
  if (project.status === 'absent') {
    return refuse('NOT_FOUND', ['input', 'key'], `there is no project with the key ${command.key}`);
  }
  const conflict = versionConflict(command.expectedVersion, project.version);
  if (conflict) return { refusals: [conflict] };

  const faults = new Faults();
  const environments = planEnvironments(project.fields.environments, command, surroundings, faults);
  if (faults.any) return { refusals: faults.all };

  const fields = { ...project.fields, ...command.set, environments };
  const changed = changedFields(project.fields, fields);
  const renamed = command.renames.filter(({ from, to }) => from !== to);
  if (!changed && renamed.length === 0) return { events: [] };
  const data = { set: {}, was: {}, ...changed, ...(renamed.length > 0 && { renamed }) };
  return { events: [event(project.key, fields.name, project.version + 1, { type: 'ProjectUpdated', data })] };
}

function planEnvironments(
  before: readonly string[],
  command: UpdateProject,
  surroundings: ProjectSurroundings,
  faults: Faults,
): readonly string[] {
  const names = new Map(before.map((environment) => [environment, environment]));
  command.renames.forEach(({ from, to }, index) => {
    if (names.has(from)) names.set(from, to);
    else {
      const path = ['input', 'renameEnvironments', String(index), 'from'];
      faults.add('ENVIRONMENT_UNKNOWN', path, `there is no environment ${from}; there are ${before.join(', ')}`);
    }
  });
  const renamed = [...names.values()];
  const twice = renamed.find((name, index) => renamed.indexOf(name) !== index);
  if (twice !== undefined) {
    faults.invalid(['input', 'renameEnvironments'], `two environments would be called ${twice}`);
  }
  if (!command.environments) return renamed;
  for (const [original, name] of names) {
    if (command.environments.includes(name)) continue;
    const keys = surroundings.parametersWithValuesIn(original);
    if (keys.length === 0) continue;
    const some = keys.length > 5 ? `${keys.slice(0, 5).join(', ')} and ${keys.length - 5} more` : keys.join(', ');
    faults.invalid(['input', 'environments'], `${name} cannot be removed while parameters have values in it: ${some}`);
  }
  return command.environments;
}

function event(key: string, name: string, version: number, { type, data }: ProjectEvent): Event {
  return { type, v: 1, subject: { id: projectId(key), name, version }, data };
}
