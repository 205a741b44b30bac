import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Database from 'libsql';
import { mutation, startTestApp } from '../support/app.ts';

const PROXIES = 'query($key: String!) { project(key: $key) { proxyConnections { nodes { host } } } }';

test('a commit that was altered in the file stops its project, and is not served', async () => {
  const app = await startTestApp();
  for (const key of ['whole', 'altered']) {
    await mutation(app)('createProject', { key, name: key });
    const proxy = { name: 'a', type: 'HTTP', host: 'a.example.com', port: 8080 };
    await mutation(app)('createProxyConnection', { projectKey: key, ...proxy });
  }
  await app.close();
  const file = new Database(join(app.directory, 'proxy-ledger.sqlite'));
  file.exec(`UPDATE commits SET body = CAST(replace(CAST(body AS TEXT), 'a.example.com', 'b.example.org') AS BLOB)
    WHERE project = 'altered'`);
  file.close();
  await app.restart();
  const { data, errors } = await app.ask(PROXIES, { key: 'altered' });
  expect(data.project).toBeNull();
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'PROJECT_STOPPED', position: 2 });
  expect(errors?.[0]?.message).toBe('project altered is stopped at position 2: its body is not what its hash covers');
  const other = await app.ask(PROXIES, { key: 'whole' });
  expect(other.data.project.proxyConnections.nodes).toEqual([{ host: 'a.example.com' }]);
});
