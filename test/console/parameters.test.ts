import type { Browser, Page } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

interface Told {
  readonly key: string;
  readonly secret: boolean;
  readonly description: string | null;
  readonly defaultValue: string | null;
  readonly values: readonly { readonly environment: string; readonly value: string | null }[];
  readonly version: number;
}

describeInBrowser(inBrowser('the parameters of a project'), () => {
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
    await server.ask(
      'mutation { createProject(input: { key: "crm", name: "CRM", environments: ["dev", "prod"] }) { project { key } } }',
    );
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const set = (input: object, actor?: string) =>
    server.ask(
      'mutation ($input: SetConfigParameterInput!) { setConfigParameter(input: $input) { userErrors { message } } }',
      { input: { projectKey: 'crm', ...input } },
      actor,
    );
  const told = async (key: string) => {
    const fields = 'key secret description defaultValue values { environment value } version';
    const { project } = await server.ask(`{ project(key: "crm") { configParameter(key: "${key}") { ${fields} } } }`);
    return (project as { configParameter: Told | null }).configParameter;
  };
  const open = async (search = '') => {
    const opened = await openPage(browser);
    await opened.page.goto(`${server.origin}/projects/crm/parameters${search}`);
    await opened.page.getByRole('heading', { name: 'Parameters' }).waitFor();
    return opened;
  };
  /** By the column's heading. */
  const cell = async (page: Page, key: string, heading: string) => {
    const rowHeading = page.getByRole('rowheader', { name: new RegExp(`^${key}`) });
    await rowHeading.waitFor();
    const headings = await page.getByRole('columnheader').allTextContents();
    const index = headings.findIndex((text) => text.replace(/ [↑↓]$/, '') === heading);
    const row = page.getByRole('row').filter({ has: rowHeading });
    return row.locator('th, td').nth(index);
  };

  test('begin with what they are, and are made with a value for each environment', async () => {
    const { page, complaints } = await open();
    await page.getByText('There is no parameter yet.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'New parameter' }).click();
    await page.getByRole('textbox', { name: 'Key' }).fill('not a key');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('is made of letters').waitFor();
    expect(await page.evaluate('document.activeElement.value')).toBe('not a key');
    expect(await violations(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Key' }).fill('proxy.host');
    await page.getByLabel('Description').fill('Where it is');
    await page.getByLabel('Default').fill('proxy.example.com');
    await page.getByLabel('dev').fill('dev.example.com');
    await page.getByLabel('Reason').fill('first');
    await page.getByRole('button', { name: 'Create' }).click();
    await (await cell(page, 'proxy.host', 'dev')).getByText('dev.example.com').waitFor();
    expect(await told('proxy.host')).toMatchObject({
      ...{ description: 'Where it is', defaultValue: 'proxy.example.com', secret: false },
      values: [{ environment: 'dev', value: 'dev.example.com' }],
    });
    // An environment without a value of its own shows what it falls to.
    expect(await (await cell(page, 'proxy.host', 'prod')).textContent()).toBe('default proxy.example.com');
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('are edited in place by keyboard alone', async () => {
    await set({ key: 'by.keys', defaultValue: 'd', values: [{ environment: 'dev', value: 'old' }] });
    const { page, complaints } = await open('?search=by.keys');
    await page.getByRole('rowheader', { name: 'by.keys' }).waitFor();
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate('document.activeElement.textContent');
    // The grid is one stop of Tab, behind the headings that sort.
    await page.getByRole('button', { name: 'Edited at' }).focus();
    await press('Tab');
    expect(await focused()).toBe('by.keys');
    await press('ArrowRight');
    await press('ArrowRight');
    await press('Enter');
    expect(await page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('by.keys, dev');
    await page.keyboard.type('er');
    await press('Escape');
    expect(await focused()).toBe('old');
    await press('Enter');
    await page.keyboard.type('er');
    await press('Enter');
    await page.getByText('Saved by.keys').waitFor({ state: 'attached' });
    expect((await told('by.keys'))?.values).toEqual([{ environment: 'dev', value: 'older' }]);
    expect(await focused()).toBe('older');
    // Whoever begins to type replaces; Tab goes on, and what was typed stays unsaved.
    await page.keyboard.type('new');
    await press('Tab');
    await page.keyboard.type('p');
    await press('Tab');
    await page.getByText('2 unsaved cells').waitFor();
    expect((await told('by.keys'))?.version).toBe(2);
    await page.getByLabel('Reason').fill('both at once');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect(await told('by.keys')).toMatchObject({
      version: 3,
      values: [
        { environment: 'dev', value: 'new' },
        { environment: 'prod', value: 'p' },
      ],
    });
    // Whoever stands on a cell stays there when somebody else makes a row above.
    const own = await cell(page, 'by.keys', 'dev');
    await own.click();
    await press('Escape');
    await set({ key: 'a.by.keys', values: [{ environment: 'dev', value: 'above' }] });
    await page.getByRole('rowheader', { name: 'a.by.keys' }).waitFor();
    await page.keyboard.type('n');
    await page.getByRole('textbox', { name: 'by.keys, dev', exact: true }).waitFor();
    await press('Escape');
    // Delete empties a cell, which falls to the default.
    const prod = await cell(page, 'by.keys', 'prod');
    await prod.click();
    await press('Delete');
    await prod.getByText('unsaved; was “p”').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await told('by.keys'))?.values).toEqual([{ environment: 'dev', value: 'new' }]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('have their errors at the cell, and a column pasted is looked at before it is saved', async () => {
    for (const key of ['paste.a', 'paste.b', 'paste.c']) await set({ key });
    const { page } = await open('?search=paste.');
    await (await cell(page, 'paste.b', 'dev')).click();
    await page.evaluate(`
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', 'one\\n\\u0007two\\nthree\\n');
      const pasted = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(pasted);`);
    await page.getByText('Pasted into 2 cells; look, then save. 1 had no place in the grid.').waitFor();
    const wrong = await cell(page, 'paste.c', 'dev');
    await wrong.getByText('unsaved; was empty').waitFor();
    expect((await told('paste.b'))?.values).toEqual([]);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await wrong.getByText('must not contain control characters').waitFor();
    expect(await wrong.getAttribute('aria-invalid')).toBe('true');
    expect((await told('paste.b'))?.values).toEqual([{ environment: 'dev', value: 'one' }]);
    await wrong.dblclick();
    await page.getByRole('textbox', { name: 'paste.c, dev' }).fill('two');
    await page.keyboard.press('Enter');
    await page.getByText('Saved paste.c').waitFor({ state: 'attached' });
    expect((await told('paste.c'))?.values).toEqual([{ environment: 'dev', value: 'two' }]);
    expect(await wrong.getAttribute('aria-invalid')).toBeNull();
    await page.context().close();
  }, 60_000);

  test('keep what is unsaved over a visit elsewhere, and let one choose where somebody else was first', async () => {
    await set({ key: 'both', values: [{ environment: 'dev', value: 'before' }] });
    const { page } = await open('?search=both');
    const dev = await cell(page, 'both', 'dev');
    await dev.dblclick();
    await page.getByRole('textbox', { name: 'both, dev' }).fill('mine');
    await page.getByRole('navigation').getByRole('link', { name: 'History' }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByRole('link', { name: 'Parameters' }).click();
    const again = await cell(page, 'both', 'dev');
    await again.getByText('mine').waitFor();
    await set({ key: 'both', values: [{ environment: 'dev', value: 'theirs' }] }, 'Linus');
    await again.getByText('Linus made it “theirs” meanwhile').waitFor();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('1 of 1 parameters could not be saved').waitFor();
    expect((await told('both'))?.values).toEqual([{ environment: 'dev', value: 'theirs' }]);
    expect(await violations(page)).toEqual([]);
    await again.getByRole('button', { name: 'Take mine' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    expect((await told('both'))?.values).toEqual([{ environment: 'dev', value: 'mine' }]);
    await page.context().close();
  }, 60_000);

  test('never show a secret, nor keep one that was typed', async () => {
    const { page, complaints } = await open('?new=api.token');
    await page.getByRole('checkbox', { name: 'Secret' }).check();
    for (const label of ['dev', 'prod']) {
      expect(await page.getByLabel(label).getAttribute('type')).toBe('password');
      expect(await page.getByLabel(label).getAttribute('autocomplete')).toBe('new-password');
    }
    await page.getByLabel('dev').fill('sesame-1');
    await page.getByRole('button', { name: 'Create' }).click();
    const dev = await cell(page, 'api.token', 'dev');
    await dev.getByText('stored').waitFor();
    await (await cell(page, 'api.token', 'prod')).dblclick();
    const field = page.getByLabel('api.token, prod');
    expect(await field.getAttribute('type')).toBe('password');
    await field.fill('sesame-2');
    await page.keyboard.press('Enter');
    await page.getByText('Saved api.token').waitFor({ state: 'attached' });
    expect((await told('api.token'))?.values.map(({ environment }) => environment)).toEqual(['dev', 'prod']);
    await dev.dblclick();
    await page.getByLabel('api.token, dev').fill('sesame-3');
    await page.keyboard.press('Tab');
    await page.getByText('1 unsaved cell').waitFor();
    await page.getByRole('navigation').getByRole('link', { name: 'History' }).click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByRole('link', { name: 'Parameters' }).click();
    await (await cell(page, 'api.token', 'dev')).getByText('stored').waitFor();
    expect(await page.getByText('unsaved').count()).toBe(0);
    expect(await page.content()).not.toContain('sesame');
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).not.toContain('sesame');
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('warn where one is used and undefined, tell what uses them, and come back when they were deleted', async () => {
    await set({ key: 'used.host', values: [{ environment: 'dev', value: 'h' }], description: 'why' });
    const proxy = { projectKey: 'crm', name: 'Corporate', type: 'HTTP', host: `$\{used.host}`, port: '80' };
    await server.ask(
      'mutation ($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { userErrors { message } } }',
      { input: { ...proxy, authType: 'NO_AUTH' } },
    );
    const { page } = await open('?search=used.');
    await (await cell(page, 'used.host', 'prod')).getByText('undefined, and used').waitFor();
    await (await cell(page, 'used.host', 'Used by')).getByRole('link', { name: 'Corporate' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Delete used.host' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete used.host' });
    await dialog.getByRole('link', { name: 'Corporate' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Deleted used.host.').waitFor();
    expect(await told('used.host')).toBeNull();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('Deleted used.host.').waitFor({ state: 'detached' });
    await (await cell(page, 'used.host', 'dev')).getByText('h', { exact: true }).waitFor();
    expect(await told('used.host')).toMatchObject({
      ...{ description: 'why', values: [{ environment: 'dev', value: 'h' }] },
    });
    await page.context().close();
  }, 60_000);

  test('can not be edited in the past, and lead back to the form that wanted one', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.origin}/projects/crm/proxy-connections/new`);
    await page.getByRole('textbox', { name: 'Proxy Host' }).fill(`$\{wanted.key}`);
    await page.getByRole('link', { name: 'Make it' }).click();
    const key = page.getByRole('textbox', { name: 'Key' });
    await key.waitFor();
    expect(await key.inputValue()).toBe('wanted.key');
    await page.getByRole('textbox', { name: 'dev' }).fill('made.example.com');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/proxy-connections\/new/);
    await page.getByText('made.example.com').waitFor();
    expect(await page.getByRole('textbox', { name: 'Proxy Host' }).inputValue()).toBe(`$\{wanted.key}`);
    await page.goto(`${server.origin}/projects/crm/parameters?at=2`);
    await (await cell(page, 'proxy.host', 'dev')).dblclick();
    expect(await page.getByRole('textbox', { name: 'proxy.host, dev' }).count()).toBe(0);
    for (const name of ['Save', 'New parameter', 'Delete proxy.host'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  }, 60_000);
});
