import type { Browser } from 'playwright-core';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

describeInBrowser(inBrowser('the history of a project'), () => {
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
    await server.ask('mutation { createProject(input: { key: "crm", name: "CRM" }) { project { key } } }');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const send = async (mutation: string, type: string, input: object, resource: string, actor?: string) => {
    const document = `mutation ($input: ${type}!) { ${mutation}(input: $input) { ${resource} userErrors { message } } }`;
    const { [mutation]: payload } = await server.ask(document, { input }, actor);
    return payload as Record<string, { readonly resourceId: string } | null>;
  };
  const make = async (name: string, more: object = {}) => {
    const proxy = { projectKey: 'crm', name, type: 'HTTP', host: '127.0.0.1', port: '1', authType: 'NO_AUTH', ...more };
    const made = await send(
      'createProxyConnection',
      'CreateProxyConnectionInput',
      proxy,
      'proxyConnection { resourceId }',
    );
    return made.proxyConnection?.resourceId ?? '';
  };
  const update = (id: string, changed: object, actor?: string) =>
    send('updateProxyConnection', 'UpdateProxyConnectionInput', { id, ...changed }, 'commit { position }', actor);
  const probe = (proxyConnectionId: string) =>
    send(
      'testProxy',
      'TestProxyInput',
      { projectKey: 'crm', proxyConnectionId, environment: 'dev' },
      'test { success }',
    );
  const told = async (name: string) => {
    const fields = 'host user hasPassword version description';
    const { project } = await server.ask(`{ project(key: "crm") { proxyConnection(name: "${name}") { ${fields} } } }`);
    return (project as { proxyConnection: Record<string, unknown> | null }).proxyConnection;
  };
  const open = async (search = '') => {
    const opened = await openPage(browser);
    await opened.page.goto(`${server.origin}/projects/crm/history${search}`);
    await opened.page.getByRole('list', { name: 'Changes' }).waitFor();
    return opened;
  };

  test('tells who changed what, when and why, edits and tests apart, and what others do by itself', async () => {
    const id = await make('Corporate', { user: 'u', password: 'sesame', authType: 'BASIC' });
    await update(id, { host: 'moved.example.com', password: 'sesame-2', reason: 'the old one is gone' }, 'Ada');
    await probe(id);
    const { page, complaints } = await open();
    const commits = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    expect(await commits.count()).toBe(4);
    const [test, edit, creation] = [commits.nth(0), commits.nth(1), commits.nth(2)];
    expect(await test.textContent()).toMatch(/Test.*Corporate tested: failed in dev/);
    for (const word of [
      'Ada',
      'Edit',
      'the old one is gone',
      'Corporate',
      'Proxy Host',
      '127.0.0.1',
      'moved.example.com',
    ])
      await edit.getByText(word).first().waitFor();
    await edit.getByText('changed; it is secret').waitFor();
    await creation.getByText('created').waitFor();
    expect(await page.content()).not.toContain('sesame');
    expect(await edit.locator('time').getAttribute('datetime')).toMatch(/^\d{4}-.*Z$/);
    expect(await edit.getByRole('link', { name: 'Corporate' }).getAttribute('href')).toBe(
      `/projects/crm/proxy-connections/${id}`,
    );
    expect(await edit.getByRole('link', { name: 'State after 3' }).getAttribute('href')).toBe(
      `/projects/crm/proxy-connections/${id}?at=3`,
    );
    expect(await violations(page)).toEqual([]);
    await update(id, { description: 'by somebody else' }, 'Linus');
    await commits.nth(0).getByText('Linus').waitFor({ timeout: 5_000 });
    expect(await commits.count()).toBe(5);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('is narrowed by actor, type, resource and time, all in the address', async () => {
    const id = await make('Narrow');
    await update(id, { description: 'x' }, 'Ada');
    const { page, complaints } = await open();
    const commits = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    await page.getByRole('combobox', { name: 'Actor' }).or(page.getByLabel('Actor')).first().fill('Ada');
    await page.keyboard.press('Enter');
    await page.waitForURL(/actor=x-actor%3AAda/);
    await page.getByText('2 in all').waitFor();
    await page.getByRole('textbox', { name: 'Resource' }).or(page.getByLabel('Resource')).first().click();
    await page.keyboard.type('Narrow');
    await page.getByRole('option', { name: 'Narrow' }).click();
    await page.getByText('1 in all').waitFor();
    expect(new URL(page.url()).searchParams.get('resource')).toBe(id);
    await page.reload();
    await page.getByText('1 in all').waitFor();
    expect(await commits.count()).toBe(1);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.waitForURL((url) => url.search === '');
    await page.getByLabel('Type').first().click();
    await page.getByRole('option', { name: 'Tests' }).click();
    await page.getByText('1 in all').waitFor();
    await commits.getByText('tested').waitFor();
    await page.getByLabel('Until').fill('2020-01-01T00:00');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing has changed that fits.').waitFor();
    expect(new URL(page.url()).searchParams.get('until')).toMatch(/^20(19|20)-.*Z$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('brings back an earlier version, once one has seen what that changes', async () => {
    const id = await make('Back', { host: 'one.example.com' });
    await update(id, { host: 'two.example.com' });
    await send('deleteProxyConnection', 'DeleteProxyConnectionInput', { id }, 'commit { position }');
    const { page, complaints } = await open(`?resource=${encodeURIComponent(id)}`);
    const commits = page.getByRole('list', { name: 'Changes' }).getByRole('listitem');
    expect(await commits.nth(0).getByRole('button', { name: 'Restore this version' }).count()).toBe(0);
    await commits.nth(2).getByRole('button', { name: 'Restore this version' }).click();
    const dialog = page.getByRole('dialog', { name: 'Restore version 1' });
    await dialog.getByText('It is deleted, and comes back.').waitFor();
    await dialog.getByRole('row', { name: 'Proxy Host two.example.com one.example.com' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByLabel('Reason').fill('it was the right one');
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await commits.nth(0).getByText('restored').waitFor();
    await commits.nth(0).getByText('it was the right one').waitFor();
    expect(await told('Back')).toMatchObject({ host: 'one.example.com', version: 4 });
    // The one that there is now is not brought back.
    expect(await commits.nth(0).getByRole('button', { name: 'Restore this version' }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('brings back the values of a parameter, and nothing in the past', async () => {
    const set = (defaultValue: string) =>
      send(
        'setConfigParameter',
        'SetConfigParameterInput',
        { projectKey: 'crm', key: 'k', defaultValue },
        'configParameter { resourceId }',
      );
    const id = (await set('one')).configParameter?.resourceId ?? '';
    await set('two');
    const { page } = await open(`?resource=${encodeURIComponent(id)}`);
    await page.getByRole('button', { name: 'Restore this version' }).click();
    await page.getByRole('dialog').getByRole('row', { name: 'Default two one' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('3 in all').waitFor();
    const { project } = await server.ask(
      '{ project(key: "crm") { configParameter(key: "k") { defaultValue } position } }',
    );
    const { configParameter, position } = project as { configParameter: unknown; position: number };
    expect(configParameter).toEqual({ defaultValue: 'one' });
    await page.goto(`${server.origin}/projects/crm/history?resource=${encodeURIComponent(id)}&at=${position - 1}`);
    await page.getByText('2 in all').waitFor();
    expect(await page.getByRole('button', { name: 'Restore this version' }).count()).toBe(0);
    await page.context().close();
  }, 60_000);

  test('goes on by pages, and shows the rest of a long text on demand', async () => {
    const id = await make('Many', { description: 'x'.repeat(2_000) });
    for (let time = 0; time < 50; time += 1) await update(id, { port: String(100 + time) });
    const { page } = await open(`?resource=${encodeURIComponent(id)}`);
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await page.getByText('50 of 51').waitFor();
    await pages.getByRole('button', { name: 'Next' }).click();
    await page.getByText('1 of 51').waitFor();
    await page.getByRole('button', { name: 'All 2000 characters' }).click();
    await page.getByText('x'.repeat(2_000)).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await pages.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('50 of 51').waitFor();
    await page.context().close();
  }, 60_000);
});
