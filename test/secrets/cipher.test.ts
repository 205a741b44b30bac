import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { openText, sealText } from '../../src/secrets/cipher.ts';
import { KeyRing } from '../../src/secrets/key-ring.ts';

const key = createSecretKey(Buffer.alloc(32, 1));
const place = { project: 'crm', resourceId: 'proxy-1', secretId: 'secret-1' };

const anyText = fc.string({ unit: 'binary' });
const anyPlace = fc.record({ project: anyText, resourceId: anyText, secretId: anyText });

describe('a sealed text', () => {
  test('opens again, whatever it is', () => {
    fc.assert(
      fc.property(anyText, anyPlace, (text, anywhere) => {
        expect(openText(key, anywhere, sealText(key, anywhere, text))).toBe(text);
      }),
    );
  });

  test('tells its version, is 29 bytes longer than its UTF-8 and never comes out the same twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const sealed = sealText(key, place, text);
        expect(sealed).toHaveLength(29 + Buffer.byteLength(text, 'utf8'));
        expect(sealed[0]).toBe(1);
        expect(Buffer.compare(sealed, sealText(key, place, text))).not.toBe(0);
      }),
    );
  });

  test('does not open when any of its bits was changed', () => {
    const sealed = sealText(key, place, 'Grüße, 100 %');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const altered = Uint8Array.from(sealed);
      altered[bit >> 3] = (altered[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openText(key, place, altered)).toBeUndefined();
    }
  });

  test('does not open when it was cut or lengthened', () => {
    const sealed = sealText(key, place, 'password');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(openText(key, place, sealed.subarray(0, length))).toBeUndefined();
      expect(openText(key, place, sealed.subarray(sealed.length - length))).toBeUndefined();
    }
    expect(openText(key, place, Buffer.concat([sealed, Buffer.of(0)]))).toBeUndefined();
  });

  test('does not open with another key', () => {
    const other = createSecretKey(Buffer.alloc(32, 2));
    expect(openText(other, place, sealText(key, place, 'password'))).toBeUndefined();
  });

  test('does not open in any other place', () => {
    fc.assert(
      fc.property(anyPlace, anyPlace, (home, elsewhere) => {
        fc.pre(JSON.stringify(home) !== JSON.stringify(elsewhere));
        expect(openText(key, elsewhere, sealText(key, home, 'password'))).toBeUndefined();
      }),
    );
  });

  test('does not open where the same characters are divided otherwise', () => {
    const sealed = sealText(key, { project: 'a', resourceId: 'bc', secretId: 'd","e' }, 'password');
    expect(openText(key, { project: 'ab', resourceId: 'c', secretId: 'd","e' }, sealed)).toBeUndefined();
    expect(openText(key, { project: 'a', resourceId: 'bc","d', secretId: 'e' }, sealed)).toBeUndefined();
  });
});

describe('a text sealed before there was a version', () => {
  const ring = KeyRing.parse(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
  const subKey = ring.ok ? ring.keyRing.subKey('k1', 'secrets') : undefined;
  const old = {
    'beginning with any byte': 'PTEQJzwkcRrUKtEZ9xkb9DxwHMRoMActGYucca9vxk0nDWPgMRO+hN/Q',
    'beginning with the byte of a version': 'AWpP7Sl1ni2VxXXsj+uTjYrGBNJv1OEDEFm6JGGlhssb5IeCBhGtyKEg',
  };

  test.each(Object.entries(old))('opens for ever: %s', (_, text) => {
    const sealed = Buffer.from(text, 'base64');
    expect(subKey && openText(subKey, place, sealed)).toBe('Grüße, 100 %');
    expect(subKey && openText(subKey, { ...place, project: 'other' }, sealed)).toBeUndefined();
  });

  test.each(Object.entries(old))('does not open behind a version that it was not sealed with: %s', (_, text) => {
    const sealed = Buffer.concat([Buffer.of(1), Buffer.from(text, 'base64')]);
    expect(subKey && openText(subKey, place, sealed)).toBeUndefined();
  });
});

test('ill-formed text is not sealed, and not quoted', () => {
  const seal = () => sealText(key, place, 'hunter2\ud800');
  expect(seal).toThrow('well-formed');
  expect(seal).not.toThrow('hunter2');
});
