import type { Parameter } from './parameter-query.ts';

/** What makes a deleted parameter anew as it was. Of a secret one nobody has the values: it is made with none. */
export function restoringInput(parameter: Parameter, projectKey: string, environments: readonly string[]) {
  const { key, secret, description, defaultValue, values } = parameter;
  return {
    ...{ projectKey, key, secret, description, expectedVersion: 0 },
    ...(!secret && {
      defaultValue,
      values: values.filter(({ environment }) => environments.includes(environment)),
    }),
  };
}
