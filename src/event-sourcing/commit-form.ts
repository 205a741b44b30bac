import type { Commit } from './event.ts';
import { type SureCheck, strictObject } from './sure-check.ts';

/** What a member has to be: a check of its value, the form of an object, or that of each member of a list. */
type Check =
  | ((value: unknown) => boolean)
  | { readonly members: Form; readonly each?: never }
  | { readonly each: Check };

/** All members that an object may have. */
type Form = readonly Member[];

interface Member {
  readonly name: string;
  readonly isRequired: boolean;
  readonly check: Check;
}

/** @param members a name that ends in `?` is one that may be absent. */
function form(members: Readonly<Record<string, Check>>): { readonly members: Form } {
  const all = Object.entries(members);
  return {
    members: all.map(([name, check]) => ({ name: name.replace(/\?$/, ''), isRequired: !name.endsWith('?'), check })),
  };
}

const text = (value: unknown) => typeof value === 'string';
const someText = (value: unknown) => text(value) && value !== '';
const count = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 1;
const like = (pattern: RegExp) => (value: unknown) => typeof value === 'string' && pattern.test(value);
const among = (...texts: readonly unknown[]) => {
  const known = new Set(texts);
  return (value: unknown) => known.has(value);
};
const anything = (value: unknown) => value !== undefined;

/**
 * All that a commit of format 1 may hold. Each event's `data` has a form of its own: see `EventVersion`. Checked in place:
 * a copy of each commit that is folded would be most of the work.
 */
const COMMIT = form({
  project: text,
  position: count,
  commitId: someText,
  at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  actor: form({
    kind: among('USER', 'CLIENT', 'TOKEN', 'SYSTEM'),
    id: text,
    name: text,
    auth: among('none', 'header', 'oidc', 'token', 'local'),
    'issuer?': text,
  }),
  'authority?': form({
    role: among('OPERATOR', 'EDITOR', 'OWNER', 'ADMINISTRATOR'),
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
  return isSurelyCommit(commit) ? NONE : (strangeIn(commit, COMMIT) ?? NONE);
}

const isSurelyCommit = surely(COMMIT);

/** The same without paths: of nearly all commits there are none. */
function surely(check: Check): SureCheck {
  if (typeof check === 'function') return check;
  if ('members' in check)
    return strictObject(check.members.map((member) => ({ ...member, check: surely(member.check) })));
  const each = surely(check.each);
  return (value) => Array.isArray(value) && value.length > 0 && value.every(each);
}

const NONE: readonly string[] = [];

/** Paths from the value on, empty for itself; undefined where there are none: nearly always. */
function strangeIn(value: unknown, check: Check): string[] | undefined {
  if (typeof check === 'function') return check(value) ? undefined : [''];
  if ('each' in check) return Array.isArray(value) && value.length > 0 ? strangeInList(value, check.each) : [''];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [''];
  return strangeInObject(value as Readonly<Record<string, unknown>>, check.members);
}

function strangeInObject(object: Readonly<Record<string, unknown>>, members: Form): string[] | undefined {
  let strange: string[] | undefined;
  let known = 0;
  for (const { name, isRequired, check } of members) {
    const value = object[name];
    // JSON has no undefined members.
    if (value !== undefined) known += 1;
    const found = value !== undefined ? strangeIn(value, check) : isRequired ? [''] : undefined;
    if (found) strange = [...(strange ?? []), ...below(name, found)];
  }
  let all = 0;
  for (const _ in object) all += 1;
  return all === known ? strange : [...(strange ?? []), ...unknownIn(object, members)];
}

function unknownIn(object: object, members: Form): string[] {
  return Object.keys(object).filter((name) => members.every((member) => member.name !== name));
}

function strangeInList(list: readonly unknown[], check: Check): string[] | undefined {
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
