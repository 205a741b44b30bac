import { type DataSourceEvent, newDataSourceId } from '../../src/data-sources/data-source-events.ts';
import {
  type DataSource,
  type DataSourceCommand,
  type DataSourceState,
  type DataSourceSurroundings,
  decideDataSource,
  evolveDataSource,
  type UpdateDataSource,
} from '../../src/data-sources/data-sources.ts';
import { expecting } from '../support/decisions.ts';

const id = newDataSourceId('crm');
const secret = { name: 'X-Key', secretRef: 'stored', parameters: [] };
const plain = { name: 'Accept', value: 'text/plain' };
const created: DataSourceEvent = {
  type: 'DataSourceCreated',
  data: { set: { name: 'CRM', type: 'RESTFUL_SYSTEM', baseUrl: 'https://crm.example/v1', headers: [secret, plain] } },
};
const attached: DataSourceEvent = {
  type: 'DataSourceProxyAttached',
  data: { set: { proxyConnectionId: 'proxy-1' }, was: { proxyConnectionId: null } },
};
const deleted: DataSourceEvent = { type: 'DataSourceDeleted', data: {} };

/** Each in a commit of its own. */
function stateAfter(...events: readonly DataSourceEvent[]): DataSource {
  return events.reduce<DataSource>((state, event, at) => evolveDataSource(state, event, { id, version: at + 1 }), {
    status: 'absent',
  });
}

/** Given these events, when this is commanded, then … */
function given(...events: readonly DataSourceEvent[]) {
  return {
    when(command: DataSourceCommand, surroundings: Partial<DataSourceSurroundings> = {}) {
      return expecting(
        decideDataSource(stateAfter(...events), command, {
          dataSourceNamed: () => undefined,
          proxyStatus: () => 'active',
          isSecretParameter: () => false,
          isOwner: true,
          isHttp: (baseUrl) => baseUrl.startsWith('http:'),
          editedSinceDeletion: () => false,
          proxyEditedSinceDeletion: () => false,
          ...surroundings,
        }),
      );
    },
  };
}

const create = (proxyConnectionId: string | null): DataSourceCommand => ({
  type: 'CreateDataSource',
  id,
  fields: { name: 'CRM', description: null, type: 'RESTFUL_SYSTEM', baseUrl: 'https://crm.example/v1' },
  headers: [secret, plain],
  proxyConnectionId,
});
const update = (change: Omit<Partial<UpdateDataSource>, 'type' | 'id'>): DataSourceCommand => ({
  type: 'UpdateDataSource',
  id,
  set: {},
  ...change,
});
const remove: DataSourceCommand = { type: 'DeleteDataSource', id };
const restore = (version?: number, past?: DataSource): DataSourceCommand => ({
  type: 'RestoreDataSource',
  id,
  ...(version !== undefined && { version }),
  past: past as DataSourceState | undefined,
});

describe('a data source', () => {
  test('is created with the fields that it has', () => {
    given().when(create(null)).thenData(created.data);
  });

  test('with a proxy is created and attached in one commit, as one version', () => {
    given().when(create('proxy-1')).thenEvents('DataSourceCreated', 'DataSourceProxyAttached');
    given().when(create('proxy-1')).thenVersions(1, 1);
  });

  test.each([
    ['absent', 'NOT_FOUND'],
    ['deleted', 'PROXY_CONNECTION_DELETED'],
  ] as const)('is not attached to a proxy that is %s', (status, code) => {
    const surroundings = { proxyStatus: () => status };
    given().when(create('proxy-1'), surroundings).thenRefused(`${code} input.proxyConnectionId`);
    given(created)
      .when(update({ connectThroughProxy: true, proxyConnectionId: 'proxy-1' }), surroundings)
      .thenRefused(`${code} input.proxyConnectionId`);
  });

  test('tells all that is wrong with it at once', () => {
    given()
      .when(create('proxy-1'), {
        dataSourceNamed: () => 'other',
        proxyStatus: () => 'absent',
        isSecretParameter: () => true,
      })
      .thenRefused('NAME_TAKEN input.name', 'NOT_FOUND input.proxyConnectionId');
  });

  test('keeps its own name', () => {
    given(created)
      .when(update({ set: { name: 'crm' } }), { dataSourceNamed: () => id })
      .thenEvents('DataSourceUpdated');
  });

  test('may not have a secret parameter in its base URL', () => {
    given(created)
      .when(update({ set: { baseUrl: 'https://${token}.example' }, headers: [] }), { isSecretParameter: () => true })
      .thenRefused('INVALID_VALUE input.baseUrl');
  });
});

