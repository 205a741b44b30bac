import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import type { Role } from '../../src/access/roles.ts';
import type { Asker } from '../../src/event-sourcing/asker.ts';
import type { Data } from '../support/app.ts';
import { ADMIN, IdentifiedApi, user } from '../support/identities.ts';

const CHANGES = 'totalCount edges { cursor node { id type } } pageInfo { hasNextPage hasPreviousPage }';
const HISTORY = `query($key: String!, $filter: ChangeFilter, $first: Int, $after: String, $direction: OrderDirection, $at: Int!) {
  project(key: $key, asOf: { position: $at }) {
    history(filter: $filter, first: $first, after: $after, direction: $direction) { ${CHANGES} }
  }
}`;
const ISSUE = 'mutation($input: IssueTokenInput!) { issueToken(input: $input) { token { id } commit { position } } }';
const REVOKE = 'mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { id } } }';
const HIDDEN = ['ACCESS_GRANTED', 'ACCESS_REVOKED', 'TOKEN_ISSUED', 'TOKEN_REVOKED'];

const api = new IdentifiedApi();
const ASKERS: Readonly<Record<Role, Asker>> = {
  VIEWER: user('viewer'),
  AUDITOR: user('auditor'),
  OPERATOR: user('operator'),
  EDITOR: user('editor'),
  OWNER: user('owner'),
};
const SEES_GRANTS: readonly (readonly [string, Asker])[] = [
  ['an AUDITOR', ASKERS.AUDITOR],
  ['an OWNER', ASKERS.OWNER],
  ['an administrator', ADMIN],
];
const SEES_NONE: readonly (readonly [string, Asker])[] = [
  ['a VIEWER', ASKERS.VIEWER],
  ['an OPERATOR', ASKERS.OPERATOR],
  ['an EDITOR', ASKERS.EDITOR],
];

/** A log in which grants, tokens and other things take turns. */
async function filledProject(key: string): Promise<{ readonly tokenId: string; readonly position: number }> {
  await api.send(ADMIN, 'createProject', { key, name: key });
  for (const [role, { actor }] of Object.entries(ASKERS)) {
    await api.grant(key, actor.name, role as Role);
    await api.send(ADMIN, 'setConfigParameter', { projectKey: key, key: actor.name, defaultValue: 'x' });
  }
  for (let at = 0; at < 8; at += 1) await api.grant(key, `other-${at}`, 'VIEWER');
  const { token } = await api.get(ADMIN, ISSUE, { input: { projectKey: key, name: 'ci', role: 'VIEWER' } });
  await api.send(ADMIN, 'updateProject', { key, name: 'renamed' });
  await api.get(ADMIN, REVOKE, { input: { id: token.id } });
  await api.revoke(key, 'other-0');
  return { tokenId: token.id, position: (await api.node.image(key)).position };
}

const KEY = 'filled';
const { tokenId, position } = await filledProject(KEY);

async function history(asker: Asker, variables: object = {}): Promise<Data> {
  const { history: page } = await api.get(asker, HISTORY, { key: KEY, first: 100, at: position, ...variables });
  return page;
}

const typesOf = (page: Data): string[] => page.edges.map(({ node }: Data) => node.type);

