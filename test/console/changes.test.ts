import { CHANGE_TYPES as TYPES_OF_THE_API } from '../../src/api/history/change-types.ts';
import { historyFilter, instantOf, localInput } from '../../src/console/pages/history/history-filter.ts';
import {
  CHANGE_TYPES,
  changeKind,
  changeWords,
  fieldWords,
  placeOf,
  testWords,
  valueWords,
} from '../../src/console/parts/changes/change-words.ts';
import { groupByCommit } from '../../src/console/parts/changes/commits.ts';
import { restorableVersion } from '../../src/console/parts/changes/restorable-version.ts';
import { differences, type Version } from '../../src/console/parts/changes/version-diff.ts';

describe('the changes of a history', () => {
  test('are together by their commit, in their order', () => {
    const at = (position: number, id: string) => ({ id, commit: { position } });
    const changes = [at(3, 'c2'), at(3, 'c1'), at(2, 'b'), at(1, 'a')];
    expect(groupByCommit(changes).map(({ position, changes: each }) => [position, each.map(({ id }) => id)])).toEqual([
      [3, ['c2', 'c1']],
      [2, ['b']],
      [1, ['a']],
    ]);
    expect(groupByCommit([])).toEqual([]);
  });

  test('have words for every type that the API tells of, and for those that it may tell of', () => {
    for (const type of Object.values(TYPES_OF_THE_API)) expect(changeWords(type).verb).not.toBe('');
    expect([...CHANGE_TYPES, 'ADMINISTRATORS_SET'].sort()).toEqual(Object.values(TYPES_OF_THE_API).sort());
    expect(changeWords('ROBOT_PAINTED')).toEqual({ noun: 'Robot painted', verb: '' });
    expect(changeWords('CONFIG_PARAMETER_SET', 1).verb).toBe('created');
    expect(changeWords('CONFIG_PARAMETER_SET', 2).verb).toBe('updated');
    expect(changeKind('PROXY_TESTED')).toBe('test');
    expect(changeKind('PROXY_CONNECTION_UPDATED')).toBe('edit');
    expect(changeKind('TOKEN_ISSUED')).toBe('access');
  });

  test('lead to what they are about', () => {
    const place = (type: string, subjectId: string | null = 'id', subjectName: string | null = 'a&b') =>
      placeOf({ type, subjectId, subjectName });
    expect(place('PROXY_TESTED')).toBe('proxy-connections/id');
    expect(place('PROXY_TESTED', null, null)).toBeUndefined();
    expect(place('DATA_SOURCE_DELETED')).toBe('data-sources/id');
    expect(place('CONFIG_PARAMETER_SET')).toBe('parameters?search=a%26b');
    expect(place('PROJECT_UPDATED')).toBeUndefined();
  });

  test('call fields as the forms do', () => {
    expect(fieldWords('host', 'PROXY_CONNECTION_UPDATED')).toBe('Proxy Host');
    expect(fieldWords('type', 'PROXY_CONNECTION_UPDATED')).toBe('Proxy Type');
    expect(fieldWords('type', 'DATA_SOURCE_UPDATED')).toBe('Type');
    expect(fieldWords('headers[X-Key]', 'DATA_SOURCE_UPDATED')).toBe('Header X-Key');
    expect(fieldWords('values[prod]', 'CONFIG_PARAMETER_SET')).toBe('Value in prod');
    expect(fieldWords('environments', 'PROJECT_UPDATED')).toBe('Environments');
    expect(valueWords('["dev","prod"]')).toBe('dev, prod');
    expect(valueWords('["dev"')).toBe('["dev"');
    expect(valueWords('[1]')).toBe('[1]');
  });

  test('say how a test went', () => {
    const of = (success: string, failure: string | null) => [
      { field: 'success', after: success },
      { field: 'failure', after: failure },
      { field: 'environment', after: 'dev' },
    ];
    expect(testWords(of('true', null))).toEqual({ isGood: true, words: 'succeeded in dev' });
    expect(testWords(of('false', 'PROXY_AUTH_REQUIRED')).words).toBe('failed in dev: proxy auth required');
  });
});

