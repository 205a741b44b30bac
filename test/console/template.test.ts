import fc from 'fast-check';
import { readTemplate, resolve, typedKey, withKey } from '../../src/console/words/template.ts';
import { parseTemplate, resolveTemplate } from '../../src/traffic/templates.ts';

const VALUES: Readonly<Record<string, string>> = { 'corp.host': '127.0.0.1', port: '8080', 'a-b_c': '${port}' };
const lookUp = (key: string) => VALUES[key] ?? null;
/** Texts that are often templates, and often nearly so. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom('${corp.host}', '${port}', '$${', '${', '}', '$', '${}', '${none}', '${a b}'),
      fc.string(),
    ),
  )
  .map((parts) => parts.join(''));

describe('a template in the console', () => {
  test('is read and resolved as the server does', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = parseTemplate(text);
        const ours = readTemplate(text);
        expect(ours.ok).toBe(theirs.ok);
        if (!theirs.ok || !ours.ok) {
          expect(resolve(text, lookUp)).toBeNull();
          return;
        }
        expect(ours.keys).toEqual(theirs.keys);
        const resolved = resolveTemplate(text, (key) => VALUES[key]);
        expect(resolve(text, lookUp)).toBe(resolved.ok ? resolved.value : null);
      }),
    );
  });

  test.each<[string, number, string | undefined]>([
    ['${', 2, ''],
    ['http://${corp.ho', 16, 'corp.ho'],
    ['${corp.host}', 6, 'corp'],
    ['${corp.host}', 12, undefined],
    ['$${corp', 7, undefined],
    ['${a b', 5, undefined],
    ['corp', 4, undefined],
  ])('knows the key that is being typed in %s at %i', (text, caret, start) => {
    expect(typedKey(text, caret)?.start).toBe(start);
  });

  test('takes a whole key in its place, and goes on behind it', () => {
    const complete = (text: string, caret: number) => {
      const typed = typedKey(text, caret);
      return typed && withKey(text, typed, caret, 'corp.host');
    };
    expect(complete('http://${co/path', 11)).toEqual(['http://${corp.host}/path', 19]);
    expect(complete('${corp.port}', 4)).toEqual(['${corp.host}', 12]);
  });
});