describe('the proxy of a data source', () => {
  test('is attached, changed and detached by events of their own', () => {
    given(created)
      .when(update({ connectThroughProxy: true, proxyConnectionId: 'proxy-1' }))
      .thenEvents('DataSourceProxyAttached');
    given(created, attached)
      .when(update({ proxyConnectionId: 'proxy-2' }))
      .thenData({ set: { proxyConnectionId: 'proxy-2' }, was: { proxyConnectionId: 'proxy-1' } });
    given(created, attached)
      .when(update({ connectThroughProxy: false }))
      .thenData({ set: { proxyConnectionId: null }, was: { proxyConnectionId: 'proxy-1' } });
  });

  test('is detached together with an edit, as one version', () => {
    given(created, attached)
      .when(update({ set: { name: 'New' }, connectThroughProxy: false }))
      .thenVersions(3, 3);
  });

  test('is needed to connect through one, and refused without', () => {
    given(created)
      .when(update({ connectThroughProxy: true }))
      .thenRefused('REQUIRED input.proxyConnectionId');
    given(created, attached)
      .when(update({ connectThroughProxy: false, proxyConnectionId: 'proxy-2' }))
      .thenRefused('INVALID_VALUE input.proxyConnectionId');
    given(created, attached)
      .when(update({ proxyConnectionId: null }))
      .thenRefused('REQUIRED input.proxyConnectionId');
  });

  test('stays when nothing is said of it, or the same', () => {
    given(created, attached).when(update({})).thenEvents();
    given(created, attached)
      .when(update({ connectThroughProxy: true, proxyConnectionId: 'proxy-1' }))
      .thenEvents();
  });
});

describe('the secret headers of a data source', () => {
  const kept = { name: 'x-key', keepsSecret: true } as const;

  test('stay when they are named without a value', () => {
    given(created)
      .when(update({ headers: [plain, kept] }))
      .thenEvents();
  });

  test('need a value where none is stored', () => {
    given(created)
      .when(update({ headers: [{ name: 'Accept', keepsSecret: true }] }))
      .thenRefused('REQUIRED input.headers.0.value');
  });

  test('are not sent to another origin than they were given for', () => {
    const set = { baseUrl: 'https://other.example/v1' };
    given(created).when(update({ set })).thenRefused('REQUIRED input.headers');
    given(created)
      .when(update({ set, headers: [plain, kept] }))
      .thenRefused('REQUIRED input.headers.1.value');
    given(created)
      .when(update({ set, headers: [{ name: 'X-Key', secretRef: 'new', parameters: [] }] }))
      .thenEvents('DataSourceUpdated');
    given(created)
      .when(update({ set: { baseUrl: 'https://crm.example/v2' } }))
      .thenEvents('DataSourceUpdated');
  });
});

describe('deleting and restoring a data source', () => {
  test('once is enough', () => {
    given(created).when(remove).thenEvents('DataSourceDeleted');
    given(created, deleted).when(remove).thenEvents();
    given().when(remove).thenRefused('NOT_FOUND input.id');
  });

  test('a deleted one is not edited', () => {
    given(created, deleted)
      .when(update({ set: { name: 'New' } }))
      .thenRefused('NOT_FOUND input.id');
  });

  test('it comes back as it was, with its proxy', () => {
    given(created, attached, deleted).when(restore()).thenData({ set: {}, was: {}, restoredVersion: 2 });
    given(created, attached, deleted).when(restore()).thenEvents('DataSourceRestored');
  });

  test('a version comes back with the proxy that it had', () => {
    given(created, attached)
      .when(restore(1, stateAfter(created)))
      .thenEvents('DataSourceRestored', 'DataSourceProxyDetached');
    given(created)
      .when(restore(1, stateAfter(created)))
      .thenEvents();
  });

  test('needs a version while it is active, one that there was, and a name that is free', () => {
    given(created).when(restore()).thenRefused('REQUIRED input.version');
    given(created).when(restore(7)).thenRefused('INVALID_VALUE input.version');
    given(created, deleted)
      .when(restore(), { dataSourceNamed: () => 'other' })
      .thenRefused('NAME_TAKEN input.id');
  });

  test.each([remove, update({ set: { name: 'New' } }), restore()])(
    'with another version than the expected one is refused: $type',
    (command) => {
      given(created)
        .when({ ...command, expectedVersion: 2 } as DataSourceCommand)
        .thenRefused('VERSION_CONFLICT input.expectedVersion');
    },
  );
});
