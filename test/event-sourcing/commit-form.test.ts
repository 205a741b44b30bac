import { readFileSync } from 'node:fs';
import { strangeMembers } from '../../src/event-sourcing/commit-form.ts';
import type { Commit } from '../../src/event-sourcing/event.ts';

const GOLDEN = readFileSync('schema/events/commit.v1.json', 'utf8');
const all = JSON.parse(GOLDEN) as Commit[];
/** One with every member that there is, made of them all. */
const whole = (): Commit => {
  const merged = Object.assign({}, ...(JSON.parse(GOLDEN) as Commit[])) as Commit;
  return { ...merged, actor: { ...merged.actor, issuer: 'https://id.example.com' } };
};

/** Every object of the envelope, with the path to it; what events hold as data has forms of its own. */
function objectsIn(value: unknown, path: readonly string[] = []): (readonly [string, Record<string, unknown>])[] {
  if (typeof value !== 'object' || value === null || path.at(-1) === 'data') return [];
  const own = Array.isArray(value) ? [] : [[path.join('.'), value as Record<string, unknown>] as const];
  return [...own, ...Object.entries(value).flatMap(([name, member]) => objectsIn(member, [...path, name]))];
}

const OPTIONAL = /^(authority|reason|idempotency|actor\.issuer|events\.\d+\.subject)$/;

describe('the form of a commit', () => {
  test('is that of the golden file', () => {
    expect(all.length).toBeGreaterThan(1);
    expect(all.flatMap(strangeMembers)).toEqual([]);
    expect(strangeMembers(whole())).toEqual([]);
  });

  test('takes no member that nobody knows, in any object', () => {
    const paths = objectsIn(whole()).map(([path]) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['', 'actor', 'authority', 'idempotency', 'events.0', 'events.0.subject']),
    );
    for (const name of ['stranger', '__proto__', 'constructor']) {
      for (const wanted of paths) {
        const commit = whole();
        const [, object] = objectsIn(commit).find(([path]) => path === wanted) ?? ['', {}];
        Object.defineProperty(object, name, { value: 1, enumerable: true });
        expect(strangeMembers(commit)).toEqual([wanted === '' ? name : `${wanted}.${name}`]);
      }
    }
  });

  test('lacks no member but those that may be absent', () => {
    for (const [path, object] of objectsIn(whole())) {
      for (const name of Object.keys(object)) {
        const commit = whole();
        const [, same] = objectsIn(commit).find(([each]) => each === path) ?? ['', {}];
        delete same[name];
        const member = path === '' ? name : `${path}.${name}`;
        expect(strangeMembers(commit)).toEqual(OPTIONAL.test(member) ? [] : [member]);
      }
    }
  });

  test.each([
    ['position', 0],
    ['position', 1.5],
    ['commitId', ''],
    ['at', '2026-11-24T09:30:00Z'],
    ['actor', null],
    ['actor', []],
    ['reason', null],
    ['events', []],
    ['events', {}],
    ['previousHash', 'A'.repeat(64)],
    ['format', 2],
    ['format', '1'],
  ])('takes no %s of %j', (name, value) => {
    expect(strangeMembers({ ...whole(), [name]: value } as Commit)).toEqual([name]);
  });
});
