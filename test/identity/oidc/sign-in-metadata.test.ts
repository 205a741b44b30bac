import { SignInMetadata } from '../../../src/identity/oidc/sign-in-metadata.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LocalIssuer } from '../../support/local-issuer.ts';

let issuer: LocalIssuer;
beforeEach(async () => {
  issuer = await LocalIssuer.start();
});
afterEach(() => issuer.close());

function open() {
  const clock = new FakeClock();
  const warnings: object[] = [];
  const metadata = new SignInMetadata({ issuer: issuer.url, clock, warn: (details) => warnings.push(details) });
  return { clock, warnings, metadata };
}

const away = () => {
  issuer.answer = (_request, response) => response.writeHead(503).end();
};

test('an issuer is asked once for all who ask together, and again after ten minutes', async () => {
  const { clock, metadata } = open();
  const told = await Promise.all([metadata.current(), metadata.current(), metadata.current()]);
  expect(told[0]).toEqual({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` });
  expect(new Set(told).size).toBe(1);
  await clock.pass(599_000);
  await metadata.current();
  expect(issuer.asked).toHaveLength(1);
  await clock.pass(1_000);
  issuer.metadata = { token_endpoint: `${issuer.url}/token` };
  while (!(await metadata.current())?.token_endpoint) await new Promise((resolve) => setImmediate(resolve));
  expect(issuer.asked).toHaveLength(2);
});

test('an issuer that is away is asked once in 30 s, and told in the log once', async () => {
  const { clock, warnings, metadata } = open();
  away();
  for (let asked = 0; asked < 5; asked += 1) expect(await metadata.current()).toBeUndefined();
  expect(issuer.asked).toHaveLength(1);
  await clock.pass(30_000);
  expect(await metadata.current()).toBeUndefined();
  expect(issuer.asked).toHaveLength(2);
  expect(warnings).toEqual([{ reason: 'the answer is 503' }]);
  issuer.answer = undefined;
  await clock.pass(30_000);
  expect(await metadata.current()).toBeDefined();
});

test('what an issuer told before it went away is told on', async () => {
  const { clock, metadata } = open();
  const first = await metadata.current();
  away();
  await clock.pass(3_600_000);
  expect(await metadata.current()).toEqual(first);
});

test('metadata of another issuer are none', async () => {
  const { warnings, metadata } = open();
  issuer.metadata = { issuer: `${issuer.url}/` };
  expect(await metadata.current()).toBeUndefined();
  expect(warnings).toEqual([{ reason: expect.stringContaining(`"${issuer.url}/"`) }]);
});
