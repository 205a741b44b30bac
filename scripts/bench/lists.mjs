// A page of 50 rows and 8 fields: each another one and the same again, against a bare Apollo Server with static rows.
import { rateCells, rates, timeCells } from './rates.mjs';
import { ENVIRONMENTS, edgesOf, fill, Stage } from './stage.mjs';

const FIELDS = 'id name description type host port editedAt editedBy { name }';
const LIST = (args = '', ofProject = '') =>
  `query($key: String!, $first: Int!, $after: String) { project(key: $key${ofProject}) { proxyConnections(first: $first, after: $after${args}) { nodes { ${FIELDS} } } } }`;
const EDIT =
  'mutation($input: UpdateProxyConnectionInput!) { updateProxyConnection(input: $input) { userErrors { code } } }';

/** What a good answer to a list has in it. */
export const LISTED = '"editedBy":{';

const CLIENTS = 16;
/** Far apart, so that pages that are asked one after the other have no row in common. */
const STRIDE = 53;
/** For load.mjs, which puts 46 to 54 in its place: so no question comes again before an edit has made it another one. */
const ABOUT_50 = 99;

export async function measure({ quick, row }) {
  const large = quick ? 200 : 5_000;
  for (const [env, named] of ENVIRONMENTS) {
    await Stage.run((stage) => measureAgainstApollo(stage, { quick, row, large, named }), env);
  }
  await Stage.run((stage) => measureOrders(stage, { quick, row, large }));
}

async function measureAgainstApollo(stage, { quick, row, large, named }) {
  const { server, edges, beside } = await openFilled(stage, large);
  await fill(server.as(), 'small', 100);
  const apollo = await stage.baseline('apollo.mjs');
  const bare = { url: await apollo.call('url'), wants: LISTED };
  const ours = { url: server.url, wants: LISTED };
  const unseen = pages('large', edges);
  const other = await rates(
    {
      apollo: await stage.clients(CLIENTS, { ...bare, bodies: unseen }),
      ours: await stage.clients(CLIENTS, { ...ours, bodies: unseen, beside }),
    },
    { quick },
  );
  const baseline = `bare Apollo, ${named}`;
  row(
    `list of 50 rows, ${large} proxies, each another page, edits beside`,
    ...rateCells(other.ours, other.apollo, baseline, '>= 5'),
  );
  const again = await rates(
    {
      apollo: await stage.clients(CLIENTS, { ...bare, bodies: [samePage('large')] }),
      few: await stage.clients(CLIENTS, { ...ours, bodies: [samePage('small')] }),
      many: await stage.clients(CLIENTS, { ...ours, bodies: [samePage('large')] }),
    },
    { quick },
  );
  row('the same list again, 100 proxies', ...rateCells(again.few, again.apollo, baseline, '>= 20'));
  row(`the same list again, ${large} proxies`, ...rateCells(again.many, again.apollo, baseline, '>= 20'));
  row(`the same list again, ${large} proxies`, ...timeCells(again.many, again.few, `at 100, ${named}`, '<= 1.3'));
}

async function measureOrders(stage, { quick, row, large }) {
  const { server, beside } = await openFilled(stage, large);
  const ask = server.as();
  const moment = Math.floor(large * 0.8);
  const asked = {
    default: ['', ''],
    'ordered by edit': [', orderBy: { field: EDITED_AT, direction: DESC }', ''],
    'ordered by editor': [', orderBy: { field: EDITED_BY }', ''],
    'filtered, every second row': [', filter: { type: HTTPS }', ''],
    'filtered, every tenth row': [', filter: { nameContains: "odd" }', ''],
    [`as of commit ${moment}`]: ['', `, asOf: { position: ${moment} }`],
  };
  const ways = {};
  for (const [name, [args, ofProject]] of Object.entries(asked)) {
    const bodies = pages('large', await edgesOf(ask, 'large', args, ofProject), LIST(args, ofProject));
    ways[name] = await stage.clients(CLIENTS, { url: server.url, wants: LISTED, bodies, beside });
  }
  const { default: baseline, ...others } = await rates(ways, { quick, seconds: 0.4 });
  for (const [name, measured] of Object.entries(others)) {
    row(`list of 50 rows, ${name}`, ...timeCells(measured, baseline, 'in the default order', '<= 1.5'));
  }
}

/** A server with a project of so many proxies, where its pages begin, and an edit of one of them. */
async function openFilled(stage, large) {
  const server = await stage.serve();
  await fill(server.as(), 'large', large);
  const edges = await edgesOf(server.as(), 'large');
  return { server, edges, beside: { url: server.url, ...editOf(edges[Math.floor(large / 2)].id) } };
}

export function samePage(key) {
  return { query: LIST(), variables: { key, first: 50, after: null } };
}

/** All pages behind one of the cursors, save those at the end, which are not full. */
export function pages(key, edges, query = LIST()) {
  const starts = edges.slice(0, Math.max(1, edges.length - 60));
  return starts.map((_, turn) => {
    const { cursor } = starts[(turn * STRIDE) % starts.length];
    return { query, variables: { key, first: ABOUT_50, after: cursor } };
  });
}

/** For `beside` of a stage's clients. */
export function editOf(id) {
  const variables = { input: { id, description: 'Edited #NUMBER#' } };
  return { body: { query: EDIT, variables }, wants: '"userErrors":[]' };
}
