import type { ServerResponse } from 'node:http';
import { jest } from '@jest/globals';
import { addressFault } from '../../../src/identity/oidc/issuer-address.ts';
import { discoveredKeys, keysAt } from '../../../src/identity/oidc/key-sources.ts';
import { metadataAddress } from '../../../src/identity/oidc/metadata.ts';
import { LocalIssuer, signingKey } from '../../support/local-issuer.ts';

let issuer: LocalIssuer;
beforeEach(async () => {
  issuer = await LocalIssuer.start(await signingKey('k1'));
});
afterEach(() => issuer.close());

test.each([
  ['https://id.example.com', 'https://id.example.com/.well-known/openid-configuration'],
  ['https://id.example.com/', 'https://id.example.com/.well-known/openid-configuration'],
  ['https://id.example.com/a//', 'https://id.example.com/a//.well-known/openid-configuration'],
  ['https://ID.example.com/realms/r', 'https://ID.example.com/realms/r/.well-known/openid-configuration'],
])('the metadata of %s are at %s', (name, address) => {
  expect(metadataAddress(name)).toBe(address);
});

test.each([
  ['https://id.example.com', undefined],
  ['http://127.0.0.1:8090', undefined],
  ['http://localhost:8090/realms/r', undefined],
  ['http://[::1]:8090', undefined],
  ['http://id.example.com', /https; http is for loopback/],
  ['http://localhost.example.com', /https; http is for loopback/],
  ['http://127.0.0.1@example.com', /no user name/],
  ['https://ada:secret@id.example.com', /no user name/],
  ['ftp://id.example.com', /https/],
  ['id.example.com', /URL/],
])('of %s the fault is %s', (address, fault) => {
  if (fault) expect(addressFault(address)).toMatch(fault);
  else expect(addressFault(address)).toBeUndefined();
});

describe('keys by discovery', () => {
  const look = () => discoveredKeys(issuer.url).look();

  test('are where the metadata say', async () => {
    expect((await look()).keys.map(({ kid }) => kid)).toEqual(['k1']);
    expect(issuer.asked).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('are none of an issuer that calls itself otherwise, and both texts are named', async () => {
    issuer.metadata = { issuer: `${issuer.url}/` };
    await expect(look()).rejects.toThrow(`of the issuer "${issuer.url}/", while OIDC_ISSUER is "${issuer.url}"`);
    expect(issuer.fetches).toBe(0);
  });

  test.each([
    ['without an issuer', { issuer: undefined }, /no issuer's metadata: issuer/],
    ['without a place for keys', { jwks_uri: undefined }, /no jwks_uri/],
    ['with a place for keys that is not safe', { jwks_uri: 'http://keys.example.com' }, /must be https/],
    ['with a place for keys that is no URL', { jwks_uri: 'keys' }, /must be a URL/],
  ])('are none of metadata %s', async (_, metadata, fault) => {
    issuer.metadata = metadata;
    await expect(look()).rejects.toThrow(fault);
  });

  const redirect = (response: ServerResponse) => response.writeHead(302, { location: `${issuer.url}/keys` }).end();

  test.each<[string, (response: ServerResponse) => unknown, RegExp]>([
    ['redirects', redirect, /^the answer is 302, and redirects are not followed/],
    ['is an error', (response) => response.writeHead(500).end(), /^the answer is 500/],
    ['is no JSON', (response) => response.end('<html>'), /not JSON/],
    ['is not UTF-8', (response) => response.end(Buffer.from([0x22, 0xff, 0x22])), /not JSON/],
    ['is too large', (response) => response.end(Buffer.alloc(600 * 1024, 0x20)), /more than 524288 bytes/],
    ['breaks off', (response) => response.destroy(), /could not be fetched/],
  ])('are none where the answer %s', async (_, answer, fault) => {
    issuer.answer = (__, response) => void answer(response);
    await expect(look()).rejects.toThrow(fault);
    expect(issuer.asked).toHaveLength(1);
  });

  test('are none where an answer never ends', async () => {
    const signal = jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 50);
      return controller.signal;
    });
    issuer.answer = (_, response) => void response.write('{');
    await expect(look()).rejects.toThrow('the answer did not come in time');
    expect(signal).toHaveBeenCalledWith(5_000);
    signal.mockRestore();
  });
});

test('keys at an address need no metadata', async () => {
  expect((await keysAt(`${issuer.url}/keys`).look()).keys).toHaveLength(1);
  await expect(keysAt(`${issuer.url}/else`).look()).rejects.toThrow(`the answer is 404 (keys of ${issuer.url}/else)`);
  expect(issuer.asked).toEqual(['/keys', '/else']);
});
