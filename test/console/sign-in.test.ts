import type { Browser, Page } from 'playwright-core';
import { AUDIENCE, providerKey, RealProvider } from '../support/real-provider.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const RESOURCE = 'https://ledger.example.com/graphql';

const ANY_ORIGIN = { headers: { 'access-control-allow-origin': '*' } };

describeInBrowser(inBrowser('signing in to the console'), () => {
  let provider: RealProvider;
  let server: BuiltServer;
  let browser: Browser;
  let keys: Awaited<ReturnType<typeof providerKey>>;
  beforeAll(async () => {
    keys = await providerKey('one');
    provider = await RealProvider.start(keys);
    const identities = {
      ...{ OIDC_ISSUER: provider.issuer, OIDC_AUDIENCE: AUDIENCE, OIDC_CLIENT_ID: 'console' },
      ...{ OIDC_SCOPES: 'openid profile offline_access', ADMINS: `user:${provider.issuer}#ada` },
      OIDC_AUTHORIZE_PARAMS: `resource=${encodeURIComponent(RESOURCE)}&prompt=consent`,
    };
    [server, browser] = await Promise.all([BuiltServer.start(identities), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
    await provider.close();
  });

  const signedIn = (page: Page) => page.getByRole('button', { name: 'Sign out' }).waitFor();
  const stored = (page: Page) =>
    page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])') as Promise<string>;

  test('goes through the issuer, and an address and what was typed survive a reload', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.origin}/?search=nothing`);
    await signedIn(page);
    expect(page.url()).toBe(`${server.origin}/?search=nothing`);
    await page.goto(server.origin);
    await signedIn(page);
    expect(await violations(page)).toEqual([]);
    expect(await stored(page)).toBe('[{},{}]');
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Key', { exact: true }).fill('crm');
    await page.getByLabel('Name', { exact: true }).fill('CRM');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    await signedIn(page);
    await page.getByRole('button', { name: 'New project' }).click();
    expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('crm');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();
    await page.getByRole('link', { name: 'Access' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('renews a token before it ends, and the page goes on', async () => {
    provider.accessTokenSeconds = 6;
    provider.signsWith(keys);
    const { page } = await openPage(browser);
    await page.goto(server.origin);
    await signedIn(page);
    const renewed = () => provider.asked.filter((path) => path === '/token').length;
    const before = renewed();
    await expectSoon(() => renewed() > before);
    await page.getByRole('button', { name: 'New project' }).waitFor();
    provider.accessTokenSeconds = 3_600;
    provider.signsWith(keys);
    await page.context().close();
  }, 60_000);

  test('is asked for again when the server refuses, over a page that stays, and says which secrets are lost', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.origin}/projects/crm/proxy-connections/new`);
    await signedIn(page);
    await page.getByLabel('Name', { exact: true }).fill('Corporate');
    await page.getByRole('combobox', { name: 'Auth Type' }).click();
    await page.getByRole('option', { name: 'Basic' }).click();
    await page.getByLabel('Password', { exact: true }).fill('hunter-2');
    // The issuer knows nothing of the session any more, and the server not the token.
    provider.signsWith(await providerKey('two'));
    await page.route('**/graphql', (route) => route.fulfill({ status: 401, json: { errors: [{ message: 'no' }] } }));
    await page.getByRole('button', { name: 'Create' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.waitFor();
    await dialog.getByText('to be typed again: Password').waitFor();
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Corporate');
    expect(await violations(page)).toEqual([]);
    await page.unroute('**/graphql');
    provider.signsWith(keys);
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(page);
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Corporate');
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    expect(await stored(page)).not.toContain('hunter-2');
    await page.context().close();
  }, 60_000);

  test('asks once more by itself when a token was refused that can be renewed', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.origin}/projects/crm/proxy-connections`);
    await signedIn(page);
    await page.getByText('There is no proxy connection yet.').waitFor();
    // As long as nothing was renewed a moment ago: the page's own clock goes on by itself.
    await page.evaluate('{ const now = performance.now.bind(performance); performance.now = () => now() + 60_000; }');
    let refused = '';
    await page.route('**/graphql', async (route) => {
      const authorization = route.request().headers().authorization ?? '';
      refused ||= authorization;
      if (authorization === refused) await route.fulfill({ status: 401, json: { errors: [{ message: 'no' }] } });
      else await route.continue();
    });
    await page.getByRole('link', { name: 'Data Sources' }).click();
    await page.getByText('There is no data source yet.').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.context().close();
  }, 60_000);

  test('renews again after a broken connection, and ends when the issuer says no', async () => {
    provider.accessTokenSeconds = 4;
    provider.signsWith(keys);
    const { page } = await openPage(browser);
    let tries = 0;
    await page.route('**/token', async (route) => {
      const isRenewal = route.request().postData()?.includes('grant_type=refresh_token');
      if (isRenewal) tries += 1;
      if (!isRenewal || tries > 3) await route.continue();
      else if (tries === 1) await route.abort();
      else await route.fulfill({ ...ANY_ORIGIN, status: 503, json: { error: 'temporarily_unavailable' } });
    });
    await page.goto(server.origin);
    await signedIn(page);
    await expectSoon(() => tries > 3);
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.route('**/token', (route) =>
      route.fulfill({ ...ANY_ORIGIN, status: 400, json: { error: 'invalid_grant' } }),
    );
    await page.getByRole('dialog', { name: 'Sign in again' }).waitFor();
    provider.accessTokenSeconds = 3_600;
    provider.signsWith(keys);
    await page.context().close();
  }, 60_000);

  test('is asked for again where the issuer gives nothing to renew with', async () => {
    const { page } = await openPage(browser);
    await page.route('**/token', async (route) => {
      const given = await route.fetch();
      const { refresh_token: _, ...tokens } = (await given.json()) as Record<string, unknown>;
      await route.fulfill({ response: given, json: { ...tokens, expires_in: 2 } });
    });
    await page.goto(`${server.origin}/?search=crm`);
    await signedIn(page);
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.waitFor();
    await page.unroute('**/token');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await signedIn(page);
    expect(page.url()).toBe(`${server.origin}/?search=crm`);
    await page.context().close();
  }, 60_000);

  test('says what to set where the issuer lets no page of this origin ask for tokens', async () => {
    const { page } = await openPage(browser);
    // As Keycloak does, without a word for browsers.
    await page.route('**/token', (route) => route.fulfill({ status: 403, json: { error: 'Invalid origin' } }));
    await page.goto(server.origin);
    await page.getByRole('alert').getByText('Web origins').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(server.origin);
    await page.unroute('**/token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await signedIn(page);
    await page.context().close();
  }, 60_000);

  test('forgets where the issuer ends no sessions, and what was typed too', async () => {
    const { page } = await openPage(browser);
    // As it is told of such an issuer.
    await page.addInitScript(
      "const { parse } = JSON; JSON.parse = (text, ...rest) => parse(String(text).replace('end_session_', 'no_'), ...rest);",
    );
    await page.goto(`${server.origin}/`);
    await signedIn(page);
    await page.getByRole('button', { name: 'New project' }).click();
    await page.getByLabel('Key', { exact: true }).fill('theirs');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.getByRole('button', { name: 'New project' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'New project' }).click();
    expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('');
    await page.context().close();
  }, 60_000);

  test('ends at the issuer too', async () => {
    const { page } = await openPage(browser);
    await page.goto(server.origin);
    await signedIn(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(new RegExp(`^${provider.issuer}/session/end`));
    expect(page.url()).toContain('id_token_hint');
    await page.context().close();
  }, 60_000);

  test('takes an API token where there is no issuer to go to', async () => {
    const admin = `Bearer ${(await provider.personTokens()).access_token}`;
    const answer = await fetch(`${server.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: admin },
      body: JSON.stringify({
        query: 'mutation($input: IssueTokenInput!) { issueToken(input: $input) { secret } }',
        variables: { input: { projectKey: 'crm', name: 'console', role: 'VIEWER' } },
      }),
    });
    const { data } = (await answer.json()) as { data: { issueToken: { secret: string } } };
    const { page } = await openPage(browser);
    // As it is served without OIDC_CLIENT_ID.
    await page.route(`${server.origin}/projects/crm`, async (route) => {
      const served = await route.fetch();
      const body = (await served.text()).replace('"clientId":"console"', '"clientId":null');
      await route.fulfill({ response: served, body });
    });
    await page.goto(`${server.origin}/projects/crm`);
    const field = page.getByLabel('API token');
    await field.fill('plt_nonsense');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The server does not take this token').waitFor();
    expect(await violations(page)).toEqual([]);
    await field.fill(data.issueToken.secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();
    await page.getByText('There is no proxy connection yet.').waitFor();
    await page.getByRole('banner').getByText('console', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Create', exact: true }).count()).toBe(0);
    expect(await stored(page)).not.toContain(data.issueToken.secret);
    await page.context().close();
  }, 60_000);
});

async function expectSoon(holds: () => boolean): Promise<void> {
  for (let looks = 0; looks < 1_000 && !holds(); looks += 1) await new Promise((passed) => setTimeout(passed, 20));
  expect(holds()).toBe(true);
}
