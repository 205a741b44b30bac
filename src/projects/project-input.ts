import { CANNOT_BE_NULL, LIMITS, readName, readProse } from '../words/fields.ts';
import type { Faults, Path } from '../words/refusal.ts';
import type { Rename } from '../words/rename.ts';
import type { CreateProject, UpdateProject } from './projects.ts';

export interface CreateProjectForm {
  readonly key: string;
  readonly name: string;
  readonly description?: string | null | undefined;
  /** `DEFAULT_ENVIRONMENTS` when left out. */
  readonly environments?: readonly string[] | null | undefined;
}

export interface UpdateProjectForm {
  readonly key: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly renameEnvironments?: readonly Rename[] | null | undefined;
  readonly environments?: readonly string[] | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/** What a project has when its creator names none. */
export const DEFAULT_ENVIRONMENTS: readonly string[] = ['dev', 'staging', 'prod'];

/** The form of a project's key, as a pattern for the whole text. */
const PROJECT_KEY = /^[a-z][a-z0-9-]{1,62}$/;
const ENVIRONMENT = /^[a-z0-9-]{1,63}$/;

export function isProjectKey(text: string): boolean {
  return PROJECT_KEY.test(text);
}

export function readCreateProject(form: CreateProjectForm, faults: Faults): CreateProject {
  if (!isProjectKey(form.key)) {
    const rule =
      'lower-case letters, digits and hyphens, 2 to 63 of them, starting with a letter, such as crm-integration';
    faults.invalid(['input', 'key'], `a project's key is made of ${rule}`);
  }
  const name = readName(form.name, ['input', 'name'], faults);
  const description = readProse(form.description, ['input', 'description'], faults);
  const environments = readEnvironments(form.environments ?? DEFAULT_ENVIRONMENTS, faults);
  return { type: 'CreateProject', key: form.key, fields: { name, description, environments } };
}

export function readUpdateProject(form: UpdateProjectForm, faults: Faults): UpdateProject {
  const set: { name?: string; description?: string | null } = {};
  if (form.name === null) faults.required(['input', 'name'], CANNOT_BE_NULL('name'));
  else if (form.name !== undefined) set.name = readName(form.name, ['input', 'name'], faults);
  if (form.description !== undefined) {
    set.description = readProse(form.description, ['input', 'description'], faults);
  }
  if (form.environments === null) {
    faults.required(['input', 'environments'], CANNOT_BE_NULL('environments'));
  }
  const environments = form.environments ? readEnvironments(form.environments, faults) : undefined;
  const renames = readRenames(form.renameEnvironments ?? [], faults);
  return {
    type: 'UpdateProject',
    key: form.key,
    set,
    renames,
    ...(environments && { environments }),
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
  };
}

function readEnvironments(environments: readonly string[], faults: Faults): readonly string[] {
  const path = ['input', 'environments'];
  if (environments.length === 0) faults.invalid(path, 'a project must have at least one environment');
  if (environments.length > LIMITS.environments) {
    faults.invalid(path, `a project has at most ${LIMITS.environments} environments; these are ${environments.length}`);
    return [];
  }
  const seen = new Set<string>();
  environments.forEach((environment, index) => {
    const place = [...path, String(index)];
    checkEnvironment(environment, place, faults);
    if (seen.has(environment)) faults.invalid(place, 'this environment is in the list already');
    seen.add(environment);
  });
  return environments;
}

function readRenames(renames: readonly Rename[], faults: Faults): readonly Rename[] {
  const path = ['input', 'renameEnvironments'];
  if (renames.length > LIMITS.environments) {
    faults.invalid(path, `at most ${LIMITS.environments} environments can be renamed at once`);
    return [];
  }
  const seen = new Set<string>();
  renames.forEach(({ from, to }, index) => {
    const place = [...path, String(index)];
    checkEnvironment(to, [...place, 'to'], faults);
    if (seen.has(from)) faults.invalid([...place, 'from'], 'this environment is renamed in the list already');
    seen.add(from);
  });
  // GraphQL's input objects have no place in the log.
  return renames.map(({ from, to }) => ({ from, to }));
}

function checkEnvironment(environment: string, path: Path, faults: Faults): void {
  if (!ENVIRONMENT.test(environment)) {
    faults.invalid(path, "an environment's name is made of lower-case letters, digits and hyphens, 1 to 63 of them");
  }
}
