import { LRUCache } from 'lru-cache';

/** The kinds of things that have an id, named as the API names their types. */
export type IdType = 'Project' | 'ConfigParameter' | 'ProxyConnection' | 'DataSource' | 'ApiToken' | 'Change';

/** An id taken apart. */
export interface ParsedId {
  readonly type: IdType;
  /** The key of the project that the thing belongs to; `$instance` for the instance's own tokens and changes. */
  readonly project: string;
  /** What tells it from others of its type in the project; empty for the project itself. */
  readonly local: string;
  /** The commit as of which the thing is meant; absent: as it is now. From 1. */
  readonly position?: number;
}

const TYPES: Readonly<Record<string, IdType>> = {
  project: 'Project',
  parameter: 'ConfigParameter',
  proxy: 'ProxyConnection',
  source: 'DataSource',
  token: 'ApiToken',
  change: 'Change',
};
const PREFIXES = new Map(Object.entries(TYPES).map(([prefix, type]) => [type, prefix]));
const FORM =
  /^([a-z]+):([a-z][a-z0-9-]{1,62}|(?<=^(?:token|change):)\$instance):([A-Za-z0-9.-]{0,64})(?:@([1-9][0-9]{0,14}))?$/;

/** Makes the opaque text that stands for a thing in the API and, without a position, in the log. */
export function makeId({ type, project, local, position }: ParsedId): string {
  const moment = position === undefined ? '' : `@${position}`;
  return Buffer.from(`${PREFIXES.get(type)}:${project}:${local}${moment}`, 'latin1').toString('base64url');
}

/** Undefined for a text that `makeId` never made. */
export function parseId(text: string): ParsedId | undefined {
  const known = parsedBefore.get(text);
  if (known) return known;
  const parsed = parseAnew(text);
  if (parsed) parsedBefore.set(text, parsed);
  return parsed;
}

/** Most ids are asked for again and again, within one request too. */
const parsedBefore = new LRUCache<string, ParsedId>({ max: 2_000 });

function parseAnew(text: string): ParsedId | undefined {
  const [, prefix, project, local, position] = FORM.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  const type = prefix !== undefined && Object.hasOwn(TYPES, prefix) ? TYPES[prefix] : undefined;
  if (type === undefined || project === undefined || local === undefined) return undefined;
  const parsed = { type, project, local, ...(position !== undefined && { position: Number(position) }) };
  return makeId(parsed) === text ? parsed : undefined;
}

/** The project of an id of this type, of whichever moment; undefined for any other text. */
export function projectOfId(type: IdType, text: string): string | undefined {
  const parsed = parseId(text);
  return parsed?.type === type ? parsed.project : undefined;
}

/** The id of the same thing as of a position. Throws for a text that is no id. */
export function idAsOf(id: string, position: number): string {
  const parsed = parseId(id);
  if (!parsed) throw new TypeError('not an id');
  return makeId({ ...parsed, position });
}

/** The id without its moment, which is the same at every moment; a text that is no id stays as it is. */
export function resourceIdOf(id: string): string {
  const parsed = parseId(id);
  if (parsed?.position === undefined) return id;
  const { type, project, local } = parsed;
  return makeId({ type, project, local });
}
