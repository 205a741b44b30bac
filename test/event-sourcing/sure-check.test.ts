import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { accessEvents } from '../../src/access/access-events.ts';
import { tokenEvents } from '../../src/access/token-events.ts';
import { dataSourceEvents } from '../../src/data-sources/data-source-events.ts';
import type { EventVersion } from '../../src/event-sourcing/decoder.ts';
import { sureCheck } from '../../src/event-sourcing/sure-check.ts';
import { parameterEvents } from '../../src/parameters/parameter-events.ts';
import { projectEvents } from '../../src/projects/project-events.ts';
import { proxyEvents } from '../../src/proxies/proxy-events.ts';

const features = [accessEvents, tokenEvents, projectEvents, parameterEvents, proxyEvents, dataSourceEvents];
const versions = features.flatMap((feature) =>
  Object.entries(feature).flatMap(([type, all]: [string, readonly EventVersion[]]) =>
    all.map(({ schema }, index) => [`${type} ${index + 1}`, schema] as const),
  ),
);

/** Values that a schema takes, of the kinds that events are made of. */
function valuesOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string': {
      const [check] = (def.checks ?? []) as readonly { readonly _zod: { readonly def: { pattern?: RegExp } } }[];
      return check ? fc.stringMatching(check._zod.def.pattern ?? /^$/) : fc.string({ unit: 'binary', maxLength: 9 });
    }
    case 'number':
      return fc.maxSafeInteger();
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'array':
      return fc.array(valuesOf(def.element), { maxLength: 3 });
    case 'union':
      return fc.oneof(...def.options.map(valuesOf));
    case 'nullable':
      return fc.option(valuesOf(def.innerType));
    case 'readonly':
    case 'optional':
      return valuesOf(def.innerType);
    case 'object': {
      const members = Object.entries(def.shape);
      const requiredKeys = members.filter(([, member]) => member._zod.optin !== 'optional').map(([name]) => name);
      return fc.record(Object.fromEntries(members.map(([name, member]) => [name, valuesOf(member)])), { requiredKeys });
    }
    default:
      throw new Error(`no values of ${def.type} are known here`);
  }
}

type Place = readonly [holder: Record<string, unknown>, name: string];

/** Every member of every object and list in a JSON value. */
function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [[holder, name] as const, ...placesIn(holder[name])]);
}

const change = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('other', 'gone', 'more', 'none' as const),
  name: fc.constantFrom('stranger', '__proto__', 'constructor', 'toString', 'name', 'set', '0'),
  value: fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(0.5, -0, 2 ** 53, '', 'HTTP', {}, [], null)),
});
type Change = typeof change extends fc.Arbitrary<infer C> ? C : never;

/** A JSON value in which one thing is changed. */
function changed(value: unknown, { at, kind, name, value: other }: Change): unknown {
  const copy = { root: JSON.parse(JSON.stringify(value)) as unknown };
  const places = placesIn(copy);
  const [holder, member] = places[at % places.length] as Place;
  if (kind === 'gone') delete holder[member];
  if (kind === 'other') holder[member] = other;
  const target = holder[member];
  if (kind === 'more' && typeof target === 'object' && target !== null)
    Object.defineProperty(target, name, { value: other, enumerable: true, configurable: true, writable: true });
  // As it would be stored.
  return copy.root === undefined ? null : (JSON.parse(JSON.stringify(copy.root)) as unknown);
}

describe('a check that is sure', () => {
  test.each(versions)('takes of %s what the schema takes, and nothing else', (_, schema) => {
    const isSurely = sureCheck(schema);
    fc.assert(
      fc.property(valuesOf(schema), change, (whole, difference) => {
        const stored = JSON.parse(JSON.stringify(whole)) as unknown;
        expect(isSurely(stored)).toBe(true);
        for (const value of [stored, changed(whole, difference)]) {
          const parsed = schema.safeParse(value);
          expect(isSurely(value)).toBe(parsed.success);
          if (parsed.success) expect(parsed.data).toEqual(value);
        }
      }),
      { numRuns: 200 },
    );
  });

  test.each(versions)('takes of %s no value of another type', (_, schema) => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        expect(sureCheck(schema)(value)).toBe(schema.safeParse(value).success);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['a length', z.string().min(1), 'a'],
    ['a form with a name', z.email(), 'a@example.com'],
    ['a pattern that remembers where it was', z.string().regex(/a/g), 'a'],
    ['any number', z.number(), 1],
    ['a least number', z.int().min(1), 1],
    ['a number that is made of a text', z.coerce.number(), 1],
    ['a text that is made of anything', z.coerce.string(), 'a'],
    ['a truth that is made of anything', z.coerce.boolean(), true],
    ['a change', z.string().trim(), 'a'],
    ['a transformation', z.string().transform((text) => text), 'a'],
    ['a default', z.strictObject({ a: z.string().default('b') }), { a: 'a' }],
    ['a condition', z.strictObject({}).refine(() => true), {}],
    ['members that are dropped', z.object({}), {}],
    ['members that nobody knows', z.looseObject({}), {}],
    ['members of a type that is known', z.object({}).catchall(z.string()), { a: 'a' }],
    ['a member that every object has', z.strictObject({ toString: z.string() }), { toString: 'a' }],
    ['numbers in a list of values', z.enum({ a: 1 }), 1],
    ['one of them in a list', z.array(z.string().min(1)), ['a']],
    ['one of them in a member', z.strictObject({ a: z.string().min(1).optional() }), { a: 'a' }],
    ['one of them among others', z.union([z.string().min(2), z.string()]), 'a'],
    ['a type that is not known here', z.record(z.string(), z.string()), { a: 'a' }],
  ])('is never sure where a schema has %s', (_, schema: z.ZodType, value) => {
    expect(schema.safeParse(value).success).toBe(true);
    expect(sureCheck(schema)(value)).toBe(false);
  });

  test('is sure of every event of the golden files', () => {
    const schemas = new Map<string, z.ZodType>(versions);
    const files = readdirSync('schema/events').filter((name) => name.endsWith('.json') && !name.startsWith('commit.'));
    let sure = 0;
    for (const name of files) {
      const [, type, version] = /^(\w+)\.v(\d+)\.json$/.exec(name) ?? [];
      const schema = schemas.get(`${type} ${version}`);
      const content = JSON.parse(readFileSync(`schema/events/${name}`, 'utf8')) as unknown;
      for (const { data } of [content].flat() as { readonly data: unknown }[]) {
        expect([name, schema && sureCheck(schema)(data)]).toEqual([name, true]);
        sure += 1;
      }
    }
    expect(sure).toBeGreaterThanOrEqual(versions.length);
  });
});
