/** The kinds of things that have an id, named as the API names their types. */
export type IdType = 'Project' | 'ConfigParameter' | 'ProxyConnection' | 'DataSource' | 'Change';

/** An id taken apart. */
export interface ParsedId {
  readonly type: IdType;
  /** The key of the project that the thing belongs to. */
  readonly project: string;
  /** What tells it from others of its type in the project; empty for the project itself. */
  readonly local: string;
}

const TYPES: Readonly<Record<string, IdType>> = {
  project: 'Project',
  parameter: 'ConfigParameter',
  proxy: 'ProxyConnection',
  source: 'DataSource',
  change: 'Change',
};
const PREFIXES = new Map(Object.entries(TYPES).map(([prefix, type]) => [type, prefix]));
const FORM = /^([a-z]+):([a-z][a-z0-9-]{1,62}):([A-Za-z0-9.-]{0,64})$/;

/** Makes the opaque text that stands for a thing in the API and in the log. */
export function makeId({ type, project, local }: ParsedId): string {
  return Buffer.from(`${PREFIXES.get(type)}:${project}:${local}`, 'latin1').toString('base64url');
}

/** Undefined for a text that `makeId` never made. */
export function parseId(text: string): ParsedId | undefined {
  const [, prefix, project, local] = FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  const type = prefix !== undefined && Object.hasOwn(TYPES, prefix) ? TYPES[prefix] : undefined;
  if (type === undefined || project === undefined || local === undefined) return undefined;
  const parsed = { type, project, local };
  return makeId(parsed) === text ? parsed : undefined;
}

/** The project of an id of this type; undefined for any other text. */
export function projectOfId(type: IdType, text: string): string | undefined {
  const parsed = parseId(text);
  return parsed?.type === type ? parsed.project : undefined;
}
