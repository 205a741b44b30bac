import type { Role } from '../../../src/access/roles.ts';
import type { Asker } from '../../../src/event-sourcing/asker.ts';
import { canonicalBytes } from '../../../src/event-sourcing/event.ts';
import type { Envelope } from '../../../src/event-sourcing/ledger/command.ts';
import { recordAdministrators } from '../../../src/identity/record-administrators.ts';
import type { Command } from '../../../src/project/project-model.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { FaultyEventStore } from '../../support/faulty-store.ts';
import { type Answer, Node } from './node.ts';

const ISSUER = 'https://id.example.com';

function user(sub: string, isAdministrator = false): Asker {
  const id = `oidc:${ISSUER}#${sub}`;
  return {
    actor: { kind: 'USER', id, name: sub, auth: 'oidc', issuer: ISSUER },
    standing: { groups: [], isAdministrator },
  };
}

const admin = user('admin', true);
const editor = user('editor');
const EDITS = { ...editor, right: 'EDIT' };

function grant(sub: string, role: Role): Command {
  return { type: 'GrantAccess', kind: 'USER', identity: `${ISSUER}#${sub}`, role };
}

const REVOKE: Command = { type: 'RevokeAccess', kind: 'USER', identity: `${ISSUER}#editor` };

/** A project of which `editor` is EDITOR. */
async function withEditor(node: Node): Promise<void> {
  const fields = { name: 'crm', description: null, environments: ['dev'] };
  const asked = { ...admin, right: 'ADMINISTER' };
  const created = await node.execute('crm', { type: 'CreateProject', key: 'crm', fields }, asked);
  expect(authorityOf(created)).toEqual({ role: 'ADMINISTRATOR', via: 'administrator' });
  await node.execute('crm', grant('editor', 'EDITOR'), { ...admin, right: 'OWN' });
}

function authorityOf(answer: Answer) {
  return answer.kind === 'appended' ? answer.sealed.commit.authority : answer;
}

function claim(key: string): Pick<Envelope<Command>, 'idempotency'> {
  const digest = Buffer.from(canonicalBytes([key])).toString('hex');
  return { idempotency: { key, keyId: 'k', digest, matches: (recorded) => recorded.digest === digest } };
}

const KINDS = (answers: readonly Answer[]) => answers.map(({ kind }) => kind);

describe('rights', () => {
  test('whoever makes a project owns it, in the same commit, and acts by that grant', async () => {
    const node = new Node(new MemoryEventStore());
    await withEditor(node);
    const { view, position } = await node.image('crm');
    expect(position).toBe(2);
    expect([...view.grants.all()].map(({ identity, role, name }) => [identity, role, name])).toEqual([
      [`${ISSUER}#admin`, 'OWNER', 'admin'],
      [`${ISSUER}#editor`, 'EDITOR', undefined],
    ]);
    const edited = await node.createProxy('crm', 'p', { ...admin, right: 'EDIT' });
    expect(authorityOf(edited)).toEqual({ role: 'OWNER', via: 'own' });
    expect(authorityOf(await node.createProxy('crm', 'q', EDITS))).toEqual({ role: 'EDITOR', via: 'own' });
    expect((await node.image('crm')).view.grants.get(`user:${ISSUER}#editor`)?.name).toBe('editor');
  });

  test('tells who may read apart from who may not', async () => {
    const node = new Node(new MemoryEventStore());
    await withEditor(node);
    const owns = { ...editor, right: 'OWN' };
    expect(await node.execute('crm', grant('friend', 'VIEWER'), owns)).toEqual({ kind: 'barred', mayRead: true });
    const stranger = { ...user('stranger'), right: 'EDIT' };
    expect(await node.createProxy('crm', 'p', stranger)).toEqual({ kind: 'barred', mayRead: false });
    expect(await node.createProxy('none', 'p', stranger)).toEqual({ kind: 'barred', mayRead: false });
  });

  test('whatever names no right is barred for everybody with an identity', async () => {
    const node = new Node(new MemoryEventStore());
    await withEditor(node);
    expect(await node.createProxy('crm', 'p', admin)).toEqual({ kind: 'barred', mayRead: true });
  });

  test('a command that waits behind the revocation is barred', async () => {
    const node = new Node(new MemoryEventStore());
    await withEditor(node);
    const answers = await Promise.all([
      node.createProxy('crm', 'before', EDITS),
      node.execute('crm', REVOKE, { ...admin, right: 'OWN' }),
      node.createProxy('crm', 'behind', EDITS),
    ]);
    expect(KINDS(answers)).toEqual(['appended', 'appended', 'barred']);
  });

  test('a command that lost its position to the revocation is barred', async () => {
    const database = new MemoryDatabase();
    const store = new FaultyEventStore(new MemoryEventStore(database, { shared: true }));
    const [one, other] = [new Node(store), new Node(new MemoryEventStore(database, { shared: true }))];
    await withEditor(one);
    await other.image('crm');
    store.script.push({ kind: 'slow', turns: 20 });
    const late = one.createProxy('crm', 'late', EDITS);
    await other.execute('crm', REVOKE, { ...admin, right: 'OWN' });
    expect((await late).kind).toBe('barred');
  });

  test('a node that has not seen the revocation bars the command', async () => {
    const database = new MemoryDatabase();
    const [one, other] = [0, 1].map(() => new Node(new MemoryEventStore(database, { shared: true }))) as [Node, Node];
    await withEditor(one);
    expect((await other.createProxy('crm', 'p', EDITS)).kind).toBe('appended');
    await one.execute('crm', REVOKE, { ...admin, right: 'OWN' });
    expect((await other.createProxy('crm', 'q', EDITS)).kind).toBe('barred');
  });

  test('a repeated request is judged like its first run', async () => {
    const node = new Node(new MemoryEventStore());
    await withEditor(node);
    const once = () => node.createProxy('crm', 'p', { ...EDITS, ...claim('once') });
    expect((await once()).kind).toBe('appended');
    expect((await once()).kind).toBe('replayed');
    await node.execute('crm', REVOKE, { ...admin, right: 'OWN' });
    expect(await once()).toEqual({ kind: 'barred', mayRead: false });
  });
});

describe('administrators', () => {
  test('are recorded in the log of the instance, when the settings name others than it does', async () => {
    const node = new Node(new MemoryEventStore());
    const warnings: string[] = [];
    const recorder = {
      ledgers: node.ledgers,
      warn: (message: string) => void warnings.push(message),
      stopped: new AbortController().signal,
    };
    await recordAdministrators(recorder, []);
    await recordAdministrators(recorder, ['user:b', 'group:a', 'user:b']);
    await recordAdministrators(recorder, ['group:a', 'user:b']);
    const { position, view } = await node.image('$instance');
    expect(position).toBe(1);
    expect(view.administrators).toEqual(['group:a', 'user:b']);
    expect(warnings).toEqual([]);
  });
});
