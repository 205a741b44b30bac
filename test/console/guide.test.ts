import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Child, REPOSITORY, runNode } from '../cli/child.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

/** A real TLS proxy with Basic, and an https target that it alone knows. */
describeInBrowser(inBrowser('the guide’s story in the console'), () => {
  let scratch: string;
  let standIns: Child;
  let proxyPort: string;
  let server: BuiltServer;
  let browser: Browser;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'console-guide-'));
    standIns = runNode([path.join(REPOSITORY, 'scripts/example/serve-stand-ins.mjs'), '0'], {}, scratch);
    const [said, port = ''] = await standIns.says(/https:\/\/localhost:(\d+).*npm start/s);
    proxyPort = port;
    const settings = [...said.matchAll(/^ {2}([A-Z_]+)=(\S+) \\$/gm)].map(([, name, value = '']) => [
      name,
      value.endsWith('.pem') ? path.join(scratch, value) : value,
    ]);
    [server, browser] = await Promise.all([BuiltServer.start(Object.fromEntries(settings)), openBrowser()]);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    standIns.signal('SIGTERM');
    await standIns.ended;
    await rm(scratch, { recursive: true, force: true });
  });

  /** Goes by Tab until the focus is on what has the name, as somebody without a mouse does. */
  async function tabTo(page: Page, name: string): Promise<void> {
    for (let step = 0; step < 80; step += 1) {
      await page.keyboard.press('Tab');
      if ((await focusedName(page)) === name) return;
    }
    throw new Error(`Tab never comes to ${name}`);
  }
  const type = async (page: Page, name: string, text: string) => {
    await tabTo(page, name);
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(text);
  };
  const press = async (page: Page, name: string, key = 'Enter') => {
    await tabTo(page, name);
    await page.keyboard.press(key);
  };

  test('is gone from the first project to a proxy that is deleted and restored, by keyboard alone', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(server.origin);
    await page.getByText('There is no project yet.').waitFor();
    await type(page, 'Your name', 'ada');
    await press(page, 'New project');
    await page
      .locator(':focus')
      .and(page.getByLabel('Key', { exact: true }))
      .waitFor();
    await page.keyboard.type('crm-integration');
    await type(page, 'Name', 'CRM integration');
    await press(page, 'Create');
    await page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();

    for (const [key, byName] of [
      ['corp.proxy.host', { dev: 'localhost', prod: 'proxy.corp.example.com' }],
      ['corp.proxy.port', { Default: '8443', dev: proxyPort }],
    ] as const) {
      if (!page.url().endsWith('/parameters')) await press(page, 'Parameters');
      await page.getByRole('heading', { name: 'Parameters' }).waitFor();
      await press(page, 'New parameter');
      // It begins where one types first.
      await page
        .locator(':focus')
        .and(page.getByLabel('Key', { exact: true }))
        .waitFor();
      await page.keyboard.type(key);
      for (const [name, value] of Object.entries(byName)) await type(page, name, value);
      await press(page, 'Create');
      await page.getByRole('rowheader', { name: key }).waitFor();
    }

    await press(page, 'Proxy Connections');
    await page.getByRole('heading', { name: 'Proxy Connections' }).waitFor();
    await press(page, '+ New proxy connection');
    await page.getByRole('heading', { name: 'New proxy connection' }).waitFor();
    await type(page, 'Name', 'Corporate Proxy');
    await type(page, 'Description', 'Routes traffic through the corporate proxy gateway');
    await choose(page, 'Proxy Type', 'HTTP');
    await type(page, 'Proxy Host', '${corp.proxy.host}');
    await type(page, 'Proxy Port', '${corp.proxy.port}');
    await choose(page, 'Auth Type', 'Basic');
    await type(page, 'User', 'svc-flowx');
    await type(page, 'Password', 'for loopback only');
    await press(page, 'Test Connection');
    await page.getByText('The proxy closed the connection without an answer').first().waitFor();
    await choose(page, 'Proxy Type', 'HTTPS');
    await press(page, 'Test Connection');
    await page.getByText('answered through the proxy').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await type(page, 'Reason', 'The CRM is reached through the gateway only');
    await press(page, 'Create');
    await page.getByRole('heading', { name: 'Corporate Proxy' }).waitFor();

    await press(page, 'Data Sources');
    await page.getByRole('heading', { name: 'Data Sources' }).waitFor();
    await press(page, '+ New data source');
    await page.getByRole('heading', { name: 'New data source' }).waitFor();
    await type(page, 'Name', 'CRM');
    await type(page, 'Base URL', 'https://crm.example.com/api/v2');
    await press(page, 'Connect through Proxy', 'Space');
    await choose(page, 'Select Proxy Connection', 'Corporate Proxy');
    await press(page, 'Create');
    await page.getByRole('heading', { name: 'CRM', exact: true }).waitFor();

    await press(page, 'Verify in runtime');
    await page.getByRole('heading', { name: 'Runtime' }).waitFor();
    await type(page, 'Path', '/contacts');
    const line = `curl --proxy https://localhost:${proxyPort} --proxy-user svc-flowx:******** https://crm.example.com/api/v2/contacts`;
    await page.getByText(line).first().waitFor();
    await press(page, 'Call');
    await page.getByText('Grace Hopper').first().waitFor();
    expect(await page.content()).not.toContain('for loopback only');
    expect(await violations(page)).toEqual([]);

    await press(page, 'Corporate Proxy');
    await page.getByRole('heading', { name: 'Corporate Proxy' }).waitFor();
    await press(page, 'Delete');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('CRM').waitFor();
    await type(page, 'Reason', 'The gateway is being replaced');
    await press(page, 'Delete');
    await page.getByText('Deleted by ada').waitFor();
    expect(await focusedName(page)).toBe('Restore');
    await press(page, 'Data Sources');
    await page.getByText('Proxy deleted').waitFor();
    await page.goBack();
    await press(page, 'Restore');
    await page.getByText('Deleted by ada').waitFor({ state: 'detached' });
    await press(page, 'Data Sources');
    await page.getByText('through Corporate Proxy').waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  }, 120_000);
});

/** Chooses from a list, which is open once the focus is there or by the arrow. */
async function choose(page: Page, name: string, option: string): Promise<void> {
  const field = page.getByRole('combobox', { name });
  await field.focus();
  await page.keyboard.press('ArrowDown');
  await page
    .getByRole('option', { name: new RegExp(`^${option}\\b`) })
    .first()
    .waitFor();
  const chosen = page.locator('[role=option][data-combobox-selected]');
  for (let step = 0; step < 10; step += 1) {
    if ((await chosen.count()) > 0 && new RegExp(`^${option}\\b`).test((await chosen.first().textContent()) ?? ''))
      break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}

/** The accessible name, as far as the console gives one: its label, aria-label or words. */
function focusedName(page: Page): Promise<string> {
  return page.evaluate(`(() => {
    const element = document.activeElement;
    const label = element.getAttribute('aria-label') ?? ([...(element.labels ?? [])].map(({ textContent }) => textContent).join('') || element.textContent);
    return label.trim();
  })()`);
}
