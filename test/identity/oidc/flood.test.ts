import { systemClock } from '../../../src/identity/clock.ts';
import { MOST_FAILURES } from '../../../src/identity/oidc/check-turns.ts';
import { openOidc } from '../../../src/identity/open-oidc.ts';
import { until } from '../../http/support.ts';
import { LocalIssuer, signingKey } from '../../support/local-issuer.ts';

test('whoever has a valid token is let in while others fail in masses, and whoever was let in before at once', async () => {
  const [key, stranger] = await Promise.all([signingKey('k1'), signingKey('k1')]);
  const issuer = await LocalIssuer.start(key);
  const { tokens, stop } = openOidc({
    settings: {
      ...{ issuer: issuer.url, audiences: ['proxy-ledger'], groupsClaim: 'groups', toleranceSeconds: 30 },
      algorithms: ['ES256'],
    },
    ...{ administrators: [], clock: systemClock },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    metrics: { lookedForKeys: () => {}, watchOidc: () => {} },
  });
  let number = 0;
  const claims = (sub: string) => {
    number += 1;
    const now = Math.floor(Date.now() / 1_000);
    return { iss: issuer.url, aud: 'proxy-ledger', sub, iat: now, exp: now + 300, jti: `${number}` };
  };
  const [old, renewed, first] = await Promise.all(['ada', 'ada', 'grace'].map((sub) => key.sign(claims(sub))));
  expect((await tokens.check(old ?? '')).ok).toBe(true);

  const bad = await Promise.all(
    Array.from({ length: 1.5 * MOST_FAILURES }, (_, n) => stranger.sign(claims(`eve${n}`))),
  );
  const refused = bad.map((text) => tokens.check(text));
  await until(() => tokens.waiting > 0);
  const order: string[] = [];
  const letIn = async (name: string, text = '') => {
    expect((await tokens.check(text)).ok).toBe(true);
    order.push(name);
  };
  await Promise.all([letIn('grace', first), letIn('ada, anew', renewed), letIn('ada', old)]);
  expect(order[0]).toBe('ada');
  expect((await Promise.all(refused)).filter(({ ok }) => ok)).toEqual([]);
  stop();
  await issuer.close();
});
