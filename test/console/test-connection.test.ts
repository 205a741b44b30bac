import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createAuthority } from '../support/certificates.ts';
import { type Peer, silent, startPeer } from '../support/misbehaving.ts';
import { scratchDirectory } from '../support/programs.ts';
import { SQUID, startProxyChain, startSquid } from '../support/proxies.ts';
import { eventually } from '../support/sockets.ts';
import { startTarget } from '../support/targets.ts';
import { violations } from './support/accessible.ts';
import { describeInBrowser, inBrowser, type OpenedPage, openBrowser, openPage } from './support/browser.ts';
import { BuiltServer } from './support/built-server.ts';

const PASSWORD = 'hunter-2-canary';

describeInBrowser(inBrowser('testing a proxy connection in the console'), () => {
  const closings: (() => Promise<unknown>)[] = [];
  let server: BuiltServer;
  let browser: Browser;
  let opened: OpenedPage;
  let page: Page;
  let ports: Record<'basic' | 'secure' | 'silent' | 'dead', number>;
  let target: string;
  let silence: Peer;

  beforeAll(async () => {
    const authority = await createAuthority();
    const scratch = scratchDirectory();
    closings.push(() => rm(scratch, { recursive: true, force: true }));
    const ca = path.join(scratch, 'ca.pem');
    writeFileSync(ca, authority.ca);
    const credentials = { user: 'svc', password: PASSWORD };
    const [basic, secure, quiet, dead, origin] = await Promise.all([
      SQUID === undefined ? startProxyChain({ credentials }) : startSquid({ credentials }),
      startProxyChain({ tls: await authority.issue() }),
      startPeer(silent),
      startPeer(silent),
      startTarget({ tls: await authority.issue() }),
    ]);
    await dead.stop();
    closings.push(basic.stop, secure.stop, quiet.stop, origin.stop);
    silence = quiet;
    ports = { basic: basic.port, secure: secure.port, silent: quiet.port, dead: dead.port };
    target = origin.url.href;
    const env = { NODE_EXTRA_CA_CERTS: ca, PROBE_TARGET_URL: target };
    [server, browser] = await Promise.all([BuiltServer.start(env), openBrowser()]);
    await server.ask('mutation($input: CreateProjectInput!) { createProject(input: $input) { commit { position } } }', {
      input: { key: 'crm', name: 'CRM', environments: ['dev', 'prod'] },
    });
    opened = await openPage(browser);
    page = opened.page;
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await Promise.all(closings.map((close) => close()));
  });

  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const field = (name: string) => page.getByLabel(name, { exact: true });
  const stages = () => page.getByRole('list', { name: 'Stages' }).getByRole('listitem');
  const stage = (name: string) => stages().filter({ hasText: new RegExp(`^${name}`) });
  const choose = async (name: string, option: string) => {
    await page.getByRole('combobox', { name, exact: true }).click();
    await page.getByRole('option', { name: option, exact: true }).click();
  };
  const look = async () => {
    expect(await violations(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: null });
  };

  test('works before it is saved, with the password that was typed, and keeps that nowhere', async () => {
    await page.goto(`${server.origin}/projects/crm/proxy-connections/new`);
    await field('Name').fill('Corporate');
    await field('Proxy Host').fill('127.0.0.1');
    await field('Proxy Port').fill(String(ports.basic));
    await choose('Auth Type', 'Basic');
    await field('User').fill('svc');
    await field('Password').fill('wrong');
    await button('Test Connection').click();
    await stage('PROXY_AUTH').filter({ hasText: 'FAILED' }).waitFor();
    expect(await stages().count()).toBe(7);
    await page.getByText('PROXY_AUTH_REJECTED in PROXY_AUTH').waitFor();
    await page.getByRole('region', { name: "The proxy's answer" }).getByText('407').waitFor();
    await look();

    await field('Password').fill(PASSWORD);
    await button('Test Connection').click();
    await stage('RESPONSE').filter({ hasText: 'PASSED' }).waitFor();
    await page.getByText('answered through the proxy, with status 200').waitFor();
    const certificates = page.getByRole('region', { name: "The target's certificates" });
    expect(await certificates.getByText('CN=Proxy Ledger Test CA').count()).toBeGreaterThan(0);
    await look();
    const told = 'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href])';
    expect(await page.evaluate(told)).not.toContain(PASSWORD);
  }, 60_000);

  test('is recorded once it is saved, and told in a table and a plot', async () => {
    await button('Create').click();
    await page.getByRole('heading', { name: 'Corporate' }).waitFor();
    await page.getByText('It was not tested yet.').waitFor();
    await button('Test Connection').click();
    const rows = page.getByRole('table', { name: 'Recorded tests' }).getByRole('row');
    await rows.filter({ hasText: 'passed' }).waitFor();
    await choose('Environment', 'prod');
    await field('Target').fill('http://localhost:1/');
    await button('Test Connection').click();
    await rows.filter({ hasText: '✕' }).waitFor();
    expect(await rows.nth(1).textContent()).toContain('prod');

    await page.getByRole('img', { name: 'Times of the recorded tests' }).focus();
    await page.getByText(/^prod, .*: [A-Z_]+ in /).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/^dev, .*: passed in /).waitFor();
    await look();
    await choose('Tests of', 'dev');
    await rows.filter({ hasText: '✕' }).waitFor({ state: 'detached' });
    expect(page.url()).toContain('environment=dev');
  }, 60_000);

  test('shows the certificates of a proxy that speaks TLS', async () => {
    await field('Target').fill('');
    await choose('Auth Type', 'No authentication');
    await choose('Proxy Type', 'HTTPS');
    await field('Proxy Host').fill('localhost');
    await field('Proxy Port').fill(String(ports.secure));
    await button('Test Connection').click();
    const certificates = page.getByRole('region', { name: "The proxy's certificates" });
    await certificates.getByText('Valid until').first().waitFor();
    expect(await stage('PROXY_TLS').textContent()).toContain('PASSED');
  }, 60_000);

  test('tells that nobody listens there, and where it failed', async () => {
    await choose('Proxy Type', 'HTTP');
    await field('Proxy Port').fill(String(ports.dead));
    await button('Test Connection').click();
    await page.getByText('PROXY_REFUSED in CONNECT').waitFor();
    expect(await stage('CONNECT').textContent()).toContain('ECONNREFUSED');
    expect(await stage('RESPONSE').textContent()).toContain('SKIPPED');
    await field('Proxy Port').fill('');
    await button('Test Connection').click();
    await page.getByText(/^Proxy Port: /).waitFor();
  }, 60_000);

  test('is stopped, and nothing of it is recorded', async () => {
    await field('Proxy Port').fill(String(ports.silent));
    await button('Test Connection').click();
    await button('Stop').waitFor();
    expect(await stage('TUNNEL').textContent()).toContain('PENDING');
    expect(await eventually(() => silence.connections.count() > 0)).toBe(true);
    await button('Stop').click();
    await page.getByText('The test was stopped, and nothing of it recorded.').waitFor();
    await button('Stop').waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toBe('Test Connection');
    expect(await eventually(() => silence.connections.open() === 0)).toBe(true);
    const drafts = await server.ask(
      '{ project(key: "crm") { commits: history(filter: { types: [PROXY_TESTED] }) { totalCount } } }',
    );
    // Two of the new form, two of the saved one, two of what was typed over it.
    expect(drafts).toEqual({ project: { commits: { totalCount: 6 } } });
  }, 60_000);

  test('is not offered in the past', async () => {
    const { project } = (await server.ask('{ project(key: "crm") { position } }')) as { project: { position: number } };
    await page.goto(`${page.url().split('?')[0]}?at=${project.position}`);
    await page.getByRole('table', { name: 'Recorded tests' }).waitFor();
    expect(await button('Test Connection').count()).toBe(0);
    await page.goto(`${page.url()}&compare=now`);
    await page.getByRole('region', { name: 'Recorded tests, now' }).waitFor();
    await page.getByRole('table', { name: 'Recorded tests' }).nth(1).waitFor();
    expect(await button('Test Connection').count()).toBe(0);
    await look();
    expect(opened.complaints).toEqual([]);
  }, 60_000);
});
