import fc from 'fast-check';
import type { DataSourceId } from '../../src/data-sources/data-source-events.ts';
import type { DataSourceState } from '../../src/data-sources/data-sources.ts';
import type { Asker } from '../../src/event-sourcing/asker.ts';
import type { ParameterId } from '../../src/parameters/parameter-events.ts';
import type { Command } from '../../src/project/project-model.ts';
import type { ProxyState } from '../../src/proxies/proxies.ts';
import type { ProxyId } from '../../src/proxies/proxy-events.ts';
import { ADMIN, user } from '../support/identities.ts';
import {
  EDITOR,
  ENVIRONMENTS,
  given,
  OWNER,
  Project,
  secretRef,
  setParameter,
  source,
  withSecrets,
} from './secret-project.ts';

const KEYS = ['a', 'b'];
const VALUES = ['good', 'evil', 'http', 'https', 'http://good', 'https://good', '80'];
const HOSTS = ['good', 'evil', `\${a}`, `x.\${b}`];
const URLS = [
  ...['https://good', 'https://evil', 'http://good', 'http://evil/path', `https://\${a}`, `http://\${b}`],
  ...[`\${a}`, `\${a}://good`, `https://good/\${b}`],
];

const key = fc.constantFrom(...KEYS);
const value = fc.constantFrom(...VALUES);
const proxyId = fc.constantFrom('P1', 'P2') as fc.Arbitrary<ProxyId>;
const sourceId = fc.constantFrom('S1', 'S2') as fc.Arbitrary<DataSourceId>;
const version = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const headers: fc.Arbitrary<readonly ('kept' | 'secret' | 'a' | 'b' | 'plain')[]> = fc.uniqueArray(
  fc.constantFrom('kept', 'secret', 'a', 'b', 'plain'),
  { maxLength: 2 },
);

/** What somebody does, made into a command on the project as it is then. */
type Act = (project: Project) => Command;

const act: fc.Arbitrary<Act> = fc.oneof(
  fc
    .record({
      ...{ key, secret: maybe(fc.boolean()), defaultValue: maybe(fc.option(value)) },
      values: maybe(fc.subarray(ENVIRONMENTS).chain((names) => fc.tuple(fc.constant(names), value))),
    })
    .map(({ key, secret, defaultValue, values }): Act => {
      return () => ({
        ...{ type: 'SetParameter', newId: `${key}-${secretRef()}` as ParameterId, key },
        ...(secret !== undefined && { secret }),
        ...(defaultValue !== undefined && {
          defaultValue: defaultValue === null ? null : { text: defaultValue, secretRef: secretRef() },
        }),
        ...(values && {
          values: values[0].map((environment) => ({ environment, value: { text: values[1], secretRef: secretRef() } })),
        }),
      });
    }),
  key.map(
    (each): Act =>
      () => ({ type: 'DeleteParameter', key: each }),
  ),
  fc
    .record({ id: proxyId, host: fc.constantFrom(...HOSTS), isBasic: fc.boolean() })
    .map(({ id, host, isBasic }): Act => {
      return ({ view }) => {
        const login = isBasic
          ? ({ authType: 'BASIC', user: 'u', password: { secretRef: secretRef() } } as const)
          : ({ authType: 'NO_AUTH', user: null, password: null } as const);
        const place = { type: 'HTTP', host, port: '80' } as const;
        return view.proxies.get(id)
          ? { type: 'UpdateProxy', id, set: { ...place, ...login } }
          : { type: 'CreateProxy', id, fields: { name: id, description: null, ...place, ...login } };
      };
    }),
  fc
    .record({ id: proxyId, host: maybe(fc.constantFrom(...HOSTS)), type: maybe(fc.constantFrom('HTTP', 'HTTPS')) })
    .map(({ id, host, type }): Act => {
      return () => ({
        type: 'UpdateProxy',
        id,
        set: { ...(host && { host }), ...(type && { type }), name: `${id} ${secretRef()}` },
      });
    }),
  proxyId.map(
    (id): Act =>
      () => ({ type: 'DeleteProxy', id, failIfInUse: false }),
  ),
  fc.record({ id: proxyId, version }).map(({ id, version: to }): Act => {
    return (project) => ({
      ...{ type: 'RestoreProxy', id, ...(to !== undefined && { version: to }) },
      past: to === undefined ? undefined : (project.past(id, to) as ProxyState | undefined),
    });
  }),
  fc
    .record({ id: sourceId, baseUrl: fc.constantFrom(...URLS), kinds: headers, proxy: fc.option(proxyId) })
    .map(({ id, baseUrl, kinds, proxy }): Act => {
      return ({ view }) =>
        view.dataSources.get(id)
          ? { type: 'UpdateDataSource', id, set: { baseUrl }, headers: given(kinds) }
          : {
              ...{ type: 'CreateDataSource', id, proxyConnectionId: proxy, headers: given(kinds) },
              fields: { name: id, description: null, type: 'RESTFUL_SYSTEM', baseUrl },
            };
    }),
  fc
    .record({
      id: sourceId,
      baseUrl: maybe(fc.constantFrom(...URLS)),
      kinds: maybe(headers),
      proxy: maybe(fc.option(proxyId)),
    })
    .map(({ id, baseUrl, kinds, proxy }): Act => {
      return () => ({
        ...{ type: 'UpdateDataSource', id, set: baseUrl === undefined ? {} : { baseUrl } },
        ...(kinds && { headers: given(kinds) }),
        ...(proxy !== undefined && { connectThroughProxy: proxy !== null, proxyConnectionId: proxy }),
      });
    }),
  sourceId.map(
    (id): Act =>
      () => ({ type: 'DeleteDataSource', id }),
  ),
  fc.record({ id: sourceId, version }).map(({ id, version: to }): Act => {
    return (project) => ({
      ...{ type: 'RestoreDataSource', id, ...(to !== undefined && { version: to }) },
      past: to === undefined ? undefined : (project.past(id, to) as DataSourceState | undefined),
    });
  }),
);

