import fc from 'fast-check';
import { newDataSourceId } from '../../src/data-sources/data-source-events.ts';
import { UndecodableEventError } from '../../src/event-sourcing/decoder.ts';
import { type Commit, type Event, GENESIS_HASH } from '../../src/event-sourcing/event.ts';
import { newParameterId } from '../../src/parameters/parameter-events.ts';
import type { Command, ProjectView } from '../../src/project/project-model.ts';
import { SecretUses } from '../../src/project/secret-uses.ts';
import { secretRefsIn } from '../../src/secrets/secret-refs.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { Node, subjectOf } from '../event-sourcing/ledger/node.ts';

const small = fc.nat({ max: 2 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('password' as const), of: small }),
  fc.record({ kind: fc.constant('no password' as const), of: small }),
  fc.record({ kind: fc.constant('delete' as const), of: small }),
  fc.record({ kind: fc.constant('restore' as const), of: small }),
  fc.record({ kind: fc.constant('restore a version' as const), of: small, version: fc.nat({ max: 4 }) }),
  fc.record({ kind: fc.constant('headers' as const), keeps: fc.boolean(), more: fc.boolean() }),
  fc.record({ kind: fc.constant('delete source' as const) }),
  fc.record({ kind: fc.constant('restore source' as const) }),
  fc.record({ kind: fc.constant('parameter' as const), environment: fc.constantFrom('dev', 'prod', undefined) }),
  fc.record({ kind: fc.constant('delete parameter' as const) }),
  fc.record({ kind: fc.constant('rename dev' as const) }),
);

/** What active resources hold, by the rows that queries answer from. */
function heldBy({ proxies, dataSources, parameters }: ProjectView): string[] {
  const rows = [...proxies.all(), ...dataSources.all(), ...parameters.all()];
  return rows
    .filter(({ deletedAt }) => deletedAt === undefined)
    .flatMap((row) => {
      if ('proxy' in row) return secretRefsIn(row.proxy.fields);
      if ('source' in row) return secretRefsIn(row.source.fields);
      return secretRefsIn([row.parameter.defaultValue, ...row.parameter.values.values()]);
    });
}

test('what is in use by the events of a log is what its active rows hold, whatever was done', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const store = new MemoryEventStore();
      const node = new Node(store);
      await node.createProject('crm');
      const proxies: string[] = [];
      for (const name of ['a', 'b', 'c']) proxies.push(subjectOf(await node.createProxy('crm', name)));
      const source = newDataSourceId('crm');
      const fields = { name: 's', description: null, type: 'RESTFUL_SYSTEM', baseUrl: 'https://example.com' } as const;
      const create = { type: 'CreateDataSource', id: source, fields, headers: [], proxyConnectionId: null } as const;
      await node.execute('crm', create);

      let made = 0;
      const newRef = () => {
        made += 1;
        return `ref-${made}`;
      };
      const commandOf = async (each: (typeof steps)[number]): Promise<Command> => {
        const id = 'of' in each ? (proxies[each.of] ?? '') : source;
        switch (each.kind) {
          case 'password':
            return {
              type: 'UpdateProxy',
              id,
              set: { authType: 'BASIC', user: 'u', password: { secretRef: newRef() } },
            };
          case 'no password':
            return { type: 'UpdateProxy', id, set: { authType: 'NO_AUTH' } };
          case 'delete':
            return { type: 'DeleteProxy', id, failIfInUse: false };
          case 'restore':
            return { type: 'RestoreProxy', id, past: undefined };
          case 'restore a version': {
            const { version } = each;
            for (let position = (await node.image('crm')).position; position > 0; position -= 1) {
              const past = (await node.ledgers.viewAsOf('crm', { position }))?.view.proxies.get(id)?.proxy;
              if (past?.version === version) return { type: 'RestoreProxy', id, version, past };
            }
            return { type: 'RestoreProxy', id, version, past: undefined };
          }
          case 'headers': {
            const kept = each.keeps ? [{ name: 'X-Kept', keepsSecret: true as const }] : [];
            const given = { name: each.keeps ? 'X-Other' : 'X-Kept', secretRef: newRef(), parameters: [] };
            return { type: 'UpdateDataSource', id, set: {}, headers: each.more ? [...kept, given] : kept };
          }
          case 'delete source':
            return { type: 'DeleteDataSource', id };
          case 'restore source':
            return { type: 'RestoreDataSource', id, past: undefined };
          case 'parameter': {
            const { environment } = each;
            const value = { text: 'x', secretRef: newRef() };
            const set = environment === undefined ? { defaultValue: value } : { values: [{ environment, value }] };
            return { type: 'SetParameter', newId: newParameterId('crm'), key: 'k', secret: true, ...set };
          }
          case 'delete parameter':
            return { type: 'DeleteParameter', key: 'k' };
          case 'rename dev':
            return { type: 'UpdateProject', key: 'crm', set: {}, renames: [{ from: 'dev', to: 'test' }] };
        }
      };
      for (const each of steps) await node.execute('crm', await commandOf(each));

      const uses = new SecretUses();
      for await (const { commit } of store.read('crm')) uses.apply(commit);
      const { view } = await node.image('crm');
      const used = Array.from({ length: made }, (_, index) => `ref-${index + 1}`).filter((ref) => {
        const lifetime = uses.lifetimeOf(ref);
        return lifetime !== undefined && lifetime.forgottenAt === undefined;
      });
      expect(used.sort()).toEqual(heldBy(view).sort());
      node.ledgers.stop();
    }),
    { numRuns: 60 },
  );
}, 60_000);

