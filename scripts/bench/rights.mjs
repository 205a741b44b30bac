// What identities cost the list query and a mutation, and what of that is deciding who may do what.
import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { editOf, LISTED, pages, samePage } from './lists.mjs';
import { median, milliseconds, paired } from './measure.mjs';
import { asCreated } from './mutations.mjs';
import { rateCells, rates } from './rates.mjs';
import { ISSUER, startIssuer } from './serve.mjs';
import { seed } from './server.mjs';
import { edgesOf, Stage } from './stage.mjs';

const { catalogueOf } = await import('../../dist/app/catalogue-of.js');
const { Ledgers } = await import('../../dist/event-sourcing/ledger/ledgers.js');
const { openSqlite } = await import('../../dist/stores/sqlite/open-sqlite.js');
const { projectModel } = await import('../../dist/project/project-model.js');
const { RequestContext } = await import('../../dist/api/context.js');

const PROJECT = 'bench';
/** Who asks, by grants of their own and of groups. */
const EDITOR = 'ada';
const GROUPS = ['proxy-users', 'platform-berlin', 'on-call'];

export async function measure({ quick, row }) {
  await Stage.run(async (stage) => {
    const issuer = await startIssuer(stage.directory);
    const proxies = quick ? 100 : 5_000;
    for (const name of ['open', 'closed']) await seedIn(path.join(stage.directory, name), proxies);
    const open = await stage.serve({}, 'open');
    const closed = await stage.serve(issuer.env, 'closed');
    const admin = await issuer.headers('admin');
    const token = await giveRights(closed.as(admin));
    const none = { url: open.url };
    const withToken = { url: closed.url, headers: { authorization: `Bearer ${token.secret}` } };
    const withJwt = { url: closed.url, headers: await issuer.headers(EDITOR, { groups: GROUPS }) };
    const edges = await edgesOf(open.as(), PROJECT);
    const half = Math.floor(edges.length / 2);
    const edits = {
      [open.url]: { ...none, ...editOf(edges[half].id) },
      [closed.url]: { ...withJwt, ...editOf((await edgesOf(closed.as(admin), PROJECT))[half].id) },
    };
    // Those that ask the same server ask for other pages, so that none is answered what was made for the other.
    const halves = [edges.slice(0, half), edges.slice(half)].map((some) => pages(PROJECT, some));
    const other = (turn, { url }) => ({ bodies: halves[turn], wants: LISTED, beside: edits[url] });
    const same = () => ({ bodies: [samePage(PROJECT)], wants: LISTED });
    const create = () => asCreated(PROJECT);
    const figures = [
      { figure: 'list of 50 rows, each another page', count: 16, asked: other, goal: '>= 0.95', does: 'read' },
      { figure: 'the same list again', count: 16, asked: same, goal: '', does: 'read' },
      { figure: 'createProxyConnection, 1 client', count: 1, asked: create, goal: '', does: 'write' },
      { figure: 'createProxyConnection, 64 clients', count: 64, asked: create, goal: '', does: 'write' },
    ];
    const seconds = {};
    for (const { figure, count, asked, goal } of figures) {
      const by = (turn, who) => stage.clients(count, { ...asked(turn, who), ...who });
      const ways = {
        none: await by(0, none),
        token: await by(0, withToken),
        again: await by(1, none),
        jwt: await by(1, withJwt),
      };
      const all = await rates(ways, { quick });
      row(`${figure}, without identities`, ...rateCells(all.again, all.none, 'the same: noise'));
      row(`${figure}, with an API token`, ...rateCells(all.token, all.none, 'without identities'));
      row(`${figure}, with a known JWT`, ...rateCells(all.jwt, all.again, 'without identities', goal));
      seconds[figure] = 1 / median(all.none.rates);
    }
    await open.close();
    await closed.close();
    const deciding = await timeDeciding(closed.directory, token.id, quick);
    for (const [credential, costs] of Object.entries(deciding)) {
      for (const { figure, does } of figures) {
        const cost = costs[does];
        row(
          `deciding rights alone, ${credential}: ${figure}`,
          `${(cost * 1e6).toFixed(1)} µs`,
          `${milliseconds(seconds[figure])} the whole`,
          (cost / seconds[figure]).toFixed(4),
          '< 0.03',
        );
      }
    }
  });
}

async function seedIn(directory, proxies) {
  await mkdir(directory);
  await seed(directory, PROJECT, proxies + 1);
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
