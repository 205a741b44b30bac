// A page of 50 rows and 8 fields: each another one and the same again, against a bare Apollo Server with static rows.
import { rateCells, rates, timeCells } from './rates.mjs';
import { edgesOf, fill, Stage } from './stage.mjs';

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
  await Stage.run(async (stage) => {
    const server = await stage.serve();
    const ask = server.as();
    await fill(ask, 'small', 100);
    await fill(ask, 'large', large);
    const apollo = await stage.baseline('apollo.mjs');
    const bare = { url: await apollo.call('url'), wants: LISTED };
    const ours = { url: server.url, wants: LISTED };
    const edges = await edgesOf(ask, 'large');
    const beside = { url: server.url, ...editOf(edges[Math.floor(large / 2)].id) };
    const unseen = pages('large', edges);
    const other = await rates(
      {
        apollo: await stage.clients(CLIENTS, { ...bare, bodies: unseen }),
        ours: await stage.clients(CLIENTS, { ...ours, bodies: unseen, beside }),
      },
      { quick },
    );
    row(
      `list of 50 rows, ${large} proxies, each another page, edits beside`,
      ...rateCells(other.ours, other.apollo, 'bare Apollo', '>= 5'),
    );

    const again = await rates(
      {
        apollo: await stage.clients(CLIENTS, { ...bare, bodies: [samePage('large')] }),
        few: await stage.clients(CLIENTS, { ...ours, bodies: [samePage('small')] }),
        many: await stage.clients(CLIENTS, { ...ours, bodies: [samePage('large')] }),
      },
      { quick },
    );
    row('the same list again, 100 proxies', ...rateCells(again.few, again.apollo, 'bare Apollo', '>= 20'));
    row(`the same list again, ${large} proxies`, ...rateCells(again.many, again.apollo, 'bare Apollo', '>= 20'));
    row(`the same list again, ${large} proxies`, ...timeCells(again.many, again.few, 'at 100', '<= 1.3'));

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
      ways[name] = await stage.clients(CLIENTS, { ...ours, bodies, beside });
    }
    const { default: baseline, ...others } = await rates(ways, { quick, seconds: 0.4 });
    for (const [name, measured] of Object.entries(others)) {
      row(`list of 50 rows, ${name}`, ...timeCells(measured, baseline, 'in the default order', '<= 1.5'));
    }
  });
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
