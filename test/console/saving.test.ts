import type { Browser, Page, Route } from 'playwright-core';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

interface Posted {
  readonly query: string;
  readonly variables: { readonly input?: { readonly idempotencyKey?: string } };
}

const postedOf = (route: Route) => route.request().postDataJSON() as Posted;

/** Answers the first attempts of a mutation instead of the server, which carries them out or not; later ones are the server's. */
async function meddle(page: Page, answers: readonly ((route: Route) => Promise<void>)[]): Promise<string[]> {
  const keys: string[] = [];
  await page.route('**/graphql', async (route) => {
    const { query, variables } = postedOf(route);
    if (!query.startsWith('mutation')) return route.continue();
    keys.push(variables.input?.idempotencyKey ?? '');
    return (answers[keys.length - 1] ?? ((rest) => rest.continue()))(route);
  });
  return keys;
}

const unknown = async (route: Route) => {
  const errors = [{ message: 'not known', path: ['createProject'], extensions: { code: 'OUTCOME_UNKNOWN' } }];
  await route.fulfill({ json: { data: { createProject: null }, errors } });
};
/** Carried out, and its answer lost. */
const lost = async (route: Route) => {
  await route.fetch();
  await route.abort('connectionreset');
};

describeInBrowser(inBrowser('a form of the console'), () => {
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([BuiltServer.start(), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server.close();
  });

  const open = async () => {
    const opened = await openPage(browser);
    await opened.page.goto(server.origin);
    await opened.page.getByRole('button', { name: 'New project' }).click();
    return opened;
  };
  const fill = async (page: Page, key: string) => {
    await page.getByLabel('Key').fill(key);
    await page.getByLabel('Name', { exact: true }).fill(`Project ${key}`);
  };
  const arrives = (page: Page) => page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();
  const commitsOf = async (key: string) => (await server.ask(`{ project(key: "${key}") { position } }`)).project;

  test('saves once, however often its outcome stays unknown or its answer is lost', async () => {
    const { page } = await open();
    const keys = await meddle(page, [unknown, lost]);
    await fill(page, 'once');
    await page.getByRole('button', { name: 'Create' }).click();
    await arrives(page);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(await commitsOf('once')).toEqual({ position: 1 });
    await page.context().close();
  }, 60_000);

  test('saves once when it is clicked twice', async () => {
    const { page } = await open();
    const keys = await meddle(page, []);
    await fill(page, 'twice');
    await page.getByRole('button', { name: 'Create' }).dblclick();
    await arrives(page);
    expect(keys).toHaveLength(1);
    await page.context().close();
  }, 60_000);

  test('shows what failed in the server’s words, with the request, and is saved by trying again', async () => {
    const { page } = await open();
    await meddle(page, [
      async (route) => {
        const errors = [{ message: 'the event store is not available', extensions: { code: 'STORE_UNAVAILABLE' } }];
        await route.fulfill({ json: { data: { createProject: null }, errors }, headers: { 'x-request-id': 'r-17' } });
      },
    ]);
    await fill(page, 'later');
    await page.getByRole('button', { name: 'Create' }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('the event store is not available').waitFor();
    expect(await alert.textContent()).toContain('r-17');
    await page.getByRole('button', { name: 'Create' }).click();
    await arrives(page);
    await page.context().close();
  }, 60_000);

  test('keeps what was typed while one looks elsewhere and over a reload, and asks before its tab is closed', async () => {
    const { page } = await open();
    await fill(page, 'kept');
    await page.evaluate("history.pushState(null, '', '/projects/nobody/history')");
    await page.getByRole('heading', { name: 'Not found' }).waitFor();
    await page.getByRole('link', { name: 'Proxy Ledger' }).click();
    await page.getByRole('button', { name: 'New project' }).click();
    expect(await page.getByLabel('Key').inputValue()).toBe('kept');
    const asked = page.waitForEvent('dialog');
    const reloaded = page.reload();
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.accept();
    await reloaded;
    await page.getByRole('button', { name: 'New project' }).click();
    expect(await page.getByLabel('Key').inputValue()).toBe('kept');
    await page.context().close();
  }, 60_000);
});
