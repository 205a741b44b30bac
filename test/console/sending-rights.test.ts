import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { runNode } from '../cli/child.ts';
import { scratchDirectory } from '../support/programs.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

describeInBrowser(inBrowser('tests and calls in the console, by right'), () => {
  const scratch = scratchDirectory();
  let server: BuiltServer;
  let browser: Browser;
  let admin: string;
  const places: Record<'proxy' | 'runtime', string> = { proxy: '', runtime: '' };

  beforeAll(async () => {
    const keys = path.join(scratch, 'jwks.json');
    writeFileSync(keys, JSON.stringify({ keys: [] }));
    const settings = {
      DATA_DIR: path.join(scratch, 'data'),
      ...{ OIDC_ISSUER: 'https://sso.example.com', OIDC_AUDIENCE: 'proxy-ledger', OIDC_JWKS_FILE: keys },
    };
    [server, browser] = await Promise.all([BuiltServer.start(settings), openBrowser()]);
    const issued = await runNode(['dist/main.js', 'token', 'issue', '--admin', '--name', 'ada'], settings).ended;
    admin = issued.out.trim();
    await send('createProject', { key: 'crm', name: 'CRM' }, 'project { id }');
    const place = { type: 'HTTP', host: '127.0.0.1', port: 1 };
    const select = (what: string) => `${what} { resourceId }`;
    const proxy = await send(
      'createProxyConnection',
      { projectKey: 'crm', name: 'Corporate', ...place },
      select('proxyConnection'),
    );
    const source = { projectKey: 'crm', name: 'Contacts', baseUrl: 'http://127.0.0.1:1/' };
    const { dataSource } = await send('createDataSource', source, select('dataSource'));
    places.proxy = `${server.origin}/projects/crm/proxy-connections/${proxy.proxyConnection?.resourceId}`;
    places.runtime = `${server.origin}/projects/crm/data-sources/${dataSource?.resourceId}/runtime`;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  async function send(name: string, input: object, select: string): Promise<Record<string, Record<string, string>>> {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
    const query = `mutation($input: ${type}!) { ${name}(input: $input) { ${select} userErrors { message } } }`;
    const answer = await fetch(`${server.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${admin}` },
      body: JSON.stringify({ query, variables: { input } }),
    });
    const { data } = (await answer.json()) as { data: Record<string, Record<string, Record<string, string>>> };
    expect(data[name]?.userErrors).toEqual([]);
    return data[name] ?? {};
  }

  /** A token is kept by the page alone, so that each one begins with it. */
  async function open(address: string, role: string): Promise<Page> {
    const { secret } = await send('issueToken', { projectKey: 'crm', name: role, role }, 'secret');
    const { page } = await openPage(browser);
    await page.goto(address);
    await page.getByLabel('API token').fill(String(secret));
    await page.getByRole('button', { name: 'Sign in' }).click();
    return page;
  }
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  test('are not offered to whoever may only look, who sees what would be sent', async () => {
    const proxy = await open(places.proxy, 'VIEWER');
    await proxy.getByText('It was not tested yet.').waitFor();
    expect(await button(proxy, 'Test Connection').count()).toBe(0);
    await proxy.context().close();
    const runtime = await open(places.runtime, 'VIEWER');
    await runtime.getByText('To call data sources you need the role OPERATOR.').waitFor();
    await runtime.getByText('curl http://127.0.0.1:1/', { exact: true }).waitFor();
    expect(await button(runtime, 'Call').count()).toBe(0);
    expect(await violations(runtime)).toEqual([]);
    await runtime.context().close();
  }, 60_000);

  test('are offered to an operator', async () => {
    const proxy = await open(places.proxy, 'OPERATOR');
    await button(proxy, 'Test Connection').click();
    await proxy.getByText(/^PROXY_REFUSED in CONNECT/).waitFor();
    await proxy.context().close();
    const runtime = await open(places.runtime, 'OPERATOR');
    await button(runtime, 'Call').click();
    await runtime.getByText(/^TARGET_REFUSED in CONNECT.* direct$/).waitFor();
    await runtime.context().close();
  }, 60_000);
});