describe('a secret', () => {
  const subject = { id: 'proxy-1', name: 'p', version: 1 };
  const route = { name: 'p', type: 'HTTP', host: 'h', port: '1' };
  const basic = (secretRef: string) => ({ authType: 'BASIC', user: 'u', password: { secretRef } });
  const created: Event = {
    ...{ type: 'ProxyConnectionCreated', v: 1, subject },
    data: { set: { ...route, ...basic('first') } },
  };
  const updated: Event = {
    ...{ type: 'ProxyConnectionUpdated', v: 1, subject },
    data: { set: { password: { secretRef: 'second' } }, was: { password: { secretRef: 'first' } } },
  };
  const deleted: Event = { type: 'ProxyConnectionDeleted', v: 1, subject, data: {} };
  const tested = (secretRef: string): Event => ({
    ...{ type: 'ProxyTested', v: 1, subject },
    data: {
      test: {
        ...{
          success: true,
          message: '',
          retryable: false,
          stages: [],
          warnings: [],
          durationUs: 1,
          environment: 'dev',
        },
        ...{ proxyUrl: 'http://h:1', targetUrl: 'https://example.com/', proxyAuthSchemes: [] },
      },
      draft: false,
      probed: { type: 'HTTP', host: 'h', port: 1, authType: 'BASIC', user: 'u', secretRef },
    },
  });
  const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
  const commitOf = (event: Event, position: number): Commit => ({
    ...{ project: 'crm', position, commitId: `c${position}`, at: at(position), previousHash: GENESIS_HASH, format: 1 },
    actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' },
    events: [event],
  });
  const fold = (...events: Event[]): SecretUses => {
    const uses = new SecretUses();
    for (const [index, event] of events.entries()) uses.apply(commitOf(event, index + 1));
    return uses;
  };

  test('is forgotten since it was replaced, or since its resource was deleted', () => {
    const uses = fold(created, updated, deleted);
    expect(uses.lifetimeOf('first')).toEqual({ forgottenAt: at(2) });
    expect(uses.lifetimeOf('second')).toEqual({ forgottenAt: at(3) });
    expect(uses.lifetimeOf('third')).toBeUndefined();
  });

  test('is not taken into use again by a probe that was recorded later', () => {
    expect(fold(created, updated, tested('first')).lifetimeOf('first')).toEqual({ forgottenAt: at(2) });
  });

  test('that only a probe names counts as in use: it can not be told since when it is not', () => {
    expect(fold(tested('elsewhere')).lifetimeOf('elsewhere')).toEqual({});
  });

  test('that was replaced is dropped when it is not stored any more, one in use never', () => {
    const uses = fold(created, updated);
    uses.dropReplaced(() => false);
    expect(uses.lifetimeOf('first')).toBeUndefined();
    expect(uses.lifetimeOf('second')).toEqual({});
    expect(uses.size).toBe(1);
  });

  test('keeps what was known of it when the next event is of no type that anybody knows', () => {
    const uses = fold(created);
    const unknown = { ...updated, type: 'ProxyPainted' };
    expect(() => uses.apply(commitOf(unknown, 2))).toThrow(UndecodableEventError);
    expect(uses.lifetimeOf('first')).toEqual({});
    expect(uses.lifetimeOf('second')).toBeUndefined();
  });
});
