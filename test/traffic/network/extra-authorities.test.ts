import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extraAuthoritiesFault } from '../../../src/traffic/network/extra-authorities.ts';
import { createAuthority } from '../../support/certificates.ts';

const directory = mkdtempSync(join(tmpdir(), 'authorities-'));
afterAll(() => rmSync(directory, { recursive: true }));
const [one, two] = [await createAuthority(), await createAuthority()];
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

const faultOf = (text: string) => {
  const file = join(directory, 'extra.pem');
  writeFileSync(file, text);
  return extraAuthoritiesFault(file);
};

test.each([
  ['one certificate', one.ca],
  ['several, with comments and CR LF', `ours:\r\n${one.ca}\r\nand\r\n${two.ca}`.replace(/\r?\n/g, '\r\n')],
  ['something else beside one', `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${one.ca}`],
])('a file with %s is trusted', async (_, text) => {
  expect(await faultOf(text)).toBeUndefined();
});

test('without a file there is nothing amiss', async () => {
  expect(await extraAuthoritiesFault(undefined)).toBeUndefined();
});

test.each([
  ['nothing', '', /holds no certificate in PEM/],
  ['no certificate', 'hello', /holds no certificate in PEM/],
  ['one that is cut off', one.ca.slice(0, -40), /can't be parsed \(number 1 of 1\)/],
  ['a broken one among others', `${one.ca}\n${BROKEN}${two.ca}`, /can't be parsed \(number 2 of 3\)/],
])('a file with %s is told of', async (_, text, fault) => {
  expect(await faultOf(text)).toMatch(fault);
});

test.each([
  ['does not exist', join(directory, 'none.pem'), 'ENOENT'],
  ['is a directory', directory, 'EISDIR'],
])('a file that %s is told of', async (_, file, code) => {
  expect(await extraAuthoritiesFault(file)).toBe(
    `NODE_EXTRA_CA_CERTS: ${file} can't be read (${code}), so its authorities are not trusted; mend it and start again`,
  );
});
