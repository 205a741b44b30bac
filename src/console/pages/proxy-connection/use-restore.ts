import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { SHOWN_PROXY } from './shown-proxy.ts';

const RESTORE_PROXY = graphql(
  `
    mutation RestoreProxyConnection($input: RestoreInput!) {
      restoreProxyConnection(input: $input) {
        proxyConnection {
          id
          ...ShownProxy
        }
        userErrors {
          code
          path
          message
        }
      }
    }
  `,
  [SHOWN_PROXY],
);

/** Undoes the deletion of a proxy connection. */
export function useRestore() {
  const { run, isRunning, userErrors, failure } = useMutationOnce(RESTORE_PROXY);
  const announce = useAnnounce();
  return {
    restore: async ({ id, version }: { readonly id: string; readonly version: number }): Promise<void> => {
      const outcome = await run({ id, expectedVersion: version });
      if (outcome.kind === 'done') announce(`Restored ${outcome.payload.proxyConnection?.name}`);
    },
    isRestoring: isRunning,
    errors: userErrors.map(({ message }) => message),
    failure,
  };
}
