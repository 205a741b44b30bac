import { connect } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { jest } from '@jest/globals';
import type { ProbeResult } from '../../../src/traffic/probe/probe.ts';
import {
  type AuthorityRequest,
  alone,
  createAuthority,
  daysFromNow,
  type KeyedCertificate,
  selfSigned,
} from '../../support/certificates.ts';
import { silent, startPeer, tunnelling } from '../../support/misbehaving.ts';
import { keeper, probeThrough, way } from './probing.ts';

jest.setTimeout(30_000);
const keep = keeper();
const authority = await createAuthority();
const stranger = await createAuthority('Somebody Else');
const options = { ca: [authority.ca], timeoutMs: 5_000 };
const TARGET = new URL('https://localhost:8443/');

/** What is said of a proxy with this certificate, and of a target behind one. */
async function verdicts(certificate: KeyedCertificate, more: TlsOptions = {}): Promise<[ProbeResult, ProbeResult]> {
  const peer = await keep(startPeer(silent, { ...certificate, ...more }));
  const proxy = await keep(startPeer(tunnelling(() => connect(peer.port, '127.0.0.1'))));
  const host = 'localhost';
  return [
    await probeThrough({ type: 'HTTPS', host, port: peer.port }, TARGET, options),
    await probeThrough({ host, port: proxy.port }, TARGET, options),
  ];
}

/** Old digests are also refused by servers that are asked to show them. */
const LAX: TlsOptions = { ciphers: 'DEFAULT@SECLEVEL=0' };
const below = async (request: AuthorityRequest) => (await authority.intermediate(request)).issue();
const inFiveDays = daysFromNow(5);
const fiveDaysAgo = daysFromNow(-5);
const second = (date: Date) => `${date.toISOString().slice(0, 19)}.000Z`;

type Row = readonly [what: string, kind: string, said: RegExp, certificate: () => Promise<KeyedCertificate>];

const FLAWS: readonly Row[] = [
  ['is signed with SHA-1', 'UNTRUSTED', /certificate is signed with SHA-1/, () => authority.issue({ hash: 'SHA-1' })],
  [
    'is issued by one that is signed with SHA-1',
    'UNTRUSTED',
    /is issued below CN=Proxy Ledger Intermediate 1, which is signed with SHA-1/,
    () => below({ hash: 'SHA-1' }),
  ],
  [
    "has a name that its issuer's name constraints do not permit",
    'UNTRUSTED',
    /CN=Proxy Ledger Intermediate 1, .* name constraints do not permit/,
    () => below({ permitted: 'example.com' }),
  ],
  ['is for clients alone', 'UNTRUSTED', /is not for servers: .*clients/, () => authority.issue({ forClients: true })],
  [
    'is issued by one that is no authority',
    'UNTRUSTED',
    /is issued by CN=Proxy Ledger Intermediate 1, which is no authority/,
    () => below({ isAuthority: false }),
  ],
  [
    'is issued by one whose key usage signs no certificates',
    'UNTRUSTED',
    /is issued by CN=Proxy Ledger Intermediate 1, which is no authority/,
    () => below({ maySign: false }),
  ],
  [
    'is issued by one that no authority may stand below',
    'UNTRUSTED',
    /does not let issue any \(PATH_LENGTH_EXCEEDED/,
    async () => (await (await authority.intermediate({ pathLength: 0 })).intermediate()).issue(),
  ],
  [
    'is issued by one that is not valid yet',
    'NOT_YET_VALID',
    new RegExp(`is good, but CN=Proxy Ledger Intermediate 1, .* not valid before ${second(inFiveDays)}`),
    () => below({ notBefore: inFiveDays }),
  ],
  [
    'is issued by one that has expired',
    'EXPIRED',
    new RegExp(`is good, but CN=Proxy Ledger Intermediate 1, .* expired at ${second(fiveDaysAgo)}`),
    () => below({ notBefore: daysFromNow(-20), notAfter: fiveDaysAgo }),
  ],
  [
    'is not valid yet itself',
    'NOT_YET_VALID',
    new RegExp(`certificate is not valid before ${second(inFiveDays)}`),
    () => authority.issue({ notBefore: inFiveDays }),
  ],
];

test.each(FLAWS)('of a certificate that %s, that is said, and not whom to trust', async (_what, kind, said, make) => {
  const [proxy, target] = await verdicts(await make(), LAX);
  expect([proxy.failure, way(proxy)]).toEqual([`PROXY_CERTIFICATE_${kind}`, 'RESOLVE CONNECT !PROXY_TLS']);
  expect([target.failure, way(target)]).toEqual([`TARGET_CERTIFICATE_${kind}`, 'RESOLVE CONNECT TUNNEL !TARGET_TLS']);
  for (const { message, retryable } of [proxy, target]) {
    expect(message).toMatch(said);
    expect(message).not.toContain('NODE_EXTRA_CA_CERTS');
    expect(retryable).toBe(false);
  }
});

test('an intermediate certificate that is left out is told of, and that an added authority may be meant', async () => {
  const [proxy, target] = await verdicts(alone(await below({})));
  expect(proxy).toMatchObject({ failure: 'PROXY_CERTIFICATE_UNTRUSTED' });
  expect(proxy.message).toContain('the proxy may leave out its intermediate certificates');
  expect(proxy.message).not.toContain('intercept');
  expect(target).toMatchObject({ failure: 'TARGET_CERTIFICATE_UNTRUSTED' });
  expect(target.message).toContain('the target may leave out its intermediate certificates');
  expect(target.message).toContain('the proxy may intercept TLS');
});

test('of a chain that is whole nothing is said to be left out', async () => {
  const certificate = await stranger.issue();
  const [proxy, target] = await verdicts({ ...certificate, cert: `${certificate.cert}\n${stranger.ca}` });
  expect([proxy.failure, target.failure]).toEqual(['PROXY_CERTIFICATE_UNTRUSTED', 'TARGET_CERTIFICATE_UNTRUSTED']);
  for (const { message } of [proxy, target]) {
    expect(message).not.toContain('intermediate');
    expect(message).toContain('NODE_EXTRA_CA_CERTS');
  }
  expect(target.message).toContain('the proxy may intercept TLS');
});

test('a certificate that is signed by itself hints at interception, at the target alone', async () => {
  const [proxy, target] = await verdicts(await selfSigned());
  expect([proxy.failure, target.failure]).toEqual(['PROXY_CERTIFICATE_SELF_SIGNED', 'TARGET_CERTIFICATE_SELF_SIGNED']);
  expect(proxy.message).not.toContain('intercept');
  expect(target.message).toContain('the proxy may intercept TLS');
});

test('a certificate of an added authority for another host hints at interception, at the target alone', async () => {
  const [proxy, target] = await verdicts(await authority.issue({ names: ['other.example.com'] }));
  expect(proxy).toMatchObject({ failure: 'PROXY_CERTIFICATE_HOST_MISMATCH' });
  expect(proxy.message).not.toContain('intercept');
  expect(target).toMatchObject({ failure: 'TARGET_CERTIFICATE_HOST_MISMATCH' });
  expect(target.message).toContain('the proxy may intercept TLS');
});
