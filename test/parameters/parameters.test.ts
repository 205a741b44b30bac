import type { ParameterEvent, ParameterId } from '../../src/parameters/parameter-events.ts';
import {
  decideParameter,
  evolveParameter,
  type Parameter,
  type ParameterCommand,
  type ParameterSurroundings,
  type SetParameter,
} from '../../src/parameters/parameters.ts';
import { expecting } from '../support/decisions.ts';

const id = 'parameter' as ParameterId;
const plain: ParameterEvent = {
  type: 'ConfigParameterSet',
  data: { set: { key: 'k', secret: false, defaultValue: 'v' } },
};
const secret: ParameterEvent = {
  type: 'ConfigParameterSet',
  data: { set: { key: 'k', secret: true, values: [{ environment: 'dev', value: { secretRef: 'one' } }] } },
};
const deleted: ParameterEvent = { type: 'ConfigParameterDeleted', data: {} };

/** Given these events, when this is commanded in a project with dev and prod, then … */
function given(...events: readonly ParameterEvent[]) {
  const parameter = events.reduce<Parameter>(
    (state, event, at) => evolveParameter(state, event, { id, version: at + 1 }),
    { status: 'absent' },
  );
  return {
    when(command: ParameterCommand, surroundings: Partial<ParameterSurroundings> = {}) {
      return expecting(
        decideParameter(parameter, command, {
          environments: ['dev', 'prod'],
          isOwner: true,
          sendingWhereItSays: () => [],
          sendingIt: () => [],
          ...surroundings,
        }),
      );
    },
  };
}

const set = (more: Partial<SetParameter>): SetParameter => ({ type: 'SetParameter', newId: id, key: 'k', ...more });
const text = (value: string) => ({ text: value, secretRef: `ref of ${value}` });

describe('a configuration parameter', () => {
  test('is set for the first time, edited, and left as it is', () => {
    given()
      .when(set({ defaultValue: text('v') }))
      .thenData(plain.data);
    given(plain)
      .when(set({ defaultValue: text('v') }))
      .thenData();
    given(plain)
      .when(set({ defaultValue: null }))
      .thenData({ set: { defaultValue: null }, was: { defaultValue: 'v' } });
  });

  test('has values in environments that there are', () => {
    const values = [{ environment: 'qa', value: text('x') }];
    given(plain).when(set({ values })).thenRefused('ENVIRONMENT_UNKNOWN input.values.0.environment');
    given(plain)
      .when(set({ values: [{ environment: 'dev', value: null }] }))
      .thenRefused('REQUIRED input.values.0.value');
  });

  test('that is secret keeps what is stored, stores references alone, and stays secret', () => {
    given(secret)
      .when(set({ values: [{ environment: 'dev', value: null }] }))
      .thenData();
    given(secret)
      .when(set({ values: [{ environment: 'prod', value: null }] }))
      .thenRefused('REQUIRED input.values.0.value');
    given(secret)
      .when(set({ defaultValue: text('x') }))
      .thenData({
        set: { defaultValue: { secretRef: 'ref of x' } },
        was: { defaultValue: null },
      });
    given(secret)
      .when(set({ secret: false }))
      .thenRefused('INVALID_VALUE input.secret');
  });

  test('may be expected not to be there, is deleted once, and set anew after that', () => {
    given(plain)
      .when(set({ expectedVersion: 0 }))
      .thenRefused('VERSION_CONFLICT input.expectedVersion');
    given(plain).when({ type: 'DeleteParameter', key: 'k' }).thenData({});
    given(plain, deleted).when({ type: 'DeleteParameter', key: 'k' }).thenData();
    given().when({ type: 'DeleteParameter', key: 'k' }).thenRefused('NOT_FOUND input.key');
    given(plain, deleted)
      .when(set({ expectedVersion: 0, defaultValue: text('v') }))
      .thenData(plain.data);
  });
});
