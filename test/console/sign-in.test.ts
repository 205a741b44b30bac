import type { Browser, Page } from 'playwright-core';
import { AUDIENCE, providerKey, RealProvider } from '../support/real-provider.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const RESOURCE = 'https://ledger.example.com/graphql';

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
    expect(await page.getByRole('link', { name: 'Create', exact: true }).count()).toBe(0);
    expect(await stored(page)).not.toContain(data.issueToken.secret);
    await page.context().close();
  }, 60_000);
});

async function expectSoon(holds: () => boolean): Promise<void> {
  for (let looks = 0; looks < 1_000 && !holds(); looks += 1) await new Promise((passed) => setTimeout(passed, 20));
  expect(holds()).toBe(true);
}
