import { createHmac, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { KeyRing } from '../../src/secrets/key-ring.ts';

const keyText = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64');

function ringOf(text: string): KeyRing {
  const parsed = KeyRing.parse(text);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.keyRing;
}

const bytes = Buffer.from('anything');

describe('a key ring', () => {
  test('encrypts with the first key and knows the others', () => {
    const ring = ringOf(`new:${keyText(2)}, old:${keyText(1)}`);
    expect(ring.firstKeyId).toBe('new');
    expect(ring.keyIds).toEqual(['new', 'old']);
    expect(ring.digest('idempotency', bytes)).toEqual({
      keyId: 'new',
      digest: ring.digestWith('new', 'idempotency', bytes),
    });
    expect(ring.digestWith('old', 'idempotency', bytes)).toBe(
      ringOf(`old:${keyText(1)}`).digest('idempotency', bytes).digest,
    );
  });

  test('does not answer for a key that is not configured', () => {
    const ring = ringOf(`k1:${keyText(1)}`);
    expect(ring.digestWith('k2', 'idempotency', bytes)).toBeUndefined();
    expect(ring.subKey('k2', 'secrets')).toBeUndefined();
  });

  test('derives its sub-keys by HKDF-SHA-256, so that stored digests and ciphertexts stay readable', () => {
    const subKey = hkdfSync('sha256', Buffer.alloc(32, 1), '', 'proxy-ledger/1/idempotency', 32);
    const digest = createHmac('sha256', Buffer.from(subKey)).update(bytes).digest('hex');
    expect(ringOf(`k1:${keyText(1)}`).digest('idempotency', bytes).digest).toBe(digest);
  });

  test('has another sub-key for each purpose', () => {
    const ring = ringOf(`k1:${keyText(1)}`);
    const digests = (['secrets', 'idempotency', 'snapshots', 'key-check'] as const).map(
      (purpose) => ring.digest(purpose, bytes).digest,
    );
    expect(new Set(digests).size).toBe(4);
  });

  test('has equal check values for equal keys under equal ids only', () => {
    const checks = ringOf(`k1:${keyText(1)},k2:${keyText(1)},k3:${keyText(3)}`).keyChecks();
    expect(checks).toHaveLength(3);
    expect(new Set(checks.map(({ check }) => check)).size).toBe(3);
    expect(ringOf(`k1:${keyText(1)}`).keyChecks()[0]).toEqual(checks[0]);
    expect(ringOf(`k1:${keyText(2)}`).keyChecks()[0]).not.toEqual(checks[0]);
  });

  test('shows no key when it is printed', () => {
    const ring = ringOf(`k1:${keyText(7)}`);
    ring.digest('secrets', bytes);
    const printed = inspect(ring, { depth: 10, showHidden: true }) + JSON.stringify(ring);
    expect(printed).not.toContain(keyText(7).slice(0, 20));
    expect(printed).not.toContain(Buffer.alloc(8, 7).toString('hex'));
  });
});

describe('a text of keys', () => {
  test.each([
    ['', 'entry 1 is empty; write id:base64 of 32 bytes'],
    [`k1:${keyText(1)},`, 'entry 2 is empty; write id:base64 of 32 bytes'],
    [keyText(1), 'entry 1 has no id; write id:base64 of 32 bytes'],
    [`:${keyText(1)}`, 'entry 1 has an id that is not 1 to 64 of the characters A-Z a-z 0-9 . _ -'],
    [`a b:${keyText(1)}`, 'entry 1 has an id that is not 1 to 64 of the characters A-Z a-z 0-9 . _ -'],
    [`${'x'.repeat(65)}:${keyText(1)}`, 'entry 1 has an id that is not 1 to 64 of the characters A-Z a-z 0-9 . _ -'],
    [`k1:${keyText(1, 31)}`, 'entry 1 has a key of 31 bytes, not 32; make one with: openssl rand -base64 32'],
    [`k1:${keyText(1, 33)}`, 'entry 1 has a key of 33 bytes, not 32; make one with: openssl rand -base64 32'],
    ['k1:', 'entry 1 has a key of 0 bytes, not 32; make one with: openssl rand -base64 32'],
    [`k1:*${keyText(1)}`, 'entry 1 has a key that is not base64'],
    [`k1:${keyText(1)},k1:${keyText(2)}`, 'entry 2 has the id of an entry before it'],
  ])('that is wrong is refused: %j', (text, fault) => {
    expect(KeyRing.parse(text)).toEqual({ ok: false, faults: [fault] });
  });

  test('has all of its faults named at once', () => {
    const parsed = KeyRing.parse(`k1:short,k2:${keyText(2)},nothing`);
    expect(parsed.ok ? [] : parsed.faults).toHaveLength(2);
  });

  test('may leave the padding out', () => {
    expect(KeyRing.parse(`k1:${keyText(1).replace('=', '')}`).ok).toBe(true);
  });

  test('is never quoted by a fault', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9+/:]{12,80}$/), (text) => {
        const parsed = KeyRing.parse(text);
        if (parsed.ok) return;
        for (const part of text.split(':')) {
          if (part.length >= 6) expect(parsed.faults.join()).not.toContain(part);
        }
      }),
    );
  });
});
