// createProxyConnection, each durable before it is answered: against a bare Apollo Server with one durable insert behind
// each mutation, and against such inserts alone.
import path from 'node:path';
import { rateCells, rates } from './rates.mjs';
import { ENVIRONMENTS, fill, Stage } from './stage.mjs';

const CREATE =
  'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { proxyConnection { id } commit { position } userErrors { code } } }';
/** About what such a commit takes. */
export const ROW_BYTES = 800;

/** For `clients` of a stage. */
export function asCreated(projectKey) {
  const input = { projectKey, name: 'Proxy #NUMBER#', type: 'HTTP', host: 'h', port: 8080 };
  return { bodies: [{ query: CREATE, variables: { input } }], wants: '"userErrors":[]' };
}

const GOALS = { 64: { apollo: '>= 2', raw: '>= 0.7' }, 1: { apollo: '>= 0.8', raw: '>= 0.25' } };

export async function measure({ quick, row }) {
  for (const [env, named] of ENVIRONMENTS) {
    await Stage.run((stage) => measureIn(stage, { quick, row, named }), env);
  }
}

async function measureIn(stage, { quick, row, named }) {
  const server = await stage.serve();
  await fill(server.as(), 'bench', 0);
  const file = (name) => path.join(stage.directory, `${name}.sqlite`);
  const apollo = await stage.baseline('apollo.mjs', file('apollo'), String(ROW_BYTES));
  const raw = await stage.baseline('raw-inserts.mjs', file('raw'), String(ROW_BYTES));
  const asked = asCreated('bench');
  for (const count of [64, 1]) {
    const all = await rates(
      {
        apollo: await stage.clients(count, { ...asked, url: await apollo.call('url') }),
        raw: (seconds) => raw.call('run', seconds),
        ours: await stage.clients(count, { ...asked, url: server.url }),
      },
      { quick },
    );
    const figure = `createProxyConnection, ${count} client${count > 1 ? 's' : ''}`;
    const goal = GOALS[count];
    row(figure, ...rateCells(all.ours, all.apollo, `bare Apollo with an insert, ${named}`, goal.apollo));
    row(figure, ...rateCells(all.ours, all.raw, `raw inserts, ${named}`, goal.raw));
  }
}
