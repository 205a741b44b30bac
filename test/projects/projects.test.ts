import type { ProjectEvent } from '../../src/projects/project-events.ts';
import { decideProject, evolveProject, type Project, type ProjectCommand } from '../../src/projects/projects.ts';
import type { Rename } from '../../src/words/rename.ts';
import { expecting } from '../support/decisions.ts';

const created: ProjectEvent = {
  type: 'ProjectCreated',
  data: { set: { key: 'crm', name: 'CRM', environments: ['dev', 'prod'] } },
};

/** Given these events, when this is commanded while parameters have values in some environments, then … */
function given(...events: readonly ProjectEvent[]) {
  const project = events.reduce<Project>((state, event, at) => evolveProject(state, event, at + 1), {
    status: 'absent',
  });
  return {
    when(command: ProjectCommand, valuesIn: readonly string[] = []) {
      const parametersWithValuesIn = (name: string) => (valuesIn.includes(name) ? ['k'] : []);
      return expecting(decideProject(project, command, { parametersWithValuesIn }));
    },
  };
}

const update = (more: {
  environments?: readonly string[];
  renames?: readonly Rename[];
  name?: string;
}): ProjectCommand => ({
  type: 'UpdateProject',
  key: 'crm',
  set: more.name === undefined ? {} : { name: more.name },
  renames: more.renames ?? [],
  ...(more.environments && { environments: more.environments }),
});

describe('a project', () => {
  const fields = { name: 'CRM', description: null, environments: ['dev', 'prod'] };

  test('is created once', () => {
    given().when({ type: 'CreateProject', key: 'crm', fields }).thenData(created.data);
    given(created).when({ type: 'CreateProject', key: 'crm', fields }).thenRefused('NAME_TAKEN input.key');
  });

  test('changes nothing without an event', () => {
    given(created)
      .when(update({ name: 'CRM', renames: [{ from: 'dev', to: 'dev' }] }))
      .thenData();
    given()
      .when(update({ name: 'x' }))
      .thenRefused('NOT_FOUND input.key');
  });

  test('swaps environments at once, and knows which there are', () => {
    const renames = [
      { from: 'dev', to: 'prod' },
      { from: 'prod', to: 'dev' },
    ];
    const set = { environments: ['prod', 'dev'] };
    given(created)
      .when(update({ renames }))
      .thenData({ set, was: { environments: ['dev', 'prod'] }, renamed: renames });
    given(created)
      .when(update({ renames: [{ from: 'qa', to: 'x' }] }))
      .thenRefused('ENVIRONMENT_UNKNOWN input.renameEnvironments.0.from');
    given(created)
      .when(update({ renames: [{ from: 'dev', to: 'prod' }] }))
      .thenRefused('INVALID_VALUE input.renameEnvironments');
  });

  test('keeps an environment that has values', () => {
    given(created)
      .when(update({ environments: ['prod'] }), ['dev'])
      .thenRefused('INVALID_VALUE input.environments');
    given(created)
      .when(update({ environments: ['prod'] }))
      .thenData({ set: { environments: ['prod'] }, was: { environments: ['dev', 'prod'] } });
    const renames = [{ from: 'dev', to: 'qa' }];
    given(created)
      .when(update({ environments: ['prod'], renames }), ['dev'])
      .thenRefused('INVALID_VALUE input.environments');
  });
});
