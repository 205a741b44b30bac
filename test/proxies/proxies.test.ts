import {
  decideProxy,
  evolveProxy,
  type ProxyCommand,
  type ProxyFields,
  type Proxy as ProxyState,
  type ProxySurroundings,
} from '../../src/proxies/proxies.ts';
import { newProxyId, type ProxyEvent } from '../../src/proxies/proxy-events.ts';
import { expecting } from '../support/decisions.ts';

const id = newProxyId('crm');
const password = { secretRef: 'stored' };
const fields: ProxyFields = {
  ...{ name: 'Corporate', description: null, type: 'HTTPS', host: 'proxy.corp', port: '8443' },
  ...{ authType: 'BASIC', user: 'svc', password },
};
const created: ProxyEvent = {
  type: 'ProxyConnectionCreated',
  data: {
    set: {
      name: 'Corporate',
      type: 'HTTPS',
      host: 'proxy.corp',
      port: '8443',
      authType: 'BASIC',
      user: 'svc',
      password,
    },
  },
};
const deleted: ProxyEvent = { type: 'ProxyConnectionDeleted', data: {} };

/** Given these events, when this is commanded, then … */
function given(...events: readonly ProxyEvent[]) {
  const proxy = events.reduce<ProxyState>((state, event, at) => evolveProxy(state, event, { id, version: at + 1 }), {
    status: 'absent',
  });
  return {
    when(command: ProxyCommand, surroundings: Partial<ProxySurroundings> = {}) {
      return expecting(
        decideProxy(proxy, command, {
          proxyNamed: () => undefined,
          dataSourcesUsing: () => [],
          isSecretParameter: () => false,
          isOwner: true,
          sendingSecretsThrough: () => [],
          editedSinceDeletion: () => false,
          ...surroundings,
        }),
      );
    },
  };
}

const update = (set: Partial<ProxyFields>, expectedVersion?: number): ProxyCommand => ({
  type: 'UpdateProxy',
  id,
  set,
  ...(expectedVersion !== undefined && { expectedVersion }),
});
const remove = (failIfInUse = false): ProxyCommand => ({ type: 'DeleteProxy', id, failIfInUse });

describe('a proxy connection', () => {
  test('is created with the fields that it has', () => {
    given().when({ type: 'CreateProxy', id, fields }).thenData(created.data);
  });

  test('whose name another has is refused', () => {
    given()
      .when({ type: 'CreateProxy', id, fields }, { proxyNamed: () => 'other' })
      .thenRefused('NAME_TAKEN input.name');
  });

  test('keeps its own name', () => {
    given(created)
      .when(update({ name: 'Corporate' }), { proxyNamed: () => id })
      .thenEvents();
  });

  test('whose name would be refused today can be edited and restored: only a name that is given is judged', () => {
    const unseen = { ...created, data: { set: { ...created.data.set, name: '\u200b' } } } as ProxyEvent;
    given(unseen)
      .when(update({ description: 'd' }))
      .thenEvents('ProxyConnectionUpdated');
    given(unseen, deleted).when({ type: 'RestoreProxy', id, past: undefined }).thenEvents('ProxyConnectionRestored');
  });

  test('an edit tells what changed, and what was', () => {
    given(created)
      .when(update({ description: 'd' }))
      .thenData({ set: { description: 'd' }, was: { description: null } });
  });

  test('an edit that changes nothing decides nothing, but a password is always a change', () => {
    given(created)
      .when(update({ port: '8443' }))
      .thenEvents();
    given(created)
      .when(update({ password: { secretRef: 'the same text' } }))
      .thenEvents('ProxyConnectionUpdated');
  });

  test.each<[string, Partial<ProxyFields>]>([
    ['type', { type: 'HTTP' }],
    ['host', { host: 'other.corp' }],
    ['port', { port: '1' }],
    ['parameter', { host: '${proxy}' }],
  ])('its password is not sent to another %s', (_, set) => {
    given(created).when(update(set)).thenRefused('REQUIRED input.password');
    given(created)
      .when(update({ ...set, password: { secretRef: 'new' } }))
      .thenEvents('ProxyConnectionUpdated');
  });

  test('a host in another case is the same place, a parameter in another case is not', () => {
    given(created)
      .when(update({ host: 'PROXY.corp' }))
      .thenEvents('ProxyConnectionUpdated');
    const templated: ProxyEvent = {
      type: 'ProxyConnectionUpdated',
      data: { set: { host: '${A}' }, was: { host: 'proxy.corp' } },
    };
    given(created, templated)
      .when(update({ host: '${a}' }))
      .thenRefused('REQUIRED input.password');
  });

  test('NO_AUTH forgets user and password, and BASIC needs both again', () => {
    const open: ProxyEvent = {
      type: 'ProxyConnectionUpdated',
      data: {
        set: { authType: 'NO_AUTH', user: null, password: null },
        was: { authType: 'BASIC', user: 'svc', password },
      },
    };
    given(created)
      .when(update({ authType: 'NO_AUTH' }))
      .thenData(open.data);
    given(created, open)
      .when(update({ authType: 'BASIC' }))
      .thenRefused('REQUIRED input.user', 'REQUIRED input.password');
    given(created, open)
      .when(update({ user: 'u' }))
      .thenRefused('INVALID_VALUE input.user');
  });

  test('a secret parameter may stand in neither host nor port', () => {
    const secret = { isSecretParameter: () => true };
    given(created)
      .when(update({ host: '${a}', port: '${b}', password }), secret)
      .thenRefused('INVALID_VALUE input.host', 'INVALID_VALUE input.port');
  });

  test('the version is judged before the rest', () => {
    given(created)
      .when(update({ type: 'HTTP' }, 2))
      .thenRefused('VERSION_CONFLICT input.expectedVersion');
  });

  test('can be deleted once, but not while in use if that is asked for', () => {
    given(created).when(remove()).thenEvents('ProxyConnectionDeleted');
    given(created, deleted).when(remove()).thenEvents();
    given(created)
      .when(remove(true), { dataSourcesUsing: () => ['CRM'] })
      .thenRefused('IN_USE input.failIfInUse');
    given().when(remove()).thenRefused('NOT_FOUND input.id');
    given(created, deleted)
      .when(update({ name: 'x' }))
      .thenRefused('NOT_FOUND input.id');
  });

  test('is restored as it was last, unless its name is taken; an active one needs a version that there was', () => {
    const restore: ProxyCommand = { type: 'RestoreProxy', id, past: undefined };
    given(created, deleted).when(restore).thenData({ set: {}, was: {}, restoredVersion: 1 });
    given(created, deleted)
      .when(restore, { proxyNamed: () => 'other' })
      .thenRefused('NAME_TAKEN input.id');
    given(created).when(restore).thenRefused('REQUIRED input.version');
    given(created)
      .when({ ...restore, version: 9 })
      .thenRefused('INVALID_VALUE input.version');
    const past = { status: 'active', id, version: 1, fields: { ...fields, host: 'old.corp', password: null } } as const;
    given(created)
      .when({ ...restore, version: 1, past })
      .thenData({
        set: { host: 'old.corp', password: null },
        was: { host: 'proxy.corp', password },
        restoredVersion: 1,
      });
  });
});
