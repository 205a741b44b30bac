import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { type Parameter, SET_PARAMETER } from './parameter-query.ts';

export type Restoring = ReturnType<typeof useRestoring>;

/** Makes a deleted parameter anew as it was, but for a secret one, whose values nobody has. */
export function useRestoring(environments: readonly string[]) {
  const { key: projectKey } = useProject();
  const { run, isRunning, userErrors, failure } = useMutationOnce(SET_PARAMETER);
  return {
    ...{ isRunning, userErrors, failure },
    async restore({ key, description, defaultValue, values }: Parameter): Promise<boolean> {
      const outcome = await run({
        ...{ projectKey, key, description, defaultValue, expectedVersion: 0 },
        values: values.filter(({ environment }) => environments.includes(environment)),
      });
      return outcome.kind === 'done';
    },
  };
}
