import { createAuthority } from '../../support/certificates.ts';
import {
  APACHE,
  FORBIDDEN,
  NCAT,
  PRIVOXY,
  startApache,
  startNcat,
  startPrivoxy,
} from '../../support/installed-proxies.ts';
import { describeWith } from '../../support/programs.ts';
import { freePort } from '../../support/sockets.ts';
import { startTarget, type Target } from '../../support/targets.ts';
import { keeper, probeThrough, way } from './probing.ts';

const keep = keeper();
const authority = await createAuthority();
const options = { ca: [authority.ca] };
const credentials = { user: 'svc', password: 'p%40@:$! "\'s' };
const wrong = { user: 'svc', password: 'not the password' };
const secure = await keep(startTarget({ tls: await authority.issue() }));
const plain = await keep(startTarget());

/** A path of its own for each test, by which the target's record is found. */
let paths = 0;
const fresh = (target: Target): URL => new URL(`/probe/${++paths}`, target.url);
const seenBy = (target: Target, url: URL) => target.record().filter((each) => each.url === url.pathname);
const refusing = async (scheme: string) => new URL(`${scheme}://127.0.0.1:${await freePort()}/`);
const unknown = (scheme: string) => new URL(`${scheme}://no-such-name.invalid/`);

async function expectReached(port: number, login: Parameters<typeof probeThrough>[0]['credentials'] = undefined) {
  for (const target of [secure, plain]) {
    const url = fresh(target);
    const result = await probeThrough({ port, ...(login && { credentials: login }) }, url, options);
    expect(result).toMatchObject({ success: true, targetStatus: 200 });
    const [seen, ...more] = seenBy(target, url);
    expect(more).toEqual([]);
    expect(seen?.headers).toMatchObject({ 'user-agent': 'proxy-ledger' });
    expect(seen?.headers).not.toHaveProperty('proxy-authorization');
  }
}

async function expectLoginWanted(port: number, proxyAuthSchemes: readonly string[]) {
  for (const target of [secure, plain]) {
    const url = fresh(target);
    const rejected = await probeThrough({ port, credentials: wrong }, url, options);
    expect(rejected).toMatchObject({ failure: 'PROXY_AUTH_REJECTED', proxyAuthSchemes });
    const without = await probeThrough({ port }, url, options);
    expect(without).toMatchObject({ failure: 'PROXY_AUTH_REQUIRED', proxyAuthSchemes });
    for (const result of [rejected, without]) expect(way(result)).toMatch(/!PROXY_AUTH$/);
    expect(seenBy(target, url)).toEqual([]);
  }
}

const [describeNcat, ncat] = describeWith(NCAT, 'ncat');
describeNcat(ncat, () => {
  test('tunnels and forwards', async () => {
    const { port } = await keep(startNcat());
    await expectReached(port);
  }, 30_000);

  test('answers 504 at once where it does not reach a target, which is no time-out', async () => {
    const { port } = await keep(startNcat());
    for (const url of [await refusing('https'), unknown('https')]) {
      const result = await probeThrough({ port }, url, options);
      expect(result).toMatchObject({ success: false, failure: 'TARGET_UNREACHABLE' });
      expect(way(result)).toBe('RESOLVE CONNECT !TUNNEL');
    }
    const forwarded = await probeThrough({ port }, await refusing('http'), options);
    expect(forwarded).toMatchObject({ success: true, targetStatus: 504 });
    expect(forwarded.warnings.join()).toContain('the proxy');
  }, 30_000);

  test('takes good credentials, and offers Basic and Digest to bad ones and to none', async () => {
    const { port } = await keep(startNcat({ credentials }));
    await expectReached(port, credentials);
    await expectLoginWanted(port, ['Basic', 'Digest']);
  }, 30_000);
});

const [describePrivoxy, privoxy] = describeWith(PRIVOXY, 'privoxy');
describePrivoxy(privoxy, () => {
  test('tunnels and forwards', async () => {
    const { port } = await keep(startPrivoxy());
    await expectReached(port);
  }, 30_000);

  test('says of an unknown name 404, of a refused connection 503, of a blocked host 403', async () => {
    const { port } = await keep(startPrivoxy());
    for (const scheme of ['https', 'http']) {
      const missing = await probeThrough({ port }, unknown(scheme), options);
      expect(missing).toMatchObject({ failure: 'TARGET_NAME_NOT_FOUND', retryable: false });
      const closed = await probeThrough({ port }, await refusing(scheme), options);
      expect(closed).toMatchObject({ failure: 'TARGET_UNREACHABLE', retryable: true });
    }
    expect(await probeThrough({ port }, new URL(`https://${FORBIDDEN}/`), options)).toMatchObject({
      failure: 'PROXY_DENIED',
    });
  }, 30_000);

  test('does not speak TLS on its port, and waits for the rest of what it takes for a request', async () => {
    const { port } = await keep(startPrivoxy());
    const result = await probeThrough({ type: 'HTTPS', port }, secure.url, { ...options, timeoutMs: 500 });
    expect(result.failure).toMatch(/^PROXY_TLS_(TIMED_OUT|CLOSED)$/);
    expect(result.message).toContain('if it is a plain HTTP proxy, choose type HTTP');
  }, 30_000);
});

const [describeApache, apache] = describeWith(APACHE, 'apache');
describeApache(apache, () => {
  test('tunnels and forwards, and the credentials that it did not ask for do not reach the target', async () => {
    const { port } = await keep(startApache());
    await expectReached(port);
    await expectReached(port, credentials);
  }, 30_000);

  test('says of an unknown name 502, of a refused connection 503, of a port that it refuses 403', async () => {
    const { port } = await keep(startApache());
    for (const url of [unknown('https'), await refusing('https')]) {
      const result = await probeThrough({ port }, url, options);
      expect(result).toMatchObject({ failure: 'TARGET_UNREACHABLE' });
    }
    const forwarded = await probeThrough({ port }, await refusing('http'), options);
    expect(forwarded).toMatchObject({ success: true, targetStatus: 503 });
    expect(forwarded.warnings.join()).toContain('the proxy');
    const strict = await keep(startApache({}, '443'));
    const denied = await probeThrough({ port: strict.port }, secure.url, options);
    expect(denied).toMatchObject({ failure: 'PROXY_DENIED' });
    expect(denied.message).toContain('many allow port 443 alone');
  }, 30_000);

  test('takes good credentials, and asks for Basic', async () => {
    const { port } = await keep(startApache({ credentials }));
    await expectReached(port, credentials);
    await expectLoginWanted(port, ['Basic']);
  }, 30_000);
});
