import fc from 'fast-check';
import { type AccessCommand, decideAccess, type GrantedKind } from '../../src/access/access.ts';
import { applyToGrants, grantsThatHold, grantTable } from '../../src/access/access-view.ts';
import { type AccessState, judge, rolesOf } from '../../src/access/judge.ts';
import { gives, type Right, ROLES, type Role } from '../../src/access/roles.ts';
import type { Asker } from '../../src/event-sourcing/asker.ts';
import { type Commit, GENESIS_HASH } from '../../src/event-sourcing/event.ts';
import { Table } from '../../src/event-sourcing/tables/table.ts';

const ISSUER = 'https://id.example.com';
const SUBJECT = { id: 'project', name: 'CRM', version: 3 };

function commitOf(position: number, events: Commit['events']): Commit {
  return {
    ...{ project: 'crm', position, commitId: `c${position}`, at: '2026-11-25T00:00:00.000Z', events },
    actor: { kind: 'USER', id: `oidc:${ISSUER}#admin`, name: 'Admin', auth: 'oidc', issuer: ISSUER },
    ...{ previousHash: GENESIS_HASH, format: 1 },
  };
}

/** Grants as they stand after some commands, each of which must be taken. */
class Grants {
  readonly table = Table.empty(grantTable);
  private position = 0;

  run(command: AccessCommand) {
    const decision = decideAccess(this.table, command, SUBJECT);
    if ('refusals' in decision) return decision.refusals.map(({ code, path }) => [code, path.join('.')]);
    this.position += 1;
    for (const event of decision.events) {
      applyToGrants(this.table, event as Parameters<typeof applyToGrants>[1], commitOf(this.position, decision.events));
    }
    return decision.events.map(({ type, data }) => [type, data]);
  }

  grant(kind: GrantedKind, identity: string, role: Role) {
    return this.run({ type: 'GrantAccess', kind, identity, role });
  }

  revoke(kind: GrantedKind, identity: string) {
    return this.run({ type: 'RevokeAccess', kind, identity });
  }

  get state(): AccessState {
    return { grants: this.table, token: () => undefined };
  }
}

function user(sub: string, groups: readonly string[] = [], isAdministrator = false): Asker {
  const id = `oidc:${ISSUER}#${sub}`;
  return {
    actor: { kind: 'USER', id, name: sub, auth: 'oidc', issuer: ISSUER },
    standing: { groups, isAdministrator },
  };
}

describe('granting', () => {
  test('tells the role before, and appends nothing for the same role', () => {
    const grants = new Grants();
    const ada = `${ISSUER}#ada`;
    expect(grants.grant('USER', ada, 'EDITOR')).toEqual([
      ['AccessGranted', { kind: 'USER', identity: ada, set: { role: 'EDITOR' }, was: { role: null } }],
    ]);
    expect(grants.grant('USER', ada, 'EDITOR')).toEqual([]);
    expect(grants.grant('USER', ada, 'VIEWER')).toEqual([
      ['AccessGranted', { kind: 'USER', identity: ada, set: { role: 'VIEWER' }, was: { role: 'EDITOR' } }],
    ]);
    expect(grants.revoke('USER', ada)).toEqual([
      ['AccessRevoked', { kind: 'USER', identity: ada, was: { role: 'VIEWER' } }],
    ]);
    expect(grants.revoke('USER', ada)).toEqual([]);
    expect(grants.grant('USER', ada, 'VIEWER')).toMatchObject([['AccessGranted', { was: { role: null } }]]);
  });

  test('a principal of another kind with the same identity is somebody else', () => {
    const grants = new Grants();
    grants.grant('USER', `${ISSUER}#a`, 'EDITOR');
    expect(grants.revoke('CLIENT', `${ISSUER}#a`)).toEqual([['NOT_FOUND', 'input.identity']]);
  });

  test('leaves the last OWNER as it is, until there is another', () => {
    const grants = new Grants();
    grants.grant('GROUP', 'owners', 'OWNER');
    grants.grant('USER', `${ISSUER}#a`, 'EDITOR');
    expect(grants.revoke('GROUP', 'owners')).toEqual([['LAST_OWNER', 'input.identity']]);
    expect(grants.grant('GROUP', 'owners', 'EDITOR')).toEqual([['LAST_OWNER', 'input.role']]);
    grants.grant('USER', `${ISSUER}#a`, 'OWNER');
    expect(grants.revoke('GROUP', 'owners')).toMatchObject([['AccessRevoked', {}]]);
  });

  test('never leaves a project that had an OWNER without one', () => {
    const command = fc.record({
      type: fc.constantFrom('GrantAccess', 'RevokeAccess'),
      kind: fc.constantFrom('USER', 'CLIENT', 'GROUP'),
      identity: fc.constantFrom('a', 'b'),
      role: fc.constantFrom(...ROLES),
    });
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const grants = new Grants();
        let hadOwner = false;
        for (const each of commands) {
          grants.run(each as AccessCommand);
          const hasOwner = [...grantsThatHold(grants.table)].some(({ role }) => role === 'OWNER');
          expect(hasOwner || !hadOwner).toBe(true);
          hadOwner ||= hasOwner;
        }
      }),
    );
  });
});

