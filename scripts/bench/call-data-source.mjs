// callDataSource with 16 clients through a proxy on loopback, against a bare pool of undici through the same one.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createAuthority } from '../example/certificates.mjs';
import { rateCells, rates } from './rates.mjs';
import { fill, Stage, wanted } from './stage.mjs';

const CALL =
  'mutation($input: CallDataSourceInput!) { callDataSource(input: $input) { response { status body } userErrors { code } } }';
const CREATE_PROXY =
  'mutation($input: CreateProxyConnectionInput!) { created: createProxyConnection(input: $input) { resource: proxyConnection { id } userErrors { code } } }';
const CREATE_DATA_SOURCE =
  'mutation($input: CreateDataSourceInput!) { created: createDataSource(input: $input) { resource: dataSource { id } userErrors { code } } }';

const GOALS = { http: '>= 0.28', https: '>= 0.25' };

export async function measure({ quick, row }) {
  await Stage.run(async (stage) => {
    const files = await certificates(stage.directory);
    const proxy = await stage.baseline('proxy.mjs', files.cert, files.key);
    const port = await proxy.call('port');
    const server = await stage.serve({ EGRESS_ALLOW: '127.0.0.0/8', NODE_EXTRA_CA_CERTS: files.ca });
    const ask = server.as();
    await fill(ask, 'bench', 0);
    const create = async (query, input) =>
      (await wanted(ask(query, { input: { projectKey: 'bench', ...input } }))).created.resource.id;
    const proxyId = await create(CREATE_PROXY, { name: 'Way', type: 'HTTP', host: '127.0.0.1', port });
    for (const [scheme, goal] of Object.entries(GOALS)) {
      const url = `${scheme}://127.0.0.1:${port}/`;
      const route = { connectThroughProxy: true, proxyConnectionId: proxyId };
      const dataSourceId = await create(CREATE_DATA_SOURCE, { name: scheme, baseUrl: url, ...route });
      const variables = { input: { dataSourceId, environment: 'dev', request: {} } };
      const bare = await stage.baseline('undici-pool.mjs', String(port), url, files.ca);
      const called = { url: server.url, bodies: [{ query: CALL, variables }], wants: '"body":"hello"' };
      const { pool, ours } = await rates(
        { pool: (seconds) => bare.call('run', seconds), ours: await stage.clients(16, called) },
        { quick },
      );
      row(`callDataSource, 16 clients, ${scheme}`, ...rateCells(ours, pool, 'bare undici pool', goal));
    }
  });
}

/** Of a target on loopback, in files. */
export async function certificates(directory) {
  const authority = await createAuthority('Bench CA');
  const { cert, key } = await authority.issue(['127.0.0.1']);
  const files = {};
  for (const [name, pem] of Object.entries({ cert, key, ca: authority.ca })) {
    files[name] = path.join(directory, `${name}.pem`);
    await writeFile(files[name], pem);
  }
  return files;
}
