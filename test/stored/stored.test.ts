import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { MUTATIONS, mutation, startTestApp } from '../support/app.ts';
import { startProxyChain } from '../support/proxies.ts';
import { startTarget } from '../support/targets.ts';
import { ACCESS, AS_OF, KEY, LOOKED_AT, NOW, RETRIED } from './questions.mjs';

// Data directories as earlier versions left them, one for each form that was ever stored: whatever is built later opens
// them, and they keep their meaning.
const HERE = 'test/stored';
const forms = readdirSync(HERE, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

test('there are data directories of earlier versions', () => {
  expect(forms).toEqual(expect.arrayContaining(['schema-2', 'schema-3', 'schema-4', 'schema-5']));
});

describe.each(forms)('a data directory of %s', (form) => {
  const opened = startTestApp({}, join(HERE, form));
  const then = JSON.parse(readFileSync(join(HERE, form, 'answers.json'), 'utf8'));

  test('answers rows and history as it did then', async () => {
    const app = await opened;
    const { data, errors } = await app.ask(NOW, { key: KEY });
    expect(errors).toBeUndefined();
    expect(data).toEqual(then.now);
  });

  test.each([...LOOKED_AT])('answers position %i as it did then', async (position) => {
    const app = await opened;
    const { data, errors } = await app.ask(AS_OF, { key: KEY, position });
    expect(errors).toBeUndefined();
    expect(data).toEqual(then.asOf[LOOKED_AT.indexOf(position)]);
  });

  test('answers whom it was granted to as it did then', async () => {
    const app = await opened;
    const { data, errors } = await app.ask(ACCESS, { key: KEY });
    expect(errors).toBeUndefined();
    expect(data).toEqual(then.access ?? { project: { access: { nodes: [] }, tokens: { nodes: [] } } });
  });

  test('answers a mutation that is sent again with what it did the first time', async () => {
    const app = await opened;
    const first = then.now.project.history.nodes.find(
      ({ type }: { type: string }) => type === 'PROXY_CONNECTION_CREATED',
    );
    const again = await mutation(app)('createProxyConnection', RETRIED.input, { actor: RETRIED.actor });
    expect(again.userErrors).toEqual([]);
    expect(again.commit.position).toBe(first.commit.position);
    expect(again.proxyConnection.version).toBe(1);
    const other = { ...RETRIED.input, description: 'another' };
    const reused = await app.ask(MUTATIONS.createProxyConnection, { input: other }, { actor: RETRIED.actor });
    expect(JSON.stringify(reused)).toContain('IDEMPOTENCY_KEY_REUSED');
    expect((await app.ask(NOW, { key: KEY })).data.project.position).toBe(then.now.project.position);
  });

  test('still has the secrets that a call through a proxy needs', async () => {
    const app = await opened;
    const target = await startTarget();
    const credentials = { user: RETRIED.input.user, password: RETRIED.input.password };
    const proxy = await startProxyChain({ credentials });
    try {
      const change = mutation(app);
      const projectKey = KEY;
      await change('setConfigParameter', { projectKey, key: 'target', defaultValue: `localhost:${target.port}` });
      const values = [{ environment: 'dev', value: String(proxy.port) }];
      await change('setConfigParameter', { projectKey, key: 'proxy.port', values });
      const source = await app.get(
        'query($key: String!) { project(key: $key) { dataSource(name: "CRM") { id proxyConnection { id } } } }',
        { key: KEY },
      );
      const { id, proxyConnection } = source.dataSource;
      const probe = await change('testProxy', {
        projectKey,
        proxyConnectionId: proxyConnection.id,
        targetUrl: `http://localhost:${target.port}/`,
      });
      expect(probe.test).toMatchObject({ success: true, targetStatus: 200 });
      const call = await change('callDataSource', { dataSourceId: id, request: { path: 'contacts' } });
      expect(call).toMatchObject({ failure: null, userErrors: [], response: { status: 200, body: 'hello' } });
      const received = target.record().find(({ url }) => url.endsWith('/api/contacts'));
      expect(received?.headers.authorization).toBe('Bearer stored-token-of-dev');
    } finally {
      await proxy.stop();
      await target.stop();
    }
  });
});
