import { headerSecrets } from '../../../src/traffic/call/header-secrets.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('secrets by themselves are', () => {
  test.each<[string, string, string[]]>([
    ['the credentials behind a scheme', 'Bearer abc.def.ghi', ['abc.def.ghi']],
    ['all of several words', 'ApiKey one two', ['one two']],
    ['a quoted parameter', 'Token token="zyxwvu987654"', ['token="zyxwvu987654"', 'zyxwvu987654']],
    ['each parameter', 'OAuth a=first1, b="sec\\"ond", c = third3', ['first1', 'sec"ond', 'third3']],
    ['each cookie', 'session=abc123def; id=zyx', ['abc123def', 'zyx']],
    ['each part of a signature', 'SharedAccessSignature sr=here&sig=a%2Fb&se=1', ['a%2Fb']],
    ['a quoted comma', 'X k="a,b;c"', ['a,b;c']],
    ['the password of Basic', `Basic ${base64('svc:hunter22')}`, [base64('svc:hunter22'), 'svc:hunter22', 'hunter22']],
    ['a password with colons', 'svc:pass:word', ['pass:word']],
  ])('%s', (_, value, parts) => {
    const secrets = headerSecrets(value);
    expect(secrets[0]).toBe(value);
    expect(secrets).toEqual(expect.arrayContaining(parts));
  });
});

test('white space around a value is no part of it, and an empty one has none', () => {
  expect(headerSecrets(' \tabcdef ')).toEqual(['abcdef']);
  expect(headerSecrets('')).toEqual([]);
});

test('what is no text in Base64 stays what it is', () => {
  expect(headerSecrets('Bearer 0123456789abcdef')).toEqual(['Bearer 0123456789abcdef', '0123456789abcdef']);
});

test('a value of any kind and length is taken apart', () => {
  for (const value of ['a'.repeat(8192), '"'.repeat(8192), '\\'.repeat(8192), '"\\'.repeat(4096), 'a '.repeat(4096)]) {
    expect(headerSecrets(value)[0]).toBe(value.trim());
  }
});
