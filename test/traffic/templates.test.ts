import fc from 'fast-check';
import { isTemplate, parseTemplate, resolveTemplate } from '../../src/traffic/templates.ts';

const key = fc.string({ minLength: 1, maxLength: 100, unit: fc.constantFrom(...'abzAZ059._-') });
/** Without a `$` right before a literal `${`: that can't be written, as `$${` is the escape. */
const literal = fc.string({ unit: fc.constantFrom(...'ab${} \u{1f600}') }).filter((text) => !text.includes('$${'));
const escaped = (text: string) => text.replaceAll('${', () => '$${');

describe('a template', () => {
  test('names its keys once each, in order', () => {
    expect(parseTemplate('https://${b}/${a.x_1-2}?${b}')).toEqual({ ok: true, keys: ['b', 'a.x_1-2'] });
  });

  test.each([
    ['unclosed', 'abc${def', 'character 4 is not closed'],
    ['empty', '${}', 'character 1 names no parameter'],
    ['with a space', '\u{1f600}${a b}', 'character 2 holds other characters'],
    ['with a parameter within', '${a${b}}', 'holds other characters'],
    ['with letters beyond ASCII', '${ä}', 'holds other characters'],
    ['with a key of 101 characters', `\${${'k'.repeat(101)}}`, 'longer than 100'],
  ])('%s is a fault that tells where', (_how, text, fault) => {
    expect(parseTemplate(text)).toEqual({ ok: false, fault: expect.stringContaining(fault) });
    expect(isTemplate(text)).toBe(false);
  });

  test('keeps its text out of the fault: it may be a secret', () => {
    const parsed = parseTemplate('hunter2${oh dear}');
    expect(JSON.stringify(parsed)).not.toMatch(/hunter2|oh dear/);
  });

  test('stands for itself, apart from its keys and $${', () => {
    fc.assert(
      fc.property(literal, (text) => {
        expect(resolveTemplate(escaped(text), () => undefined)).toEqual({ ok: true, value: text });
        expect(isTemplate(escaped(text))).toBe(false);
      }),
    );
  });

  test('takes values as they are, and does not expand them again', () => {
    fc.assert(
      fc.property(key, literal, literal, (name, before, value) => {
        fc.pre(!before.endsWith('$'));
        const resolved = resolveTemplate(`${escaped(before)}\${${name}}|\${${name}}`, () => value);
        expect(resolved).toEqual({ ok: true, value: `${before}${value}|${value}` });
      }),
    );
  });

  test('tells every key without a value, once each', () => {
    const lookup = (name: string) => (name === 'b' ? '' : undefined);
    expect(resolveTemplate('${a}${b}${c}${a}', lookup)).toEqual({ ok: false, missing: ['a', 'c'] });
  });

  test('asks for a key such as constructor without finding one by accident', () => {
    expect(parseTemplate('${constructor}${__proto__}')).toEqual({ ok: true, keys: ['constructor', '__proto__'] });
  });

  test('is read in linear time, however many signs it holds', () => {
    const text = '$'.repeat(200_000);
    expect(resolveTemplate(text, () => undefined)).toEqual({ ok: true, value: text });
    expect(parseTemplate('${'.repeat(100_000)).ok).toBe(false);
  });
});

describe('a template that would grow', () => {
  const k = (name: string) => (name === 'none' ? undefined : 'k'.repeat(16_000));

  test('is not made larger than its limit in bytes', () => {
    expect(resolveTemplate('${k}${k}', k, 32_000)).toEqual({ ok: true, value: 'k'.repeat(32_000) });
    expect(resolveTemplate('${k}ü${k}', k, 32_001)).toEqual({ ok: false, missing: [], isTooLong: true });
    expect(resolveTemplate('${k}'.repeat(260_000), k, 1024 * 1024)).toMatchObject({ ok: false, isTooLong: true });
  });

  test('is told its undefined parameters first, and is its own limit without parameters', () => {
    expect(resolveTemplate('${k}${none}', k, 10)).toEqual({ ok: false, missing: ['none'] });
    expect(resolveTemplate('abc$${', k, 2)).toEqual({ ok: true, value: 'abc${' });
  });
});