describe('changes of grants and tokens', () => {
  test.each(SEES_GRANTS)('are told to %s', async (_, asker) => {
    const page = await history(asker);
    expect(typesOf(page)).toEqual(expect.arrayContaining(HIDDEN));
    expect(page.totalCount).toBe(page.edges.length);
    expect(await history(asker)).toEqual(await history(ADMIN));
  });

  test.each(SEES_NONE)('are left out for %s, and nothing else is', async (_, asker) => {
    const page = await history(asker);
    const all = await history(ADMIN);
    expect(page.edges).toEqual(all.edges.filter(({ node }: Data) => !HIDDEN.includes(node.type)));
    expect(page.totalCount).toBe(page.edges.length);
    expect(page.totalCount).toBe(7);
  });

  test('are left out of pages and totals of any filter and direction', async () => {
    const filter = fc.record(
      {
        types: fc.subarray(['PROJECT_CREATED', 'PROJECT_UPDATED', 'CONFIG_PARAMETER_SET', ...HIDDEN]),
        actor: fc.constantFrom(ADMIN.actor.id, 'nobody'),
        subject: fc.constantFrom(tokenId, (await api.node.image(KEY)).view.project?.id ?? ''),
        since: fc.constant('2020-01-01T00:00:00Z'),
      },
      { requiredKeys: [] },
    );
    const direction = fc.constantFrom('ASC', 'DESC');
    const at = fc.integer({ min: 3, max: position });
    await fc.assert(
      fc.asyncProperty(filter, direction, at, fc.integer({ min: 1, max: 4 }), async (wanted, order, moment, size) => {
        const asked = { filter: wanted, direction: order, at: moment };
        const all = (await history(ADMIN, asked)).edges.filter(({ node }: Data) => !HIDDEN.includes(node.type));
        const walked: Data[] = [];
        for (let after: string | undefined, isMore = true; isMore; ) {
          const page = await history(ASKERS.VIEWER, { ...asked, first: size, after });
          expect(page.totalCount).toBe(all.length);
          walked.push(...page.edges);
          after = page.edges.at(-1)?.cursor ?? after;
          isMore = page.pageInfo.hasNextPage;
          expect(isMore).toBe(walked.length < all.length);
        }
        expect(walked).toEqual(all);
      }),
      { numRuns: 40 },
    );
  });

  test('answer a filter that names only them as if there were none', async () => {
    const empty = { totalCount: 0, edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } };
    expect(await history(ASKERS.EDITOR, { filter: { types: HIDDEN } })).toEqual(empty);
    expect(await history(ASKERS.EDITOR, { filter: { subject: tokenId } })).toEqual(empty);
  });

  test('leave their commits where they are, without changes', async () => {
    const commits = async (asker: Asker) =>
      api.get(
        asker,
        `query($key: String!) { project(key: $key) { ${Array.from(
          { length: position },
          (_, at) =>
            `c${at + 1}: commit(position: ${at + 1}) { position hash actor { name } authority { role via } changes { type } }`,
        ).join(' ')} } }`,
        { key: KEY },
      );
    const [seen, all] = [await commits(ASKERS.VIEWER), await commits(ADMIN)];
    for (const name of Object.keys(all)) {
      const changes = all[name].changes.filter(({ type }: Data) => !HIDDEN.includes(type));
      expect(seen[name]).toEqual({ ...all[name], changes });
    }
    // The creator's grant is in the same commit.
    expect(all.c1.changes).toEqual([{ type: 'PROJECT_CREATED' }, { type: 'ACCESS_GRANTED' }]);
    expect(seen.c1.changes).toEqual([{ type: 'PROJECT_CREATED' }]);
    expect(seen.c2.changes).toEqual([]);
  });

  test('are no nodes for others, and neither are tokens', async () => {
    const all = await history(ADMIN);
    const ids: string[] = all.edges.map(({ node }: Data) => node.id);
    const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const found = async (asker: Asker) => (await api.get(asker, query, { ids: [...ids, tokenId] })).map(Boolean);
    expect(await found(ADMIN)).toEqual([...ids.map(() => true), true]);
    expect(await found(ASKERS.OWNER)).toEqual([...ids.map(() => true), true]);
    expect(await found(ASKERS.EDITOR)).toEqual([
      ...all.edges.map(({ node }: Data) => !HIDDEN.includes(node.type)),
      false,
    ]);
    const resource = 'query($key: String!, $id: ID!) { project(key: $key) { resource(id: $id) { id } } }';
    expect(await api.get(ASKERS.VIEWER, resource, { key: KEY, id: tokenId })).toEqual({ resource: null });
    expect(await api.get(ASKERS.AUDITOR, resource, { key: KEY, id: tokenId })).toEqual({ resource: { id: tokenId } });
  });

  test('are judged by what somebody may now, whatever moment they ask about', async () => {
    const key = 'later';
    await api.send(ADMIN, 'createProject', { key, name: key });
    await api.grant(key, 'late', 'AUDITOR');
    const late = user('late');
    const count = async (at: number) => (await api.get(late, HISTORY, { key, at, first: 100 })).history.totalCount;
    expect([await count(1), await count(2)]).toEqual([2, 3]);
    await api.grant(key, 'late', 'EDITOR');
    expect([await count(1), await count(2)]).toEqual([1, 1]);
  });
});