const step = fc.record({ asker: fc.constantFrom(EDITOR, EDITOR, EDITOR, OWNER), act });

describe('where stored secrets go', () => {
  test('is decided by an OWNER, or by whoever gives the secret in the same commit', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), (steps) => {
        const project = new Project();
        for (const { asker, act: command } of steps) project.run(asker, 'EDIT', command(project));
      }),
      { numRuns: 1_000 },
    );
  });

  test('says under which role it was decided: as OWNER only where that was needed', () => {
    const project = withSecrets();
    expect(project.run(OWNER, 'EDIT', setParameter('a', { defaultValue: 'elsewhere' }))).toEqual([]);
    expect(project.authority).toEqual({ role: 'OWNER', via: 'own' });
    const both = user('editor', { groups: ['owners'] });
    project.run(ADMIN, 'OWN', { type: 'GrantAccess', kind: 'GROUP', identity: 'owners', role: 'OWNER' });
    project.run(both, 'EDIT', setParameter('a', { description: 'of no account' }));
    expect(project.authority).toEqual({ role: 'EDITOR', via: 'own' });
    project.run(both, 'EDIT', setParameter('a', { defaultValue: 'elsewhere still' }));
    expect(project.authority).toEqual({ role: 'OWNER', via: 'group:owners' });
    project.run(user('root', { isAdministrator: true }), 'EDIT', setParameter('a', { defaultValue: 'wherever' }));
    expect(project.authority).toEqual({ role: 'ADMINISTRATOR', via: 'administrator' });
  });

  test('an OWNER is told what is wrong beside it, and nothing of rights', () => {
    const project = withSecrets();
    const moved: Command = { type: 'UpdateDataSource', id: 'S1', set: { baseUrl: 'https://evil' } };
    expect(project.run(EDITOR, 'EDIT', moved)).toEqual(['REQUIRED input.headers', 'FORBIDDEN input.baseUrl']);
    expect(project.run(OWNER, 'EDIT', moved)).toEqual(['REQUIRED input.headers']);
  });

  test('without identities it is anybody who decides, and no role is told', () => {
    const project = withSecrets();
    const nobody: Asker = { actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } };
    expect(project.run(nobody, 'EDIT', setParameter('a', { defaultValue: 'elsewhere' }))).toEqual([]);
    expect(project.authority).toBeUndefined();
  });

  test('values and deletions of parameters beside secrets are left to an OWNER, each at its place', () => {
    const project = withSecrets();
    const value = (environment: string, text: string) => ({ environment, value: { text, secretRef: secretRef() } });
    const refused = (command: Command) => project.run(EDITOR, 'EDIT', command);
    expect(
      refused(setParameter('a', { defaultValue: 'evil', values: [value('dev', 'evil'), value('prod', 'good')] })),
    ).toEqual(['FORBIDDEN input.defaultValue', 'FORBIDDEN input.values.0.value']);
    expect(refused(setParameter('a', { values: [] }))).toEqual(['FORBIDDEN input.values']);
    expect(refused(setParameter('a', { values: [value('prod', 'good')], description: 'the same value' }))).toEqual([]);
    expect(refused({ type: 'DeleteParameter', key: 'a' })).toEqual(['FORBIDDEN input.key']);
    // Of what is beside no secret: nobody's business.
    expect(refused(setParameter('c', { defaultValue: 'v' }))).toEqual([]);
    expect(refused({ type: 'DeleteParameter', key: 'c' })).toEqual([]);
    // A key that was deleted is beside them still.
    expect(project.run(OWNER, 'EDIT', { type: 'DeleteParameter', key: 'a' })).toEqual([]);
    expect(refused(setParameter('a', { defaultValue: 'evil' }))).toEqual(['FORBIDDEN input.defaultValue']);
    expect(refused(setParameter('a', { description: 'of no value' }))).toEqual([]);
  });

  test('a key that secret headers name becomes a secret parameter by an OWNER alone', () => {
    const project = new Project();
    project.run(EDITOR, 'EDIT', source('S1', 'https://evil', ['a']));
    const secret = setParameter('a', { secret: true, defaultValue: 'dummy' });
    expect(project.run(EDITOR, 'EDIT', secret)).toEqual(['FORBIDDEN input.secret']);
    expect(project.run(OWNER, 'EDIT', secret)).toEqual([]);
    // What it is, its editors say.
    expect(project.run(EDITOR, 'EDIT', setParameter('a', { defaultValue: 'real' }))).toEqual([]);
  });

  test('a secret parameter is named in headers by an OWNER alone, who moves what names one', () => {
    const project = withSecrets();
    const refused = (command: Command) => project.run(EDITOR, 'EDIT', command);
    expect(refused(source('S3', 'https://evil', ['secret', 's']))).toEqual(['FORBIDDEN input.headers.1.value']);
    const moved = { type: 'UpdateDataSource', id: 'S1', set: { baseUrl: 'https://evil' } } as const;
    expect(refused({ ...moved, headers: given(['s']) })).toEqual([
      'FORBIDDEN input.headers.0.value',
      'FORBIDDEN input.baseUrl',
    ]);
    // Their own secret goes where they like, and the path is not the origin.
    expect(refused({ ...moved, set: { baseUrl: 'https://good/other' } })).toEqual([]);
    expect(refused({ ...moved, headers: given(['secret']) })).toEqual([]);
    expect(refused({ ...moved, set: {}, headers: given(['s']) })).toEqual(['FORBIDDEN input.headers.0.value']);
  });

  test('the proxy of an http: data source with secrets, and where that proxy is, are left to an OWNER', () => {
    const project = withSecrets();
    const refused = (command: Command) => project.run(EDITOR, 'EDIT', command);
    const attach = (id: string, proxyConnectionId: string | null, more: object = {}): Command => ({
      ...{ type: 'UpdateDataSource', id, set: {}, connectThroughProxy: proxyConnectionId !== null },
      ...{ ...(proxyConnectionId !== null && { proxyConnectionId }), ...more },
    });
    expect(refused(attach('S2', 'P2'))).toEqual(['FORBIDDEN input.proxyConnectionId']);
    expect(refused(attach('S2', null))).toEqual(['FORBIDDEN input.connectThroughProxy']);
    expect(refused(attach('S2', 'P2', { headers: given(['secret']) }))).toEqual([]);
    expect(refused(attach('S2', 'P1'))).toEqual(['FORBIDDEN input.proxyConnectionId']);
    const place = { type: 'HTTPS', host: 'evil', port: '81' } as const;
    const everywhere = ['FORBIDDEN input.type', 'FORBIDDEN input.host', 'FORBIDDEN input.port'];
    expect(refused({ type: 'UpdateProxy', id: 'P2', set: place })).toEqual(everywhere);
    expect(refused({ type: 'UpdateProxy', id: 'P2', set: { name: 'renamed', host: 'GOOD' } })).toEqual([]);
    // Behind https: they are nobody's to see.
    expect(refused(attach('S1', 'P2'))).toEqual([]);
    expect(refused(attach('S1', null))).toEqual([]);
  });

  test('a template is an http: URL where one of the environments says so', () => {
    const project = withSecrets();
    project.run(OWNER, 'EDIT', setParameter('base', { defaultValue: 'https://good' }));
    project.run(EDITOR, 'EDIT', source('S3', `\${base}/v1`, ['secret']));
    const attached: Command = {
      ...{ type: 'UpdateDataSource', id: 'S3', set: {}, connectThroughProxy: true, proxyConnectionId: 'P2' },
    };
    const detached: Command = { type: 'UpdateDataSource', id: 'S3', set: {}, connectThroughProxy: false };
    expect(project.run(EDITOR, 'EDIT', attached)).toEqual([]);
    const moved: Command = {
      type: 'UpdateProxy',
      id: 'P1',
      set: { host: 'elsewhere', password: { secretRef: 'own' } },
    };
    expect(project.run(EDITOR, 'EDIT', moved)).toEqual(['FORBIDDEN input.host']);
    const values = [{ environment: 'prod', value: { text: 'http://good', secretRef: secretRef() } }];
    expect(project.run(EDITOR, 'EDIT', setParameter('base', { values }))).toEqual(['FORBIDDEN input.values.0.value']);
    expect(project.run(OWNER, 'EDIT', setParameter('base', { values }))).toEqual([]);
    expect(project.run(EDITOR, 'EDIT', detached)).toEqual(['FORBIDDEN input.connectThroughProxy']);
  });

  test('so it is where a base URL or headers name more parameters than are filed', () => {
    const project = new Project();
    const many = Array.from({ length: 150 }, (_, at) => `k${at}`);
    const path = many.map((each) => `\${${each}}`).join('/');
    project.run(EDITOR, 'EDIT', source('S1', `https://good/${path}`, ['secret']));
    const naming = { name: 'X', secretRef: secretRef(), parameters: many };
    project.run(EDITOR, 'EDIT', { ...source('S2', 'https://evil', []), headers: [naming] } as Command);
    const set = (each: string, more: object) => project.run(EDITOR, 'EDIT', setParameter(each, more));
    expect(set('k149', { defaultValue: 'v' })).toEqual(['FORBIDDEN input.defaultValue']);
    expect(set('k149', { secret: true })).toEqual(['FORBIDDEN input.secret']);
    expect(set('k15', { description: 'no value' })).toEqual([]);
    expect(set('k150', { defaultValue: 'v' })).toEqual([]);
    expect(set('k151', { secret: true })).toEqual([]);
  });

  test('no number of base URLs takes more than a moment to judge, and what is not judged is taken for http:', () => {
    const project = withSecrets();
    for (let at = 0; at < 150; at += 1) {
      project.run(OWNER, 'EDIT', setParameter(`base${at}`, { defaultValue: 'https://good' }));
      expect(project.run(EDITOR, 'EDIT', source(`T${at}`, `\${base${at}}`, ['secret'], 'P2'))).toEqual([]);
      const refusals = project.run(EDITOR, 'EDIT', { type: 'UpdateProxy', id: 'P2', set: { host: `host-${at}` } });
      expect(refusals).toEqual(at < 100 ? [] : ['FORBIDDEN input.host']);
    }
  });

  describe('what comes back from the past', () => {
    const remove = (id: 'P1' | 'S1' | 'S2'): Command =>
      id === 'P1' ? { type: 'DeleteProxy', id, failIfInUse: false } : { type: 'DeleteDataSource', id };
    const restore = (project: Project, id: string, version?: number): Command =>
      ({
        ...{ type: id.startsWith('P') ? 'RestoreProxy' : 'RestoreDataSource', id },
        ...(version !== undefined && { version, past: project.past(id, version) }),
      }) as Command;

    test.each(['P1', 'S1', 'S2'] as const)('is restored by an EDITOR where nothing changed meanwhile: %s', (id) => {
      const project = withSecrets();
      project.run(EDITOR, 'EDIT', setParameter('c', { defaultValue: 'v' }));
      project.run(EDITOR, 'EDIT', remove(id));
      expect(project.run(EDITOR, 'EDIT', restore(project, id))).toEqual([]);
      const rename: Command = {
        ...{ type: id === 'P1' ? 'UpdateProxy' : 'UpdateDataSource', id, set: { name: 'renamed' } },
      } as Command;
      expect(project.run(EDITOR, 'EDIT', rename)).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, id, 1))).toEqual([]);
    });

    test('a proxy whose host a parameter says, by an OWNER where that was edited', () => {
      const project = withSecrets();
      // With its data source, which goes through it.
      for (const id of ['S2', 'P1'] as const) project.run(EDITOR, 'EDIT', remove(id));
      expect(project.run(EDITOR, 'EDIT', setParameter('a', { defaultValue: 'evil' }))).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'P1'))).toEqual(['FORBIDDEN input.id']);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'P1', 1))).toEqual(['FORBIDDEN input.version']);
      expect(project.run(OWNER, 'EDIT', restore(project, 'P1'))).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'S2'))).toEqual(['FORBIDDEN input.id']);
    });

    test('a data source whose proxy moved meanwhile, or whose proxy is another', () => {
      const project = withSecrets();
      project.run(EDITOR, 'EDIT', { type: 'UpdateDataSource', id: 'S2', set: { name: 'renamed' } });
      const detached: Command = { type: 'UpdateDataSource', id: 'S2', set: {}, connectThroughProxy: false };
      expect(project.run(OWNER, 'EDIT', detached)).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'S2', 1))).toEqual(['FORBIDDEN input.version']);
      expect(project.run(OWNER, 'EDIT', restore(project, 'S2', 1))).toEqual([]);
      project.run(EDITOR, 'EDIT', remove('S2'));
      // Its password is the editor's own.
      const set = { host: 'evil', password: { secretRef: 'own' } };
      expect(project.run(EDITOR, 'EDIT', { type: 'UpdateProxy', id: 'P1', set })).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'S2'))).toEqual(['FORBIDDEN input.id']);
    });

    test('what names a parameter that became a secret one', () => {
      const project = new Project();
      project.run(EDITOR, 'EDIT', source('S1', 'https://evil', ['a']));
      project.run(EDITOR, 'EDIT', { type: 'UpdateDataSource', id: 'S1', set: {}, headers: [] });
      expect(project.run(EDITOR, 'EDIT', setParameter('a', { secret: true, defaultValue: 'v' }))).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'S1', 1))).toEqual(['FORBIDDEN input.version']);
      expect(project.run(OWNER, 'EDIT', restore(project, 'S1', 1))).toEqual([]);
    });

    test('what has its secret back where a parameter says', () => {
      const project = withSecrets();
      const own = { host: 'mine', password: { secretRef: 'own' } };
      project.run(OWNER, 'EDIT', { type: 'UpdateProxy', id: 'P1', set: own });
      expect(project.run(EDITOR, 'EDIT', setParameter('a', { defaultValue: 'evil' }))).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'P1', 1))).toEqual(['FORBIDDEN input.version']);
      const plain: Command = {
        type: 'UpdateDataSource',
        id: 'S1',
        set: { baseUrl: `https://\${c}` },
        headers: given(['secret']),
      };
      expect(project.run(EDITOR, 'EDIT', plain)).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', { ...plain, headers: [] })).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', setParameter('c', { defaultValue: 'evil' }))).toEqual([]);
      expect(project.run(EDITOR, 'EDIT', restore(project, 'S1', 2))).toEqual(['FORBIDDEN input.version']);
    });
  });
});
