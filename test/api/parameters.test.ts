import { mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
await send('createProject', { key: 'crm', name: 'CRM' });
await send('setConfigParameter', { projectKey: 'crm', key: 'open', defaultValue: 'd' });
await send('setConfigParameter', { projectKey: 'crm', key: 'open.without', defaultValue: null });
await send('setConfigParameter', { projectKey: 'crm', key: 'secret', secret: true, defaultValue: 'hidden' });
await send('setConfigParameter', { projectKey: 'crm', key: 'secret.without', secret: true });

test('a parameter tells whether it has a default, a secret one too, whose default it does not tell', async () => {
  const project = await app.get(
    '{ project(key: "crm") { configParameters { nodes { key hasDefaultValue defaultValue } } } }',
  );
  expect(project.configParameters.nodes).toEqual([
    { key: 'open', hasDefaultValue: true, defaultValue: 'd' },
    { key: 'open.without', hasDefaultValue: false, defaultValue: null },
    { key: 'secret', hasDefaultValue: true, defaultValue: null },
    { key: 'secret.without', hasDefaultValue: false, defaultValue: null },
  ]);
});
