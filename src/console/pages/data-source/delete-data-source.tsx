import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { SHOWN_DATA_SOURCE, type ShownDataSource } from './shown-data-source.ts';

const DELETE_DATA_SOURCE = graphql(
  `
    mutation DeleteDataSource($input: DeleteInput!) {
      deleteDataSource(input: $input) {
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

/** Asks once more, and deletes. */
export function DeleteDataSource({ dataSource, onClose, onDeleted }: DeleteDataSourceProps) {
  const { run, isRunning, userErrors, failure } = useMutationOnce(DELETE_DATA_SOURCE);
  const announce = useAnnounce();
  const { id, name, version } = dataSource;
  const deleteIt = async (reason: string) => {
    const outcome = await run({ id, reason, expectedVersion: version });
    if (outcome.kind !== 'done') return;
    announce(`Deleted ${name}`);
    onDeleted();
  };
  return (
    <ConfirmDelete
      name={name}
      isOpen
      onClose={onClose}
      onDelete={({ reason }) => deleteIt(reason)}
      isDeleting={isRunning}
      canBeInUse={false}
      errors={userErrors.map(({ message }) => message)}
      failure={failure}
    >
      <p>Its calls are refused from then on. It can be restored, with its secrets and its proxy connection.</p>
    </ConfirmDelete>
  );
}

interface DeleteDataSourceProps {
  readonly dataSource: ShownDataSource;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}
