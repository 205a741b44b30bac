/** The example's project, and a larger one. */
const PROJECT = '/projects/crm-integration';
const LARGE = '/projects/retail-banking';

/** Opens a resource from its list. */
async function follow(page, list, name) {
  await page.goto(list);
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

/** What each picture shows: how one comes there, and what is waited for. A guarded one is of a server with identities. */
export const PICTURES = [
  {
    name: 'projects',
    async show({ page, origin }) {
      await page.goto(origin);
      await page.getByRole('link', { name: 'Retail banking' }).waitFor();
    },
  },
  {
    name: 'proxy-connections',
    async show({ page, origin }) {
      await page.goto(`${origin}${LARGE}/proxy-connections`);
      await page.getByRole('link', { name: 'Corporate Proxy', exact: true }).waitFor();
    },
  },
  {
    name: 'proxy-connection',
    async show({ page, origin }) {
      await follow(page, `${origin}${PROJECT}/proxy-connections`, 'Corporate Proxy');
      await page.getByRole('button', { name: 'Test Connection' }).click();
      await page.getByText('answered through the proxy').first().waitFor();
    },
  },
  {
    name: 'data-sources',
    async show({ page, origin }) {
      await page.goto(`${origin}${LARGE}/data-sources`);
      await page.getByRole('link', { name: 'CRM', exact: true }).waitFor();
    },
  },
  {
    name: 'data-source',
    async show({ page, origin }) {
      await follow(page, `${origin}${LARGE}/data-sources`, 'CRM');
      await page.getByText('https://crm.example.com/api/v2').waitFor();
    },
  },
  {
    name: 'runtime',
    async show({ page, origin }) {
      await follow(page, `${origin}${PROJECT}/data-sources`, 'CRM');
      await page.getByRole('link', { name: 'Verify in runtime' }).click();
      await page.getByLabel('Path').fill('/contacts');
      await page.getByText('/api/v2/contacts').first().waitFor();
      await page.getByRole('button', { name: 'Call', exact: true }).click();
      await page.getByText('Grace Hopper').first().waitFor();
    },
  },
  {
    name: 'parameters',
    async show({ page, origin }) {
      await page.goto(`${origin}${LARGE}/parameters`);
      await page.getByRole('rowheader', { name: 'crm.token' }).waitFor();
    },
  },
  {
    name: 'history',
    async show({ page, origin }) {
      await page.goto(`${origin}${PROJECT}/history`);
      await page.getByText('The gateway is being replaced').waitFor();
    },
  },
  {
    name: 'past',
    async show({ page, origin, graphql }) {
      const { project } = await graphql(
        '{ project(key: "crm-integration") { history(filter: { types: [PROXY_CONNECTION_DELETED] }) { nodes { commit { position } } } } }',
      );
      await page.goto(`${origin}${PROJECT}/proxy-connections?at=${project.history.nodes[0].commit.position}`);
      await page.getByRole('button', { name: 'Compare with now' }).click();
      await page.getByRole('region', { name: 'Now' }).getByRole('link', { name: 'Corporate Proxy' }).waitFor();
      await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
    },
  },
  {
    name: 'access',
    isGuarded: true,
    async show({ page, origin, token }) {
      await page.goto(`${origin}${PROJECT}/access`);
      await page.getByLabel('API token').fill(token);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('/on-call').waitFor();
    },
  },
];
