import type { Browser, Page } from 'playwright-core';
import { ISSUER, KeyFileIssuer } from '../support/key-file-issuer.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const PICTURES = process.env.PICTURES;

describeInBrowser(inBrowser('access and tokens in the console'), () => {
  let issuer: KeyFileIssuer;
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    issuer = await KeyFileIssuer.create();
    [server, browser] = await Promise.all([BuiltServer.start(issuer.env), openBrowser()]);
    await ask('admin', 'mutation { createProject(input: { key: "crm", name: "CRM" }) { project { key } } }');
    await grant('ada', 'OWNER');
    // Ada is the last owner then.
    await ask(
      'admin',
      'mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { commit { position } } }',
      {
        input: { projectKey: 'crm', kind: 'USER', identity: `${ISSUER}#admin` },
      },
    );
    await grant('audrey', 'AUDITOR');
    await grant('eve', 'EDITOR');
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    issuer?.remove();
  });

  const ask = async (sub: string, query: string, variables: object = {}) => {
    const answer = await fetch(`${server.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await issuer.headers(sub)) },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data?: Record<string, unknown>; errors?: unknown };
    if (!data || errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
  const grant = (name: string, role: string) =>
    ask('admin', 'mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { userErrors { message } } }', {
      input: { projectKey: 'crm', kind: 'USER', identity: `${ISSUER}#${name}`, role },
    });
  const signIn = async (page: Page, sub: string) => {
    const { authorization = '' } = await issuer.headers(sub);
    await page.getByLabel('API token').fill(authorization);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const open = async (sub: string, path: string, width = 1280) => {
    const opened = await openPage(browser, { viewport: { width, height: 800 } });
    await opened.page.goto(`${server.origin}${path}`);
    await signIn(opened.page, sub);
    return opened;
  };

  test('an owner grants a role, makes it another and takes it away', async () => {
    const { page } = await open('ada', '/projects/crm/access');
    const row = (name: string) => page.getByRole('row').filter({ hasText: name });
    await row('#audrey').waitFor();
    expect(await row('#audrey').textContent()).toMatch(/UserAUDITORadmin\d/);
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Grant access' }).click();
    await page.keyboard.press('Tab');
    await page.keyboard.type(' ');
    await page.keyboard.press('Enter');
    const identity = page.getByRole('textbox', { name: 'Identity' });
    await page.locator('[aria-invalid=true]').waitFor();
    expect(await violations(page)).toEqual([]);
    await identity.fill(`${ISSUER}#grace`);
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'OPERATOR' }).click();
    await page.getByLabel('Reason').fill('On call');
    await page.getByRole('button', { name: 'Grant', exact: true }).click();
    await row('#grace').waitFor();
    expect(await row('#grace').textContent()).toMatch(/OPERATOR[\s\S]*On call/);
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Grant access');

    await page.getByRole('button', { name: `Change role of ${ISSUER}#grace` }).click();
    await page.getByRole('combobox', { name: 'Role' }).click();
    await page.getByRole('option', { name: 'EDITOR' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await row('#grace').getByText('EDITOR').waitFor();

    await page.getByRole('button', { name: `Revoke ${ISSUER}#grace` }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.innerText')).toBe('Revoke');
    await page.getByRole('button', { name: `Revoke ${ISSUER}#grace` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row('#grace').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');

    // What the server refuses all the same is told in its words.
    // By the name that she has since she changed something here.
    await page.getByRole('button', { name: 'Revoke ada' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText('OWNER').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('an owner issues a token, whose text is shown once, and revokes it', async () => {
    const { page } = await open('ada', '/projects/crm/tokens');
    await page.getByText('There is no token yet.').waitFor();
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.keyboard.type('Deploy robot');
    await page.getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('option', { name: 'Never' }).click();
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    await page.getByText('TOKENS_WITHOUT_EXPIRY').first().waitFor();
    await page.getByRole('combobox', { name: 'Expires' }).click();
    await page.getByRole('option', { name: '30 days' }).click();
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    const shown = page.getByRole('textbox', { name: 'Token' });
    const text = await shown.inputValue();
    expect(text).toMatch(/^plt_crm_/);
    expect(await violations(page)).toEqual([]);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByText('Copied', { exact: true }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(text);
    await page.getByRole('button', { name: 'Done' }).click();
    await shown.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(text);
    expect(await page.evaluate('JSON.stringify([localStorage, sessionStorage, location.href])')).not.toContain(text);

    const row = page.getByRole('row').filter({ hasText: 'Deploy robot' });
    expect(await row.textContent()).toMatch(/VIEWER[\s\S]*never used[\s\S]*ada/);
    await row.getByRole('button', { name: 'Revoke Deploy robot' }).click();
    await page.getByLabel('Reason').fill('Leaked');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await row.getByText('Revoked by ada').waitFor();
    expect(await row.getByRole('button').count()).toBe(0);
    expect(await page.evaluate('document.activeElement.tagName')).toBe('H1');
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  }, 60_000);

  test('a token whose answer got lost is issued once, and its text is gone', async () => {
    const { page } = await open('ada', '/projects/crm/tokens');
    await page.getByRole('button', { name: 'Issue token' }).click();
    await page.keyboard.type('Lost');
    // Left for another page, and come back to.
    await page.getByRole('link', { name: 'Access' }).click();
    await page.getByRole('row').filter({ hasText: '#audrey' }).waitFor();
    await page.getByRole('link', { name: 'Tokens' }).click();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Lost');
    let lost = 0;
    await page.route('**/graphql', async (route) => {
      if (lost > 0 || !route.request().postData()?.includes('issueToken')) return route.continue();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    await page.getByText('Revoke it and issue another one').waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    const row = page.getByRole('row').filter({ hasText: 'Lost' });
    await row.waitFor();
    expect(await row.count()).toBe(1);
    await page.context().close();
  }, 60_000);

  test('an auditor sees both and is offered nothing; an editor is told who may', async () => {
    const auditor = await open('audrey', '/projects/crm/access');
    await auditor.page.getByRole('row').filter({ hasText: '#ada' }).waitFor();
    expect(await auditor.page.getByRole('main').getByRole('button').count()).toBe(0);
    await auditor.page.getByRole('link', { name: 'Tokens' }).click();
    await auditor.page.getByRole('row').filter({ hasText: 'Deploy robot' }).waitFor();
    expect(await auditor.page.getByRole('main').getByRole('button').count()).toBe(0);
    await auditor.page.goto(`${server.origin}/projects/crm/access?at=2`);
    await signIn(auditor.page, 'audrey');
    await auditor.page.getByRole('row').filter({ hasText: '#ada' }).waitFor();
    expect(await auditor.page.getByRole('row').filter({ hasText: '#audrey' }).count()).toBe(0);
    await auditor.page.context().close();

    const editor = await open('eve', '/projects/crm/access');
    await editor.page.getByText('auditors and owners').waitFor();
    expect(await violations(editor.page)).toEqual([]);
    await editor.page.context().close();
  }, 60_000);

  test.each([360, 1280, 2560])(
    'fits a screen that is %i px wide',
    async (width) => {
      await grant(`somebody-${'long'.repeat(40)}`, 'VIEWER');
      await ask('ada', 'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { commit { position } } }', {
        input: { projectKey: 'crm', name: 'long'.repeat(25), role: 'VIEWER' },
      });
      const { page } = await open('ada', '/projects/crm/access', width);
      await page.getByRole('button', { name: 'Grant access' }).click();
      await page.getByRole('row').nth(2).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/access-${width}.png`, fullPage: true });
      await page.getByRole('button', { name: 'Revoke https' }).last().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('is VIEWER no more').waitFor();
      expect(
        await page.evaluate(
          "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('[role=dialog]'))",
        ),
      ).toBe(0);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Tokens' }).click();
      await page.getByRole('button', { name: 'Issue token' }).click();
      await page.getByRole('row').nth(1).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      if (PICTURES) await page.screenshot({ path: `${PICTURES}/tokens-${width}.png`, fullPage: true });
      await page.context().close();
    },
    60_000,
  );

  test('without identities both say why there is nothing', async () => {
    const without = await BuiltServer.start();
    const { page, complaints } = await openPage(browser);
    await without.ask('mutation { createProject(input: { key: "crm", name: "CRM" }) { project { key } } }');
    for (const path of ['access', 'tokens']) {
      await page.goto(`${without.origin}/projects/crm/${path}`);
      await page.getByText('This server asks nobody who they are.').waitFor();
      expect(await page.getByRole('link', { name: 'Access' }).count()).toBe(0);
    }
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
    await without.close();
  }, 60_000);
});
