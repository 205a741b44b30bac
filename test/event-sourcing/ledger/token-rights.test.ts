import { INSTANCE } from '../../../src/access/instance.ts';
import type { Role } from '../../../src/access/roles.ts';
import { tokenId } from '../../../src/access/token-events.ts';
import type { Asker } from '../../../src/event-sourcing/asker.ts';
import { readersOf } from '../../../src/project/project-access.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { type Answer, Node } from './node.ts';

const SETTINGS = { groups: [], isAdministrator: true };

function asker(id: string, project?: string): Asker {
  const token = { id, ...(project !== undefined && { project }) };
  return {
    actor: { kind: 'TOKEN', id: `token:${id}`, name: id, auth: 'token' },
    standing: { groups: [], isAdministrator: project === undefined, token },
  };
}

function issue(node: Node, id: string, role: Role | null, project?: string) {
  return node.execute(
    project ?? INSTANCE,
    {
      ...{ type: 'IssueToken', newId: tokenId(project ?? INSTANCE, id), name: id, role, sha256: '0'.repeat(64) },
      terms: { now: new Date().toISOString(), mayNeverExpire: false },
    },
    { standing: SETTINGS, right: 'OWN' },
  );
}

const revoke = (node: Node, id: string, project?: string) =>
  node.execute(
    project ?? INSTANCE,
    { type: 'RevokeToken', id: tokenId(project ?? INSTANCE, id) },
    { standing: SETTINGS, right: 'OWN' },
  );

function outcomeOf(answer: Answer) {
  return answer.kind === 'appended' ? answer.sealed.commit.authority : answer;
}

const AS_STRANGER = { kind: 'barred', mayRead: false };

describe('the rights of a token', () => {
  test('are those of its role, in its project alone', async () => {
    const node = new Node(new MemoryEventStore());
    await node.createProject('crm');
    await node.createProject('erp');
    await issue(node, 'editor', 'EDITOR', 'crm');
    const edits = { ...asker('editor', 'crm'), right: 'EDIT' };
    expect(outcomeOf(await node.createProxy('crm', 'p', edits))).toEqual({ role: 'EDITOR', via: 'token' });
    expect(await node.createProxy('crm', 'q', { ...edits, right: 'OWN' })).toEqual({ kind: 'barred', mayRead: true });
    expect(await node.createProxy('erp', 'p', edits)).toEqual(AS_STRANGER);
    expect(await node.createProxy(INSTANCE, 'p', edits)).toEqual(AS_STRANGER);
  });

  test('of the instance are an administrator’s, and its projects are owned by nobody', async () => {
    const node = new Node(new MemoryEventStore());
    await issue(node, 'root', null);
    const root = asker('root');
    const fields = { name: 'crm', description: null, environments: ['dev'] };
    const created = await node.execute(
      'crm',
      { type: 'CreateProject', key: 'crm', fields },
      { ...root, right: 'ADMINISTER' },
    );
    expect(outcomeOf(created)).toEqual({ role: 'ADMINISTRATOR', via: 'token' });
    expect([...(await node.image('crm')).view.grants.all()]).toEqual([]);
    await revoke(node, 'root');
    const another = { ...root, right: 'OWN' };
    expect(await node.execute(INSTANCE, { type: 'RevokeToken', id: 'x' }, another)).toEqual(AS_STRANGER);
  });

  test('end with a revocation that a command waits behind, on whatever node', async () => {
    const database = new MemoryDatabase();
    const [one, other] = [0, 1].map(() => new Node(new MemoryEventStore(database, { shared: true }))) as [Node, Node];
    await one.createProject('crm');
    await issue(one, 'editor', 'EDITOR', 'crm');
    const edits = { ...asker('editor', 'crm'), right: 'EDIT' };
    expect((await other.createProxy('crm', 'p', edits)).kind).toBe('appended');
    const answers = await Promise.all([
      one.createProxy('crm', 'before', edits),
      revoke(one, 'editor', 'crm'),
      one.createProxy('crm', 'behind', edits),
    ]);
    expect(answers.map(({ kind }) => kind)).toEqual(['appended', 'appended', 'barred']);
    expect(await other.createProxy('crm', 'q', edits)).toEqual(AS_STRANGER);
  });
});

test('the readers of a project are its good tokens, as of the commit that changed that last', async () => {
  const node = new Node(new MemoryEventStore());
  await node.createProject('crm');
  await issue(node, 'long', 'VIEWER', 'crm');
  await issue(node, 'gone', 'VIEWER', 'crm');
  await revoke(node, 'gone', 'crm');
  const { view, position, at } = await node.image('crm');
  expect(readersOf(view)).toEqual(['token:long']);
  expect([view.accessPosition, view.accessAt]).toEqual([position, at]);
  await node.createProxy('crm', 'p');
  expect((await node.image('crm')).view.accessPosition).toBe(position);
});
