import fc from 'fast-check';
import { type IdType, idAsOf, makeId, parseId, resourceIdOf } from '../../src/words/ids.ts';

const type = fc.constantFrom<IdType>(
  'Project',
  'ConfigParameter',
  'ProxyConnection',
  'DataSource',
  'ApiToken',
  'Change',
);
const project = fc.stringMatching(/^[a-z][a-z0-9-]{1,62}$/);
const local = fc.stringMatching(/^[A-Za-z0-9.-]{0,64}$/);
const thing = fc.record({ type, project, local });
const position = fc.integer({ min: 1, max: 999_999_999_999_999 });

test('an id of a moment is read back with its position, and means the same thing as the one without', () => {
  fc.assert(
    fc.property(thing, position, position, (parts, at, later) => {
      const id = makeId(parts);
      expect(parseId(id)).toEqual(parts);
      expect(parseId(idAsOf(id, at))).toEqual({ ...parts, position: at });
      expect(idAsOf(idAsOf(id, later), at)).toBe(idAsOf(id, at));
      expect(resourceIdOf(idAsOf(id, at))).toBe(id);
      expect(resourceIdOf(id)).toBe(id);
    }),
  );
});

test('an id without a position is what it always was', () => {
  expect(makeId({ type: 'ProxyConnection', project: 'crm', local: 'a-1' })).toBe('cHJveHk6Y3JtOmEtMQ');
});

test("tokens and changes may be the instance's, and nothing else may", () => {
  const ofInstance = (kind: IdType) => makeId({ type: kind, project: '$instance', local: '1.0', position: 3 });
  for (const own of ['ApiToken', 'Change'] as const) {
    expect(parseId(ofInstance(own))).toEqual({ type: own, project: '$instance', local: '1.0', position: 3 });
  }
  for (const other of ['Project', 'ConfigParameter', 'ProxyConnection', 'DataSource'] as const) {
    expect(parseId(ofInstance(other))).toBeUndefined();
  }
});

test('what is no id has no parts, and stays as it is', () => {
  const forged = ['proxy:crm:a@0', 'proxy:crm:a@01', 'proxy:crm:a@', 'proxy:crm:a@1@2', 'proxy:crm:a@1234567890123456'];
  for (const text of [...forged.map((form) => Buffer.from(form).toString('base64url')), '', 'x', '\ud800', 'a\u0000']) {
    expect(parseId(text)).toBeUndefined();
    expect(resourceIdOf(text)).toBe(text);
  }
});
