import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { SHOWN_DATA_SOURCE } from './shown-data-source.ts';

const RESTORE_DATA_SOURCE = graphql(
  `
    mutation RestoreDataSource($input: RestoreInput!) {
      restoreDataSource(input: $input) {
        dataSource {
          id
          ...ShownDataSource
        }
        userErrors {
          code
          path
          message
        }
      }
    }
  `,
  [SHOWN_DATA_SOURCE],
);

/** Undoes the deletion of a data source. */
export function useRestore() {
  const { run, isRunning, userErrors, failure } = useMutationOnce(RESTORE_DATA_SOURCE);
  const announce = useAnnounce();
  return {
    /** Answers whether it is there again. */
    restore: async ({ id, version }: { readonly id: string; readonly version: number }): Promise<boolean> => {
      const outcome = await run({ id, expectedVersion: version });
      if (outcome.kind === 'done') announce(`Restored ${outcome.payload.dataSource?.name}`);
      return outcome.kind === 'done';
    },
    isRestoring: isRunning,
    errors: userErrors.map(({ message }) => message),
    failure,
  };
}