const CHANGE = 'type commit { position changes { type } }';

describe('a subscription', () => {
  /** The next changes, each as its position and type, with what its commit is told to hold. */
  async function told(events: AsyncGenerator<Data>, count: number): Promise<string[]> {
    const all: string[] = [];
    for (let at = 0; at < count; at += 1) {
      const { value } = await events.next();
      if (value.errors) throw new GraphQLError(value.errors[0].message);
      const { type, commit } = value.data.changes;
      all.push(`${commit.position} ${type} of ${commit.changes.map((change: Data) => change.type).join(',')}`);
    }
    return all;
  }

  test('tells of grants as long as somebody may read them, and of nothing while they may not read', async () => {
    const key = 'watched';
    await api.send(ADMIN, 'createProject', { key, name: key });
    await api.grant(key, 'watcher', 'VIEWER');
    const ended = new AbortController();
    const events = await api.subscribe(
      user('watcher'),
      `subscription { changes(projectKey: "${key}", afterPosition: 0) { ${CHANGE} } }`,
      ended.signal,
    );
    const rename = (name: string) => api.send(ADMIN, 'updateProject', { key, name });
    expect(await told(events, 1)).toEqual(['1 PROJECT_CREATED of PROJECT_CREATED']);
    await rename('three');
    expect(await told(events, 1)).toEqual(['3 PROJECT_UPDATED of PROJECT_UPDATED']);
    await api.grant(key, 'watcher', 'AUDITOR');
    expect(await told(events, 1)).toEqual(['4 ACCESS_GRANTED of ACCESS_GRANTED']);
    await api.grant(key, 'watcher', 'VIEWER');
    await rename('six');
    expect(await told(events, 1)).toEqual(['6 PROJECT_UPDATED of PROJECT_UPDATED']);
    await api.revoke(key, 'watcher');
    await rename('eight');
    const next = told(events, 2);
    let isTold = false;
    void next.then(() => {
      isTold = true;
    });
    for (let turns = 0; turns < 20; turns += 1) await new Promise(setImmediate);
    expect(isTold).toBe(false);
    await api.grant(key, 'watcher', 'VIEWER');
    await rename('ten');
    expect(await next).toEqual(['8 PROJECT_UPDATED of PROJECT_UPDATED', '10 PROJECT_UPDATED of PROJECT_UPDATED']);
    ended.abort();
    expect(await events.next()).toMatchObject({ done: true });
  });

  test('gives nobody an answer that was made for somebody who sees more', async () => {
    const key = 'shared';
    await api.send(ADMIN, 'createProject', { key, name: key });
    for (const [role, { actor }] of Object.entries(ASKERS)) await api.grant(key, actor.name, role as Role);
    const query = `subscription { changes(projectKey: "${key}", filter: { types: [PROJECT_UPDATED] }) {
      commit { position } subject { ... on Project { history(first: 100) { totalCount nodes { type commit { changes { type } } } } } }
    } }`;
    const askers = [ADMIN, ...Object.values(ASKERS), ...Object.values(ASKERS)];
    const feeds = await Promise.all(askers.map((asker) => api.subscribe(asker, query, new AbortController().signal)));
    const next = Promise.all(feeds.map((feed) => feed.next()));
    await api.send(ADMIN, 'updateProject', { key, name: 'new' });
    const answers = (await next).map(({ value }) => value.data.changes.subject.history);
    for (const [at, asker] of askers.entries()) {
      const seesGrants = SEES_GRANTS.some(([, one]) => one === asker);
      expect([asker.actor.name, answers[at].totalCount]).toEqual([asker.actor.name, seesGrants ? 8 : 2]);
      expect(answers[at].nodes).toHaveLength(answers[at].totalCount);
      expect(JSON.stringify(answers[at]).includes('ACCESS_GRANTED')).toBe(seesGrants);
    }
    await Promise.all(feeds.map((feed) => feed.return(undefined)));
  });
});
