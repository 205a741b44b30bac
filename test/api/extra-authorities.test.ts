import { mutation, startTestApp } from '../support/app.ts';

test('a server that lacks the authorities it was given warns, is not ready, and takes mutations', async () => {
  const app = await startTestApp({ NODE_EXTRA_CA_CERTS: '/no/such/file.pem' });
  const fault =
    "NODE_EXTRA_CA_CERTS: /no/such/file.pem can't be read (ENOENT), so its authorities are not trusted; mend it and start again";
  const response = await fetch(new URL('/health/ready', app.url));
  expect([response.status, await response.json()]).toEqual([503, { status: 'not ready', reason: fault }]);
  const warnings = app.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
  expect(warnings).toEqual([expect.objectContaining({ msg: fault })]);
  expect((await mutation(app)('createProject', { key: 'crm', name: 'CRM' })).project.key).toBe('crm');
});
