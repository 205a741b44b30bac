import type { Commit } from './event.ts';

/** What a member has to be: a check of its value, the form of an object, or that of each member of a list. */
type Check = ((value: unknown) => boolean) | Form | { readonly each: Form };

/** All members that an object may have; a name that ends in `?` is one that may be absent. */
interface Form {
  readonly required: ReadonlyMap<string, Check>;
  readonly all: ReadonlyMap<string, Check>;
}

function form(members: Readonly<Record<string, Check>>): Form {
  const entries = Object.entries(members);
  return {
    required: new Map(entries.filter(([name]) => !name.endsWith('?'))),
    all: new Map(entries.map(([name, check]) => [name.replace(/\?$/, ''), check])),
  };
}

const text = (value: unknown) => typeof value === 'string';
const someText = (value: unknown) => text(value) && value !== '';
const count = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const like = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const anything = (value: unknown) => value !== undefined;

/**
 * All that a commit of format 1 may hold. Each event's `data` has a form of its own: see `EventVersion`. Checked in place,
 * as every commit that is folded is: a copy of each would be most of the work.
 */
const COMMIT = form({
  project: text,
  position: count,
  commitId: someText,
  at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  actor: form({
    kind: like(/^(USER|CLIENT|TOKEN|SYSTEM)$/),
    id: text,
    name: text,
    auth: like(/^(none|header|oidc|token|local)$/),
    'issuer?': text,
  }),
  'authority?': form({
    role: like(/^(OPERATOR|EDITOR|OWNER|ADMINISTRATOR)$/),
    via: like(/^(own|token|administrator|group:.+)$/s),
  }),
  'reason?': text,
  'idempotency?': form({ key: text, keyId: text, digest: text }),
  events: {
    each: form({
      type: text,
      v: count,
      'subject?': form({ id: text, name: text, version: count }),
      data: anything,
    }),
  },
  previousHash: like(/^[0-9a-f]{64}$/),
  format: (value) => value === 1,
});

/** Where a commit is not of format 1, or holds what nobody knows; empty where it is as it has to be. */
export function strangeMembers(commit: Commit): readonly string[] {
  return strangeIn(commit, COMMIT) ?? NONE;
}

const NONE: readonly string[] = [];

/** Paths from the value on, empty for itself; undefined where there are none: nearly always. */
function strangeIn(value: unknown, check: Check): string[] | undefined {
  if (typeof check === 'function') return check(value) ? undefined : [''];
  if ('each' in check) return Array.isArray(value) && value.length > 0 ? strangeInList(value, check.each) : [''];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [''];
  const members = value as Readonly<Record<string, unknown>>;
  let strange: string[] | undefined;
  for (const [name, memberCheck] of check.all) {
    const isThere = Object.hasOwn(members, name);
    const found = isThere ? strangeIn(members[name], memberCheck) : check.required.has(name) ? [''] : undefined;
    if (found) strange = [...(strange ?? []), ...below(name, found)];
  }
  for (const name in members) if (!check.all.has(name)) strange = [...(strange ?? []), name];
  return strange;
}

function strangeInList(list: readonly unknown[], check: Form): string[] | undefined {
  let strange: string[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const found = strangeIn(list[index], check);
    if (found) strange = [...(strange ?? []), ...below(String(index), found)];
  }
  return strange;
}

function below(name: string, paths: readonly string[]): string[] {
  return paths.map((path) => (path === '' ? name : `${name}.${path}`));
}
