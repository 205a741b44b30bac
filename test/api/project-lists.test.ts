import type { Asker } from '../../src/event-sourcing/asker.ts';
import type { CommitRange } from '../../src/event-sourcing/event-store.ts';
import { MemoryDatabase, MemoryEventStore } from '../../src/stores/memory.ts';
import { CatalogueNode } from '../event-sourcing/ledger/catalogue-node.ts';
import { Node } from '../event-sourcing/ledger/node.ts';
import { ADMIN, IdentifiedApi, ISSUER, user } from '../support/identities.ts';

const KEYS = Array.from({ length: 130 }, (_, n) => `p-${String(n).padStart(3, '0')}`);
const OWN = ['p-003', 'p-004', 'p-129'];
const BY_GROUP = ['p-004', 'p-077', 'p-128'];
const READABLE = ['p-003', 'p-004', 'p-077', 'p-128', 'p-129'];
const ada = user('ada', { groups: ['/crm', ...Array.from({ length: 300 }, (_, n) => `group ${n}`)] });

/** Remembers which logs were looked at. */
class WatchedStore extends MemoryEventStore {
  readonly looked = new Set<string>();

  override read(project: string, range?: CommitRange) {
    this.looked.add(project);
    return super.read(project, range);
  }

  override head(project: string) {
    this.looked.add(project);
    return super.head(project);
  }
}

const database = new MemoryDatabase();

beforeAll(async () => {
  const node = new CatalogueNode(new MemoryEventStore(database));
  for (const key of KEYS) await node.createProject(key);
  const grant = (project: string, kind: 'USER' | 'GROUP', identity: string) =>
    node.execute(project, { type: 'GrantAccess', kind, identity, role: 'VIEWER' });
  for (const key of OWN) await grant(key, 'USER', `${ISSUER}#ada`);
  for (const key of BY_GROUP) await grant(key, 'GROUP', '/crm');
  await node.settled();
});

function start() {
  const store = new WatchedStore(database);
  const api = new IdentifiedApi(store);
  const page = (asker: Asker, args: string) =>
    api.get(
      asker,
      `{ projects(${args}) { totalCount nodes { key } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
  return { store, api, page };
}

const keysOf = ({ nodes }: { nodes: { key: string }[] }) => nodes.map(({ key }) => key);

describe('the list of projects', () => {
  test('has those that somebody may read, by grants of their own and of their groups, once each', async () => {
    const { store, page } = start();
    const first = await page(ada, 'first: 3');
    expect(keysOf(first)).toEqual(READABLE.slice(0, 3));
    expect(first).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await page(ada, `first: 3, after: "${first.pageInfo.endCursor}"`);
    expect(keysOf(second)).toEqual(READABLE.slice(3));
    expect(second).toMatchObject({ totalCount: 5, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    const last = await page(ada, 'last: 2');
    expect(keysOf(last)).toEqual(READABLE.slice(3));
    const before = await page(ada, `last: 2, before: "${last.pageInfo.startCursor}"`);
    expect(keysOf(before)).toEqual(READABLE.slice(1, 3));
    expect(before.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    expect([...store.looked].sort()).toEqual(READABLE);
  });

  test('is empty for whoever has no grant, and opens no log', async () => {
    const { store, page } = start();
    for (const asker of [user('eve'), user('eve', { groups: ['crm'] })]) {
      expect(await page(asker, 'first: 5')).toMatchObject({ totalCount: 0, nodes: [] });
    }
    expect(store.looked.size).toBe(0);
  });

  test('has all of them for administrators, and where there are no identities', async () => {
    const { page } = start();
    for (const asker of [ADMIN, { actor: ADMIN.actor }]) {
      const { totalCount, nodes } = await page(asker, 'first: 100');
      expect(totalCount).toBe(130);
      expect(keysOf({ nodes })).toEqual(KEYS.slice(0, 100));
    }
  });

  test('has those whose names contain a text, in pages of their own', async () => {
    const { store, page } = start();
    const filter = 'filter: { nameContains: "P-0" }';
    const first = await page(ada, `${filter}, first: 2`);
    expect(keysOf(first)).toEqual(['p-003', 'p-004']);
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const second = await page(ada, `${filter}, first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(keysOf(second)).toEqual(['p-077']);
    expect(second).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    const last = await page(ada, `${filter}, last: 1`);
    expect(keysOf(last)).toEqual(['p-077']);
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect([...store.looked].sort()).toEqual(READABLE);
    expect(await page(ada, 'filter: { nameContains: "nothing" }')).toMatchObject({ totalCount: 0, nodes: [] });
    for (const all of ['filter: null', 'filter: {}', 'filter: { nameContains: null }', 'filter: { nameContains: "" }'])
      expect(keysOf(await page(ada, all))).toEqual(READABLE);
  });

  test('is not searched by a text that is too long', async () => {
    const tooLong = `filter: { nameContains: "${'x'.repeat(1_001)}" }`;
    await expect(start().page(ada, tooLong)).rejects.toThrow('nameContains');
  });

  test('has the project of a token alone', async () => {
    const query = `mutation($input: IssueTokenInput!) { issueToken(input: $input) { token { resourceId } userErrors { message } } }`;
    const { token } = await start().api.get(ADMIN, query, {
      input: { projectKey: 'p-050', name: 'ci', role: 'VIEWER' },
    });
    const id =
      Buffer.from(token.resourceId, 'base64url')
        .toString('latin1')
        .match(/[0-9A-Za-z]{12}$/)?.[0] ?? '';
    const { store, page } = start();
    const asker: Asker = {
      actor: { kind: 'TOKEN', id: `token:${id}`, name: 'ci', auth: 'token' },
      standing: { groups: [], isAdministrator: false, token: { id, project: 'p-050' } },
    };
    const listed = await page(asker, 'first: 5');
    expect([listed.totalCount, keysOf(listed)]).toEqual([1, ['p-050']]);
    expect([...store.looked]).toEqual(['p-050']);
  });

  test('has no log of the instance, which is found under no key either', async () => {
    const { api, page } = start();
    await api.get(ADMIN, 'mutation { issueToken(input: { name: "root" }) { commit { position } } }');
    expect((await page(ADMIN, 'last: 100')).totalCount).toBe(130);
    for (const args of ['', ', atLeastPosition: 9', ', asOf: { position: 1 }', ', asOf: { position: 9 }']) {
      expect(await api.get(ADMIN, `{ project(key: "$instance"${args}) { position } }`)).toBeNull();
    }
  });

  test('is judged again: what was revoked a moment ago is left out, and the page filled up', async () => {
    const silent = new Node(new MemoryEventStore(database));
    await silent.execute('p-003', { type: 'RevokeAccess', kind: 'USER', identity: `${ISSUER}#ada` });
    const { page } = start();
    expect(keysOf(await page(ada, 'first: 3'))).toEqual(READABLE.slice(1, 4));
    const again = await page(ada, 'first: 5');
    expect([again.totalCount, keysOf(again)]).toEqual([4, READABLE.slice(1)]);
  });
});
