import type { Browser, Page } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const SECRET = 'Bearer canary-of-headers';

describeInBrowser(inBrowser('the pages of data sources'), () => {
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const mutate = async (field: string, type: string, input: object, answer: string) => {
    const payload = (
      await server.ask(`mutation ($input: ${type}!) { ${field}(input: $input) { ${answer} } }`, { input })
    )[field];
    return payload as Record<string, { readonly id: string; readonly resourceId: string; readonly version: number }>;
  };
  const makeProject = (key: string) =>
    mutate('createProject', 'CreateProjectInput', { key, name: `Project ${key}` }, 'project { id }');
  const makeProxy = async (projectKey: string, name: string, host: string) => {
    const input = { projectKey, name, type: 'HTTPS', host, port: 8443 };
    const answer = 'proxyConnection { id resourceId version }';
    return (await mutate('createProxyConnection', 'CreateProxyConnectionInput', input, answer)).proxyConnection;
  };
  const makeDataSource = async (input: object) => {
    const answer = 'dataSource { id resourceId version }';
    return (await mutate('createDataSource', 'CreateDataSourceInput', input, answer)).dataSource;
  };
  const dataSource = async (projectKey: string, name: string) => {
    const fields = 'name baseUrl headers { name value secret } connectThroughProxy proxyConnection { name } version';
    const query = `query ($key: String!, $name: String!) { project(key: $key) { dataSource(name: $name) { ${fields} } } }`;
    const { project } = await server.ask(query, { key: projectKey, name });
    return (project as Record<string, unknown>).dataSource as Record<string, unknown> | null;
  };
  const open = async (path: string) => {
    const opened = await openPage(browser);
    await opened.page.goto(`${server.origin}${path}`);
    return opened;
  };
  const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const focused = (page: Page) =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText');

  test('make one behind a proxy connection that is found by its name, by keyboard alone', async () => {
    await makeProject('made');
    await makeProxy('made', 'Corporate Proxy', 'proxy.corp.example.com');
    await makeProxy('made', 'Sandbox', 'sandbox.example.com');
    const { page, complaints, requests } = await open('/projects/made/data-sources');
    await page.getByText('There is no data source yet.').waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('link', { name: '+' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New data source' }).waitFor();
    await field(page, 'Name').focus();
    await page.keyboard.type('CRM');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('https://crm.example.com/api/v2');
    await button(page, 'Add header').focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Authorization');
    await page.getByRole('checkbox', { name: 'Secret header 1' }).focus();
    await page.keyboard.press('Space');
    await page.getByLabel('Value of header 1', { exact: true }).focus();
    await page.keyboard.type(SECRET);
    await page.getByRole('switch', { name: 'Connect through Proxy', exact: true }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.type('corp');
    const options = page.getByRole('option');
    await page.getByRole('option', { name: 'Corporate Proxy' }).waitFor();
    await page.getByRole('option', { name: 'Sandbox' }).waitFor({ state: 'detached' });
    expect(await options.allInnerTexts()).toEqual([
      expect.stringMatching(/^Corporate Proxy\s+HTTPS proxy\.corp\.example\.com:8443$/),
      'Create',
    ]);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await button(page, 'Create').focus();
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'CRM' }).waitFor();
    await button(page, 'Replace Value of header 1').waitFor();
    expect(await page.content()).not.toContain('canary');
    expect(await page.evaluate('JSON.stringify([location.href, localStorage, sessionStorage])')).not.toContain(
      'canary',
    );
    expect(await dataSource('made', 'CRM')).toEqual({
      name: 'CRM',
      baseUrl: 'https://crm.example.com/api/v2',
      headers: [{ name: 'Authorization', value: null, secret: true }],
      connectThroughProxy: true,
      proxyConnection: { name: 'Corporate Proxy' },
      version: 1,
    });
    expect(await violations(page)).toEqual([]);
    expect(requests.filter((request) => request.startsWith('GET /graphql'))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('tell what is wrong at each field, rows of headers too', async () => {
    await makeProject('wrong');
    const { page, complaints } = await open('/projects/wrong/data-sources/new');
    await field(page, 'Base URL').fill('ftp://files.example.com');
    await button(page, 'Add header').click();
    await field(page, 'Header 1').fill('X-Fine');
    await field(page, 'Value of header 1').fill('yes');
    await button(page, 'Add header').click();
    await field(page, 'Header 2').fill('not a token');
    await field(page, 'Value of header 2').fill('no');
    await page.getByRole('switch', { name: 'Connect through Proxy' }).check({ force: true });
    await button(page, 'Create').click();
    await page.locator('[aria-invalid=true]').nth(3).waitFor();
    const invalid = page.locator('[aria-invalid=true]');
    const names = await invalid.evaluateAll((inputs) =>
      inputs.map((input) => (input as unknown as { labels: { textContent: string }[] }).labels[0]?.textContent.trim()),
    );
    expect(names.map((name) => name?.replace(/\s*\*$/, ''))).toEqual([
      'Name',
      'Base URL',
      'Header 2',
      'Select Proxy Connection',
    ]);
    expect(await violations(page)).toEqual([]);
    // They stay with their row.
    await button(page, 'Remove header 1').click();
    expect(await field(page, 'Header 1').getAttribute('aria-invalid')).toBe('true');
    expect(await page.evaluate('document.activeElement.value')).toBe('not a token');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('keep secrets that are stored, replace them, and take them away', async () => {
    await makeProject('secrets');
    const made = await makeDataSource({
      projectKey: 'secrets',
      name: 'CRM',
      baseUrl: 'https://crm.example.com',
      headers: [
        { name: 'Authorization', value: 'Bearer one', secret: true },
        { name: 'X-Key', value: 'two', secret: true },
        { name: 'Accept', value: 'text/html' },
      ],
    });
    const { page, complaints } = await open(`/projects/secrets/data-sources/${made?.resourceId}`);
    const value = (number: number) => page.getByLabel(`Value of header ${number}`, { exact: true });
    await value(3).fill('application/json');
    await button(page, 'Replace Value of header 2').click();
    expect(await value(2).getAttribute('type')).toBe('password');
    expect(await value(2).getAttribute('autocomplete')).toBe('new-password');
    await page.keyboard.type('canary');
    await button(page, 'Save').click();
    await page.getByText('Version 2.').waitFor();
    expect(await value(2).inputValue()).toBe('');
    expect(await dataSource('secrets', 'CRM')).toMatchObject({
      headers: [
        { name: 'Authorization', value: null, secret: true },
        { name: 'X-Key', value: null, secret: true },
        { name: 'Accept', value: 'application/json', secret: false },
      ],
    });

    // Another origin wants what was stored for this one again.
    await field(page, 'Base URL').fill('https://crm2.example.com');
    await button(page, 'Remove header 2').click();
    await button(page, 'Save').click();
    await page.locator('[aria-invalid=true]').waitFor();
    expect(await value(1).getAttribute('aria-invalid')).toBe('true');
    await value(1).fill('Bearer three');
    await button(page, 'Save').click();
    await page.getByText('Version 3.').waitFor();
    expect(await dataSource('secrets', 'CRM')).toMatchObject({
      baseUrl: 'https://crm2.example.com',
      headers: [{ name: 'Authorization' }, { name: 'Accept' }],
    });
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('show what somebody else saved meanwhile, and overwrite nothing unseen', async () => {
    await makeProject('both');
    const made = await makeDataSource({ projectKey: 'both', name: 'CRM', baseUrl: 'https://crm.example.com' });
    const { page, complaints } = await open(`/projects/both/data-sources/${made?.resourceId}`);
    await field(page, 'Base URL').fill('https://mine.example.com');
    await mutate(
      'updateDataSource',
      'UpdateDataSourceInput',
      { id: made?.id, baseUrl: 'https://theirs.example.com', headers: [{ name: 'Accept', value: 'text/html' }] },
      'dataSource { id }',
    );
    await page.getByText('Edited by Grace meanwhile').waitFor();
    expect(await field(page, 'Value of header 1').inputValue()).toBe('text/html');
    expect(await page.getByRole('row', { name: 'Base URL' }).textContent()).toMatch(/mine.*theirs/s);
    expect(await violations(page)).toEqual([]);
    await button(page, 'Take theirs').click();
    expect(await field(page, 'Base URL').inputValue()).toBe('https://theirs.example.com');
    await field(page, 'Base URL').fill('https://not.example.com');
    await button(page, 'Discard changes').click();
    expect(await field(page, 'Base URL').inputValue()).toBe('https://theirs.example.com');
    expect(await page.evaluate('document.activeElement.value')).toBe('CRM');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('delete one, and undo that', async () => {
    await makeProject('gone');
    const made = await makeDataSource({ projectKey: 'gone', name: 'CRM', baseUrl: 'https://crm.example.com' });
    const { page, complaints } = await open(`/projects/gone/data-sources/${made?.resourceId}`);
    await button(page, 'Delete').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('not needed');
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('Deleted by').waitFor();
    expect(await focused(page)).toBe('Restore');
    expect(await violations(page)).toEqual([]);
    expect(await dataSource('gone', 'CRM')).toBeNull();
    await page.getByRole('link', { name: 'Data Sources' }).click();
    await page.getByText('There is no data source yet.').waitFor();
    await page.getByRole('checkbox', { name: 'Show deleted' }).check();
    await button(page, 'Restore CRM').click();
    await page.getByRole('link', { name: 'Runtime of CRM' }).waitFor();
    expect(await dataSource('gone', 'CRM')).toMatchObject({ version: 3 });
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('warn of a proxy connection that was deleted, by itself, and find what is asked for', async () => {
    await makeProject('warned');
    const proxy = await makeProxy('warned', 'Corporate Proxy', 'proxy.corp.example.com');
    const attached = { connectThroughProxy: true, proxyConnectionId: proxy?.id };
    const base = { projectKey: 'warned', baseUrl: 'https://crm.example.com/<b>' };
    const crm = await makeDataSource({ ...base, name: 'CRM', ...attached });
    await makeDataSource({ ...base, name: `Archive ${'x'.repeat(80)}`, description: 'y'.repeat(2000) });
    const { page, complaints } = await open('/projects/warned/data-sources');
    await page.getByText('through Corporate Proxy').waitFor();
    await mutate('deleteProxyConnection', 'DeleteProxyConnectionInput', { id: proxy?.id }, 'userErrors { code }');
    await page.getByRole('alert').getByText('1 data source refuses its calls').waitFor();
    expect(await page.getByRole('row', { name: /^CRM/ }).textContent()).toContain('Proxy deleted');
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByRole('row', { name: /^Archive/ }).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?routing=PROXY_DELETED');

    await page.goto(`${server.origin}/projects/warned/data-sources?sort=-NAME`);
    await page.getByRole('row', { name: /^CRM/ }).waitFor();
    expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['CRM', expect.stringMatching(/^Archive/)]);
    await page.getByRole('searchbox', { name: 'Search' }).fill('arch');
    await page.getByRole('row', { name: /^CRM/ }).waitFor({ state: 'detached' });
    await page.goto(`${server.origin}/projects/warned/data-sources/${crm?.resourceId}`);
    await page.getByRole('alert').getByText('Proxy deleted: calls are refused').waitFor();
    // The deleted one stays attached while other things change.
    await field(page, 'Description').fill('waits');
    await button(page, 'Save').click();
    await page.getByText('Version 2.').waitFor();
    // What was looked at before stands as it was.
    await page.goto(`${server.origin}/projects/warned/data-sources/${crm?.resourceId}?at=3`);
    await field(page, 'Name').waitFor();
    expect(await field(page, 'Base URL').isEditable()).toBe(false);
    expect(await page.getByRole('button', { name: /Save|Delete|Add/ }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('come back from making a proxy connection with what was typed, and with it selected', async () => {
    await makeProject('back');
    const values = [{ environment: 'prod', value: 'crm.example.com' }];
    const parameter = { projectKey: 'back', key: 'crm.host', values };
    await mutate('setConfigParameter', 'SetConfigParameterInput', parameter, 'userErrors { code }');
    const { page, complaints } = await open('/projects/back/data-sources/new');
    await field(page, 'Name').fill('CRM');
    await button(page, 'Add header').click();
    await field(page, 'Header 1').fill('Authorization');
    await page.getByRole('checkbox', { name: 'Secret header 1' }).check();
    await page.getByLabel('Value of header 1', { exact: true }).fill(SECRET);
    await page.getByRole('switch', { name: 'Connect through Proxy' }).check({ force: true });
    await page.getByRole('combobox', { name: 'Select Proxy Connection' }).click();
    await page.getByRole('option', { name: /^Create/ }).click();
    await page.waitForURL('**/proxy-connections/new?for=*');
    expect(new URL(page.url()).searchParams.get('for')).toBe('/projects/back/data-sources/new');
    await field(page, 'Name').fill('Corporate Proxy');
    await field(page, 'Proxy Host').fill('proxy.corp.example.com');
    await field(page, 'Proxy Port').fill('8443');
    await button(page, 'Create').click();
    await page.waitForURL('**/data-sources/new');
    expect(await field(page, 'Name').inputValue()).toBe('CRM');
    expect(await page.getByRole('switch', { name: 'Connect through Proxy' }).isChecked()).toBe(true);
    const chosen = page.getByRole('combobox', { name: 'Select Proxy Connection' });
    await page.locator('input[value="Corporate Proxy"]').waitFor();
    expect(await chosen.inputValue()).toBe('Corporate Proxy');
    // But for what was secret, which is said.
    expect(await page.getByLabel('Value of header 1', { exact: true }).inputValue()).toBe('');
    await page.getByText('To be typed again').waitFor();
    expect(await page.content()).not.toContain('canary');
    await page.getByLabel('Value of header 1', { exact: true }).fill(SECRET);
    await field(page, 'Base URL').fill('https://${crm.ho');
    await page.getByRole('option', { name: 'crm.host' }).click();
    expect(await field(page, 'Base URL').inputValue()).toBe('https://${crm.host}');
    await page.getByRole('definition').getByText('https://crm.example.com').waitFor();
    expect(await violations(page)).toEqual([]);
    await button(page, 'Create').click();
    await page.getByRole('heading', { name: 'CRM' }).waitFor();
    expect(await dataSource('back', 'CRM')).toMatchObject({
      baseUrl: 'https://${crm.host}',
      proxyConnection: { name: 'Corporate Proxy' },
    });
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);
});