describe('the filters of a history', () => {
  const filterOf = (search: string) => historyFilter(new URLSearchParams(search));

  test('are what the address names, and nothing that can not be understood', () => {
    expect(filterOf('')).toEqual({});
    expect(filterOf('actor=x-actor%3Aada&type=PROXY_TESTED&since=2026-01-02T03:04:00Z&until=yesterday')).toEqual({
      actor: 'x-actor:ada',
      types: ['PROXY_TESTED'],
      since: '2026-01-02T03:04:00.000Z',
    });
    expect(filterOf('type=NOTHING')).toEqual({});
    expect(filterOf('type=PROXY_TESTED,DATA_SOURCE_CREATED').types).toEqual(['PROXY_TESTED', 'DATA_SOURCE_CREATED']);
  });

  test('tell edits and tests apart', () => {
    expect(filterOf('type=tests').types).toEqual(['PROXY_TESTED']);
    expect(filterOf('type=edits').types).not.toContain('PROXY_TESTED');
    expect(filterOf('type=edits').types).toContain('PROXY_CONNECTION_UPDATED');
  });

  test('take a time as it is typed, and show it so again', () => {
    expect(instantOf('2026-01-02T03:04')).toBe(new Date(2026, 0, 2, 3, 4).toISOString());
    expect(localInput(instantOf('2026-01-02T03:04'))).toBe('2026-01-02T03:04');
    expect(instantOf('2026-')).toBe('');
    expect(localInput('never')).toBe('');
  });
});

describe('a version that is brought back', () => {
  const proxy: Version = {
    __typename: 'ProxyConnection',
    ...{ name: 'P', description: null, type: 'HTTP', host: 'a', port: '80', authType: 'BASIC', user: 'u' },
    hasPassword: true,
  };

  test('changes what differs, and a secret as it was', () => {
    expect(differences(proxy, { ...proxy, host: 'b', description: 'd' })).toEqual([
      { field: 'Description', now: null, restored: 'd', isSecret: false },
      { field: 'Proxy Host', now: 'a', restored: 'b', isSecret: false },
      { field: 'Password', now: 'stored', restored: 'stored', isSecret: true },
    ]);
    const open = { ...proxy, hasPassword: false };
    expect(differences(open, open)).toEqual([]);
    expect(differences(proxy, open)).toEqual([{ field: 'Password', now: 'stored', restored: null, isSecret: true }]);
  });

  test('brings and takes headers and values', () => {
    const dataSource: Version = {
      __typename: 'DataSource',
      ...{ name: 'D', description: null, baseUrl: 'http://a', connectThroughProxy: true },
      proxyConnection: { name: 'P' },
      headers: [{ name: 'A', secret: false, value: '1' }],
    };
    const earlier: Version = {
      ...dataSource,
      ...{ connectThroughProxy: false, proxyConnection: null },
      headers: [{ name: 'B', secret: true, value: null }],
    };
    expect(differences(dataSource, earlier).map(({ field, now, restored }) => [field, now, restored])).toEqual([
      ['Connect through Proxy', 'yes', 'no'],
      ['Proxy Connection', 'P', null],
      ['Header B', null, 'stored'],
      ['Header A', '1', null],
    ]);
    const parameter: Version = {
      ...{ __typename: 'ConfigParameter', description: null, secret: false, defaultValue: null },
      values: [{ environment: 'dev', value: '1' }],
    };
    expect(differences(parameter, { ...parameter, values: [] })).toEqual([
      { field: 'Value in dev', now: '1', restored: null, isSecret: false },
    ]);
  });

  test('is an edit of the resource, and not the newest', () => {
    const now = { resourceId: 'r', version: 3, deletedAt: null };
    const change = (type: string, version: number, subjectId = 'r') => ({ type, version, subjectId });
    const of = (...changes: readonly ReturnType<typeof change>[]) => restorableVersion(changes, now);
    expect(of(change('DATA_SOURCE_UPDATED', 1), change('DATA_SOURCE_PROXY_ATTACHED', 2))).toBe(2);
    expect(of(change('PROXY_CONNECTION_UPDATED', 3))).toBeUndefined();
    expect(of(change('PROXY_TESTED', 2))).toBeUndefined();
    expect(of(change('DATA_SOURCE_UPDATED', 2, 'another'))).toBeUndefined();
    const deleted = { ...now, deletedAt: '2026-01-01T00:00:00Z' };
    expect(restorableVersion([change('PROXY_CONNECTION_DELETED', 3)], deleted)).toBeUndefined();
    expect(restorableVersion([change('PROXY_CONNECTION_CREATED', 1)], deleted)).toBe(1);
  });
});
