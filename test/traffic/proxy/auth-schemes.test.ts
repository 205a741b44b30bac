import fc from 'fast-check';
import { basicAuthorization, offeredSchemes } from '../../../src/traffic/proxy/auth-schemes.ts';

test.each([
  [['Basic realm="a"'], ['Basic']],
  [
    ['Negotiate', 'NTLM', 'Basic realm="a, NTLM"'],
    ['Negotiate', 'NTLM', 'Basic'],
  ],
  [['Negotiate, NTLM, Basic realm="x, Digest y", charset="UTF-8"'], ['Negotiate', 'NTLM', 'Basic']],
  [['Digest realm="a", nonce="b,c\\", Basic d", qop="auth", Basic realm="e"'], ['Digest', 'Basic']],
  [['Negotiate YII=='], ['Negotiate']],
  [[String.raw`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`], ['Newauth', 'Basic']],
  [['Newauth'], ['Newauth']],
  [['Basic realm="sing-box" charset="UTF-8"'], ['Basic']],
  [['Basic realm="a" charset="UTF-8" Digest realm="b", Bearer'], ['Basic', 'Digest', 'Bearer']],
  [['Basic realm = "a" , Digest realm= b'], ['Basic', 'Digest']],
  [['Basic realm=px'], ['Basic']],
  [['Negotiate abc+/==, , NTLM TlRMTVNT, Basic'], ['Negotiate', 'NTLM', 'Basic']],
  [['=, @bad one, Basic'], ['Basic']],
  [['basic realm=x', 'BASIC realm=y'], ['basic']],
  [['', ',', 'realm="x"', '"Basic"'], []],
  [['Basic realm="never closed, NTLM'], ['Basic']],
  [
    [Array.from({ length: 100 }, (_, index) => `S${index}`).join(',')],
    Array.from({ length: 20 }, (_, index) => `S${index}`),
  ],
  [['x'.repeat(41)], []],
])('the challenges %j offer %j', (challenges, schemes) => {
  expect(offeredSchemes(challenges)).toEqual(schemes);
});

test('challenges are read in good time, whatever they hold', () => {
  expect(offeredSchemes(['"'.repeat(100_001), '\\'.repeat(100_000), ','.repeat(100_000), ' '.repeat(100_000)])).toEqual(
    [],
  );
});

test('credentials are sent as typed, in UTF-8', () => {
  const header = basicAuthorization({ user: 'Jürgen', password: 'p%40@:$! ü' });
  expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString('utf8')).toBe('Jürgen:p%40@:$! ü');
});

const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}$/);
const quoted = fc.string({ maxLength: 20 }).map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`);
const parameter = fc.tuple(token, fc.constantFrom('=', ' = '), fc.oneof(token, quoted)).map((parts) => parts.join(''));
const token68 = fc.stringMatching(/^[0-9A-Za-z._~+/-]{1,20}={0,2}$/);
const challenge = fc.tuple(
  token,
  fc.oneof(
    fc.constant(''),
    token68.map((text) => ` ${text}`),
    fc.array(parameter, { minLength: 1, maxLength: 4 }).map((parameters) => ` ${parameters.join(', ')}`),
  ),
);

test('of any challenges, in one field or in several, exactly the schemes are found', () => {
  fc.assert(
    fc.property(fc.array(challenge, { maxLength: 8 }), fc.boolean(), (challenges, isOneField) => {
      const texts = challenges.map(([scheme, rest]) => `${scheme}${rest}`);
      const first = new Map(challenges.map(([scheme]) => [scheme.toLowerCase(), scheme] as const).reverse());
      const expected = [...new Set(challenges.map(([scheme]) => scheme.toLowerCase()))].map((key) => first.get(key));
      expect(offeredSchemes(isOneField ? [texts.join(', ')] : texts)).toEqual(expected);
    }),
  );
});
