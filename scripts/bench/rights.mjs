// What identities cost the list query and a mutation, and what of that is deciding who may do what.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { clients, milliseconds, paired } from './measure.mjs';
import { ISSUER, serve, startIssuer } from './serve.mjs';
import { scratch, seed } from './server.mjs';

const { catalogueOf } = await import('../../dist/app/catalogue-of.js');
const { Ledgers } = await import('../../dist/event-sourcing/ledger/ledgers.js');
const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');
const { projectModel } = await import('../../dist/project/project-model.js');
const { RequestContext } = await import('../../dist/api/context.js');

const PROJECT = 'bench';
const LIST = `{ project(key: "${PROJECT}") { proxyConnections(first: 50) { nodes { id name description type host port editedAt editedBy { name } } } } }`;
const CREATE =
  'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { proxyConnection { id } commit { position } userErrors { code } } }';

/** Who asks, by grants of their own and of groups. */
const EDITOR = 'ada';
const GROUPS = ['proxy-users', 'platform-berlin', 'on-call'];

export async function measure({ quick, row }) {
  const { directory, remove } = await scratch();
  const [open, closed] = [path.join(directory, 'open'), path.join(directory, 'closed')];
  await seed(open, PROJECT, 101);
  await seed(closed, PROJECT, 101);
  const issuer = await startIssuer(directory);
  const servers = [await serve(open, {}), await serve(closed, issuer.env)];
  const token = await giveRights(servers[1].as(await issuer.headers('admin')));
  const without = servers[0].as();
  const withToken = servers[1].as({ authorization: `Bearer ${token.secret}` });
  const withJwt = servers[1].as(await issuer.headers(EDITOR, { groups: GROUPS }));
  const rounds = quick ? 1 : 15;
  const times = quick ? 20 : 200;
  const seconds = {};
  for (const [figure, count, work] of [
    ['list of 50 rows', 1, (ask) => ask(LIST)],
    ['mutations, 1 client', 1, create],
    ['mutations, 64 clients', 64, create],
  ]) {
    const each = (ask) => () => clients(count, times, () => work(ask));
    const all = await paired(rounds, each(without), each(withToken), each(withJwt));
    const [none, ofToken, ofJwt] = all.map((time) => time / times);
    seconds[figure] = none;
    const against = (what, ours, than, baseline) =>
      row(
        `${figure}, ${what}`,
        milliseconds(ours),
        `${milliseconds(baseline)} ${than}`,
        (ours / baseline).toFixed(2),
        '',
      );
    against('with an API token', ofToken, 'without identities', none);
    against('with a known JWT', ofJwt, 'without identities', none);
    against('with a known JWT', ofJwt, 'with an API token', ofToken);
  }
  await Promise.all(servers.map((server) => server.close()));
  const deciding = await timeDeciding(closed, token.id, quick);
  for (const [credential, { read, write }] of Object.entries(deciding)) {
    for (const [figure, cost] of [
      ['list of 50 rows', read],
      ['mutations, 1 client', write],
      ['mutations, 64 clients', write],
    ]) {
      row(
        `deciding rights alone, ${credential}: ${figure}`,
        `${(cost * 1e6).toFixed(1)} µs`,
        `${milliseconds(seconds[figure])} the whole`,
        (cost / seconds[figure]).toFixed(4),
        '< 0.03',
      );
    }
  }
  await remove();
}

function create(ask) {
  return ask(CREATE, { input: { projectKey: PROJECT, name: randomUUID(), type: 'HTTP', host: 'h', port: 1 } });
}

/** The text and the id of a token. */
async function giveRights(admin) {
  const grant = 'mutation($input: GrantAccessInput!) { grantAccess(input: $input) { userErrors { message } } }';
  const grants = [
    { kind: 'GROUP', identity: GROUPS[0], role: 'VIEWER' },
    { kind: 'USER', identity: `${ISSUER}#${EDITOR}`, role: 'EDITOR' },
  ];
  for (const each of grants) await admin(grant, { input: { projectKey: PROJECT, ...each } });
  const issue = 'mutation($input: IssueTokenInput!) { issueToken(input: $input) { secret token { resourceId } } }';
  const { issueToken } = await admin(issue, { input: { projectKey: PROJECT, name: 'bench', role: 'EDITOR' } });
  const [, , id] = Buffer.from(issueToken.token.resourceId, 'base64url').toString().split(':');
  return { secret: issueToken.secret, id };
}

/** In this process: seconds that a question about rights takes, less what is done where there are no identities. */
async function timeDeciding(directory, tokenId, quick) {
  const { events: store } = openSqlite(path.join(directory, 'proxy-ledger.sqlite'));
  const stopped = new AbortController().signal;
  const warn = () => undefined;
  const alarm = warn;
  const surroundings = { store, now: () => new Date().toISOString(), newCommitId: randomUUID, alarm, stopped };
  const ledgers = new Ledgers(projectModel, surroundings, 1024 ** 3);
  const catalogue = catalogueOf({ store, warn, stopped, ledgers: () => ledgers });
  const services = { store, ledgers, catalogue, isReadBy: (...asked) => catalogue.isReadBy(...asked) };
  const nobody = { actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } };
  const person = {
    actor: { kind: 'USER', id: `oidc:${ISSUER}#${EDITOR}`, name: EDITOR, auth: 'oidc', issuer: ISSUER },
    standing: { groups: GROUPS, isAdministrator: false },
  };
  const token = {
    actor: { kind: 'TOKEN', id: `token:${tokenId}`, name: 'bench', auth: 'token' },
    standing: { groups: [], isAdministrator: false, token: { id: tokenId, project: PROJECT } },
  };
  const context = (identity) => new RequestContext(services, identity, 'r', stopped);
  const { view } = await ledgers.view(PROJECT);
  const read = (identity) => context(identity).image(PROJECT);
  const write = async (identity) => {
    const asking = context(identity);
    await asking.permitted(PROJECT, 'EDIT');
    const { actor, standing } = await asking.asker();
    if (!projectModel.permit(view, { actor, standing, right: 'EDIT' }).allowed) throw new Error('it is not permitted');
  };
  const times = quick ? 100 : 5_000;
  const costs = {};
  for (const [credential, identity] of Object.entries({ 'an API token': token, 'a known JWT': person })) {
    const cost = async (work) => {
      const each = (by) => async () => {
        for (let count = 0; count < times; count += 1) await work(by);
      };
      const [decided, undecided] = await paired(quick ? 1 : 15, each(identity), each(nobody));
      return (decided - undecided) / times;
    };
    costs[credential] = { read: await cost(read), write: await cost(write) };
  }
  ledgers.stop();
  await store.close();
  return costs;
}
