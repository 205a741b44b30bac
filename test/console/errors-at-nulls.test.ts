import { pathOfNull } from '../../src/console/graphql/errors-at-nulls.ts';

test.each<[string, unknown, readonly (string | number)[], readonly (string | number)[]]>([
  ['the field itself', { project: { name: null } }, ['project', 'name'], ['project', 'name']],
  ['a field above it', { project: null }, ['project', 'list', 'nodes', 0], ['project']],
  ['one in a list', { nodes: [{ id: '1' }, null] }, ['nodes', 1, 'id'], ['nodes', 1]],
  ['no field at all', null, ['project', 'name'], ['project', 'name']],
  ['none that is null', { project: { name: 'x' } }, ['project', 'name'], ['project', 'name']],
])('an error is that of the null that it made: %s', (_, data, path, expected) => {
  expect(pathOfNull(data, path)).toEqual(expected);
});
