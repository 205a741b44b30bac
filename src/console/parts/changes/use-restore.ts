import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { RESTORE_DATA_SOURCE, RESTORE_PARAMETER, RESTORE_PROXY, type Restorable } from './version-query.ts';

/** Brings back an earlier version, by the mutation that there is for what it is a version of. */
export function useRestore(now: Restorable) {
  const { key: projectKey, project } = useProject();
  const proxy = useMutationOnce(RESTORE_PROXY);
  const dataSource = useMutationOnce(RESTORE_DATA_SOURCE);
  const parameter = useMutationOnce(RESTORE_PARAMETER);
  const used = { ProxyConnection: proxy, DataSource: dataSource, ConfigParameter: parameter }[now.__typename];

  const run = (then: Restorable, reason: string) => {
    const input = { id: now.resourceId, version: then.version, expectedVersion: now.version, reason };
    if (then.__typename === 'ProxyConnection') return proxy.run(input);
    if (then.__typename === 'DataSource') return dataSource.run(input);
    // There is no way back but to set what was: as a new one, if it was deleted.
    const isThere = (environment: string) => project?.environments.includes(environment) === true;
    return parameter.run({
      ...{ projectKey, key: then.key, reason, description: then.description, defaultValue: then.defaultValue },
      values: then.values.filter(({ environment }) => isThere(environment)),
      expectedVersion: now.deletedAt === null ? now.version : 0,
    });
  };
  return { run, isRunning: used.isRunning, userErrors: used.userErrors, failure: used.failure };
}
