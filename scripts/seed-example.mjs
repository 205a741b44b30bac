// Fills a running server with a realistic project, through its API. Running it again changes nothing: every mutation
// carries an idempotency key, so a second run is answered with what the first one appended.
import { accepted, graphqlClient, Unexpected } from './example/api.mjs';
import { DATA_SOURCES, EDITS, PARAMETERS, PROJECT, PROXIES } from './seed-example.data.mjs';

const DEFAULT_URL = 'http://127.0.0.1:4000/graphql';

const USAGE = `Usage: npm run -s seed-example -- [URL]

Fills a running server with the project ${PROJECT.input.key}. URL is its GraphQL endpoint (default: ${DEFAULT_URL}).
Running it again changes nothing.

Exit codes:
  0  the server has it all
  1  the server did not answer, or refused something
  2  bad usage
`;

/** Input type and payload's resource of each mutation. */
const MUTATIONS = {
  createProject: { input: 'CreateProjectInput', resource: 'project' },
  setConfigParameter: { input: 'SetConfigParameterInput', resource: 'configParameter' },
  createProxyConnection: { input: 'CreateProxyConnectionInput', resource: 'proxyConnection' },
  updateProxyConnection: { input: 'UpdateProxyConnectionInput', resource: 'proxyConnection' },
  deleteProxyConnection: { input: 'DeleteProxyConnectionInput', resource: 'proxyConnection' },
  createDataSource: { input: 'CreateDataSourceInput', resource: 'dataSource' },
  updateDataSource: { input: 'UpdateDataSourceInput', resource: 'dataSource' },
};

process.exitCode = await main(process.argv.slice(2));

async function main(args) {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const [url = DEFAULT_URL, ...others] = args;
  if (others.length > 0 || !/^https?:\/\//.test(url) || !URL.canParse(url)) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    await seed(url);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Unexpected ? error.message : (error?.stack ?? error)}\n`);
    return 1;
  }
}

async function seed(url) {
  const graphql = graphqlClient(url, { actor: PROJECT.actor });
  const projectKey = PROJECT.input.key;
  const before = await headOf(graphql, projectKey);
  const counts = { new: 0, known: 0 };

  /** The id of what the mutation was about. */
  const run = async (mutation, what, input, actor = PROJECT.actor) => {
    const { input: type, resource } = MUTATIONS[mutation];
    const document = `mutation ($input: ${type}!) {
      ${mutation}(input: $input) { ${resource} { id } commit { position } userErrors { code path message } }
    }`;
    const idempotencyKey = `seed-example: ${mutation} ${what}`;
    const payload = accepted(await graphql(document, { input: { ...input, idempotencyKey } }, actor));
    const isNew = payload.commit !== null && payload.commit.position > before;
    counts[isNew ? 'new' : 'known'] += 1;
    process.stdout.write(`${isNew ? 'done         ' : 'there already'}  ${mutation}  ${what}\n`);
    return payload[resource].id;
  };

  await run('createProject', projectKey, PROJECT.input);
  for (const { key, values, ...rest } of PARAMETERS) {
    const { any, ...own } = values;
    await run('setConfigParameter', key, {
      projectKey,
      key,
      ...rest,
      ...(any !== undefined && { defaultValue: any }),
      values: Object.entries(own).map(([environment, value]) => ({ environment, value })),
    });
  }
  const proxies = new Map();
  for (const proxy of PROXIES) {
    proxies.set(proxy.name, await run('createProxyConnection', proxy.name, { projectKey, ...proxy }));
  }
  const dataSources = new Map();
  for (const { proxy, ...dataSource } of DATA_SOURCES) {
    const attachment = proxy && { connectThroughProxy: true, proxyConnectionId: proxies.get(proxy) };
    const input = { projectKey, ...dataSource, ...attachment };
    dataSources.set(dataSource.name, await run('createDataSource', dataSource.name, input));
  }
  for (const { mutation, actor, proxy, dataSource, attach, input } of EDITS) {
    const id = proxy ? proxies.get(proxy) : dataSources.get(dataSource);
    const attachment = attach && { connectThroughProxy: true, proxyConnectionId: proxies.get(attach) };
    await run(mutation, proxy ?? dataSource, { id, ...input, ...attachment }, actor);
  }
  process.stdout.write(
    `\nProject ${projectKey} at ${url}: ${counts.new} mutations done, ${counts.known} there already; ` +
      `${proxies.size} proxy connections, ${dataSources.size} data sources.\n`,
  );
}

/** The position of the newest commit before this run; 0 without a project. */
async function headOf(graphql, key) {
  const { project } = await graphql('query ($key: String!) { project(key: $key) { position } }', { key });
  return project?.position ?? 0;
}