describe('judging', () => {
  const RIGHTS: readonly Right[] = ['READ', 'READ_GRANTS', 'SEND', 'EDIT', 'OWN'];

  test('allows everything where there are no identities, without an authority', () => {
    const nobody: Asker = { actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } };
    expect(judge(new Grants().state, nobody, 'OWN')).toEqual({ allowed: true });
  });

  test('allows nothing where no right is named', () => {
    expect(judge(new Grants().state, user('a', [], true), undefined)).toEqual({ allowed: false, mayRead: true });
  });

  test('names the first that suffices: own, groups by name, administrator', () => {
    const grants = new Grants();
    grants.grant('USER', `${ISSUER}#a`, 'VIEWER');
    grants.grant('GROUP', 'b', 'EDITOR');
    grants.grant('GROUP', 'c', 'OWNER');
    const by = (right: Right) => {
      const verdict = judge(grants.state, user('a', ['b', 'c'], true), right);
      return verdict.allowed ? verdict.authority : verdict;
    };
    expect(by('READ')).toEqual({ role: 'VIEWER', via: 'own' });
    expect(by('EDIT')).toEqual({ role: 'EDITOR', via: 'group:b' });
    expect(by('OWN')).toEqual({ role: 'OWNER', via: 'group:c' });
    expect(by('ADMINISTER')).toEqual({ role: 'ADMINISTRATOR', via: 'administrator' });
  });

  test('several grants add up', () => {
    const grants = new Grants();
    grants.grant('USER', `${ISSUER}#a`, 'AUDITOR');
    grants.grant('GROUP', 'b', 'EDITOR');
    const asker = user('a', ['b']);
    expect(rolesOf(grants.state, asker)).toEqual(['AUDITOR', 'EDITOR']);
    expect(judge(grants.state, asker, 'READ_GRANTS').allowed).toBe(true);
    expect(judge(grants.state, asker, 'OWN')).toEqual({ allowed: false, mayRead: true });
  });

  test('allows exactly what one of the grants that hold gives', () => {
    const held = fc.option(fc.constantFrom(...ROLES), { nil: undefined });
    fc.assert(
      fc.property(held, held, held, fc.constantFrom(...RIGHTS), (own, inGroup, ofOthers, right) => {
        const grants = new Grants();
        if (own) grants.grant('USER', `${ISSUER}#a`, own);
        if (inGroup) grants.grant('GROUP', 'b', inGroup);
        if (ofOthers) grants.grant('GROUP', 'others', ofOthers);
        const verdict = judge(grants.state, user('a', ['b']), right);
        expect(verdict.allowed).toBe([own, inGroup].some((role) => role !== undefined && gives(role, right)));
        if (!verdict.allowed) expect(verdict.mayRead).toBe(own !== undefined || inGroup !== undefined);
      }),
    );
  });
});
