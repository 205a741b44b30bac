import { accepted, refusals, Unexpected } from './api.mjs';
import { textTable } from './text-table.mjs';

const PROJECT = 'crm-integration';
const ERRORS = 'userErrors { code path message }';
const PROXY_FIELDS = 'id name description type host port authType user hasPassword version editedBy { name } editedAt';

/**
 * The specification's example, from the first mutation to the runtime console's curl line. Each step throws `Unexpected`
 * when the product does not do what the specification says.
 */
export async function playStory({ graphql, say, proxy, crm, credentials }) {
  const step = (title, ...lines) => say('', title, ...lines.map((line) => `   ${line}`.trimEnd()));

  await setUpProject();
  await testDraft();
  const corporateProxy = await createProxy();
  await listProxies();
  const source = await attach(corporateProxy);
  await call(source);
  await deleteAndRestore(corporateProxy, source);
  await previewInProduction(source);

  async function setUpProject() {
    accepted(
      await graphql(
        `mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } ${ERRORS} } }`,
        { input: { key: PROJECT, name: 'CRM integration', environments: ['dev', 'prod'] } },
      ),
    );
    const parameters = [
      { key: 'corp.proxy.host', dev: 'localhost', prod: 'proxy.corp.example.com' },
      { key: 'corp.proxy.port', dev: String(proxy.port), prod: '8443' },
    ];
    for (const { key, ...values } of parameters) {
      accepted(
        await graphql(
          `mutation ($input: SetConfigParameterInput!) {
            setConfigParameter(input: $input) { configParameter { key } ${ERRORS} }
          }`,
          {
            input: {
              projectKey: PROJECT,
              key,
              values: Object.entries(values).map(([environment, value]) => ({ environment, value })),
            },
          },
        ),
      );
    }
    step(`A project, ${PROJECT}, and what differs between its environments`);
    say(
      ...textTable([
        ['Parameter', 'dev', 'prod'],
        ...parameters.map(({ key, dev, prod }) => [`\${${key}}`, dev, prod]),
      ]),
    );
  }

  async function testDraft() {
    const draft = { type: 'HTTPS', host: '${corp.proxy.host}', port: '${corp.proxy.port}', authType: 'BASIC' };
    const wrong = await test({ environment: 'dev', draft: { ...draft, user: credentials.user, password: 'a guess' } });
    expect(wrong.failure === 'PROXY_AUTH_REJECTED', `a wrong password should be rejected, but: ${wrong.message}`);
    expect(proxy.record().length === 0, 'the proxy should have let nothing through for a wrong password');
    const right = await test({ environment: 'dev', draft: { ...draft, ...credentials } });
    step(`Test Connection, in dev, before anything is saved: ${right.proxyUrl}`);
    say(...textTable(right.stages.map(stageRow)));
    step(right.message, ...right.warnings.map((warning) => `Worth a look: ${warning}`));
    step('With a wrong password', `${wrong.failure}: ${wrong.message}`);
    expect(right.success, `the test should succeed, but: ${right.message}`);
    expect(proxy.record().length === 1, `the proxy should have let one request through: ${proxy.record().join(', ')}`);
  }

  async function createProxy() {
    const { proxyConnection } = accepted(
      await graphql(
        `mutation ($input: CreateProxyConnectionInput!) {
          createProxyConnection(input: $input) { proxyConnection { ${PROXY_FIELDS} } ${ERRORS} }
        }`,
        {
          input: {
            projectKey: PROJECT,
            name: 'Corporate Proxy',
            description: 'Routes traffic through the corporate proxy gateway',
            type: 'HTTPS',
            host: '${corp.proxy.host}',
            port: '${corp.proxy.port}',
            authType: 'BASIC',
            ...credentials,
          },
        },
      ),
    );
    const { type, host, port, authType, user, hasPassword } = proxyConnection;
    step('Create');
    say(
      ...textTable([
        ['Name', proxyConnection.name],
        ['Description', proxyConnection.description],
        ['Proxy Type', type],
        ['Proxy Host', host],
        ['Proxy Port', port],
        ['Auth Type', authType],
        ['User', user],
        ['Password', hasPassword ? '••••••••' : '(none)'],
      ]),
    );
    expect(hasPassword, 'the proxy should have a password');
    const saved = await test({ environment: 'dev', proxyConnectionId: proxyConnection.id });
    expect(saved.success, `the saved proxy should pass its test, but: ${saved.message}`);
    return proxyConnection;
  }

  async function listProxies() {
    const { project } = await graphql(
      `query ($key: String!) {
        project(key: $key) {
          proxyConnections {
            nodes { ${PROXY_FIELDS} lastTest { success stale environment at } }
          }
        }
      }`,
      { key: PROJECT },
    );
    const rows = project.proxyConnections.nodes;
    step('Proxy Connections');
    say(
      ...textTable([
        ['Name', 'Description', 'Type', 'Edited by', 'Edited at'],
        ...rows.map(({ name, description, type, editedBy, editedAt }) => [
          name,
          description,
          type,
          editedBy.name,
          editedAt,
        ]),
      ]),
    );
    expect(rows.length === 1, `the list should have one row, and has ${rows.length}`);
    expect(rows[0].lastTest?.success && !rows[0].lastTest.stale, 'the list should tell of the test that succeeded');
  }

  async function attach(corporateProxy) {
    const { dataSource: unattached } = accepted(
      await graphql(
        `mutation ($input: CreateDataSourceInput!) {
          createDataSource(input: $input) { dataSource { id routing } ${ERRORS} }
        }`,
        { input: { projectKey: PROJECT, name: 'CRM', baseUrl: `https://${crm.name}/api/v2` } },
      ),
    );
    expect(unattached.routing === 'DIRECT', `without a proxy routing should be DIRECT, and is ${unattached.routing}`);
    const { dataSource } = accepted(
      await graphql(
        `mutation ($input: UpdateDataSourceInput!) {
          updateDataSource(input: $input) {
            dataSource { id name type baseUrl connectThroughProxy routing proxyConnection { name } }
            ${ERRORS}
          }
        }`,
        { input: { id: unattached.id, connectThroughProxy: true, proxyConnectionId: corporateProxy.id } },
      ),
    );
    step('The CRM data source, attached');
    say(
      ...textTable([
        ['Name', dataSource.name],
        ['Type', dataSource.type],
        ['Base URL', dataSource.baseUrl],
        ['Connect through Proxy', dataSource.connectThroughProxy ? 'ON' : 'OFF'],
        ['Proxy Connection', dataSource.proxyConnection.name],
      ]),
    );
    expect(dataSource.routing === 'PROXY', `routing should be PROXY, and is ${dataSource.routing}`);
    return dataSource;
  }

  async function call(source) {
    const before = proxy.record().length;
    const { response, curl, failure, message } = accepted(await callContacts(source));
    expect(response?.status === 200, `the call should be answered with 200, but: ${failure} ${message}`);
    const passed = proxy.record().slice(before);
    step(
      'A call, in dev',
      curl,
      `${response.status} ${response.body}`,
      `The proxy let through: ${passed.join(', ')}`,
      `The CRM was asked:     ${crm.record().at(-1)}`,
    );
    expect(passed.length === 1, 'the call should have passed the proxy once');
    expect(crm.record().at(-1) === 'GET /api/v2/contacts', 'the CRM should have been asked for its contacts');
  }

  async function deleteAndRestore({ id }, source) {
    const { affectedDataSources } = accepted(
      await graphql(
        `mutation ($input: DeleteProxyConnectionInput!) {
          deleteProxyConnection(input: $input) { affectedDataSources { name routing } ${ERRORS} }
        }`,
        { input: { id, reason: 'The gateway is being replaced' } },
      ),
    );
    const asked = crm.record().length;
    const { callDataSource: refused } = await callContacts(source);
    step(
      'The proxy deleted, while the CRM data source uses it',
      ...affectedDataSources.map(({ name, routing }) => `${name} is now ${routing}: it does not become a direct one`),
      `Its call is refused: ${refusals(refused).join('; ')}`,
    );
    expect(affectedDataSources.length === 1, 'deleting the proxy should name the CRM data source');
    expect(refused.response === null, 'the call should have no answer');
    expect(
      refused.userErrors[0]?.code === 'PROXY_CONNECTION_DELETED',
      'the call should be refused with PROXY_CONNECTION_DELETED',
    );
    expect(crm.record().length === asked, 'the CRM should have been asked nothing');
    const { proxyConnection } = accepted(
      await graphql(
        `mutation ($input: RestoreInput!) {
          restoreProxyConnection(input: $input) { proxyConnection { name version } ${ERRORS} }
        }`,
        { input: { id, reason: 'The gateway stays for now' } },
      ),
    );
    const again = accepted(await callContacts(source));
    expect(again.response?.status === 200, `after the restoration the call should work, but: ${again.message}`);
    step(`Restored, as version ${proxyConnection.version}: the call is answered with ${again.response.status} again`);
  }

  async function previewInProduction(source) {
    const { node } = await graphql(
      `query ($id: ID!) {
        node(id: $id) {
          ... on DataSource {
            curlPreview(environment: "prod", request: { path: "/contacts" }) { command ${ERRORS} }
          }
        }
      }`,
      { id: source.id },
    );
    const { command } = node.curlPreview;
    step('The same call in prod, as the runtime console shows it');
    say('', command ?? refusals(node.curlPreview).join('\n'));
    const expected = `curl --proxy https://proxy.corp.example.com:8443 --proxy-user ${credentials.user}:******** https://${crm.name}/api/v2/contacts`;
    expect(command === expected, `the line should be:\n${expected}`);
  }

  async function test(what) {
    const payload = accepted(
      await graphql(
        `mutation ($input: TestProxyInput!) {
          testProxy(input: $input) {
            test { success failure message proxyUrl stages { name status durationMs detail } warnings }
            ${ERRORS}
          }
        }`,
        { input: { projectKey: PROJECT, ...what } },
      ),
    );
    return payload.test;
  }

  function callContacts({ id }) {
    return graphql(
      `mutation ($input: CallDataSourceInput!) {
        callDataSource(input: $input) { response { status body } curl failure message ${ERRORS} }
      }`,
      { input: { dataSourceId: id, environment: 'dev', request: { path: '/contacts' } } },
    );
  }
}

function stageRow({ name, status, durationMs, detail }) {
  return [name, status, durationMs === null ? '' : `${durationMs.toFixed(1)} ms`.padStart(9), detail ?? ''];
}

function expect(condition, message) {
  if (!condition) throw new Unexpected(message);
}
