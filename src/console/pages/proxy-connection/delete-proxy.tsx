import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { Failed } from '../../parts/failed.tsx';
import { Loading } from '../../parts/loading.tsx';
import { SHOWN_PROXY, type ShownProxy } from './shown-proxy.ts';
import { useUsers } from './use-users.ts';
import styles from './used-by.module.css';

const DELETE_PROXY = graphql(
  `
    mutation DeleteProxyConnection($input: DeleteProxyConnectionInput!) {
      deleteProxyConnection(input: $input) {
        proxyConnection {
          id
          ...ShownProxy
        }
        affectedDataSources {
          id
          routing
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

/** Says what would refuse its calls, asks once more, and deletes. */
export function DeleteProxy({ proxy, onClose, onDeleted }: DeleteProxyProps) {
  const { id, resourceId, name, version } = proxy;
  const { run, isRunning, userErrors, failure } = useMutationOnce(DELETE_PROXY);
  const affected = useUsers(resourceId);
  const announce = useAnnounce();
  const deleteIt = async (choice: { readonly reason: string; readonly refuseIfInUse: boolean }) => {
    const { reason, refuseIfInUse: failIfInUse } = choice;
    const outcome = await run({ id, reason, failIfInUse, expectedVersion: version });
    if (outcome.kind !== 'done') return;
    announce(`Deleted ${name}`);
    onDeleted();
  };
  return (
    <ConfirmDelete
      name={name}
      isOpen
      onClose={onClose}
      onDelete={deleteIt}
      isDeleting={isRunning}
      canBeInUse
      isKnown={affected.users !== undefined}
      errors={userErrors.map(({ message }) => message)}
      failure={failure}
    >
      <Affected {...affected} />
    </ConfirmDelete>
  );
}

interface DeleteProxyProps {
  readonly proxy: ShownProxy;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

function Affected({ users, failure, again }: ReturnType<typeof useUsers>) {
  if (!users) return failure ? <Failed failure={failure} again={again} /> : <Loading />;
  if (users.totalCount === 0) return <p>No data source routes through it. It can be restored, with its password.</p>;
  return (
    <div>
      <p>
        {users.totalCount === 1 ? 'This data source' : `These ${users.totalCount} data sources`} would refuse all calls,
        and never go around it:
      </p>
      <ul className={styles.list}>
        {users.nodes.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
        {users.totalCount > users.nodes.length && <li>and {users.totalCount - users.nodes.length} more</li>}
      </ul>
    </div>
  );
}
