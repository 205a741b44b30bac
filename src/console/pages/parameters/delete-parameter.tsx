import { useMemo } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { DELETE_PARAMETER, type Parameter } from './parameter-query.ts';
import { UsedBy } from './used-by.tsx';

/** Says what a parameter is used by before it is deleted. */
export function DeleteParameter({ parameter, onClose, onDeleted }: DeleteParameterProps) {
  const { key } = useProject();
  const { run, isRunning, userErrors, failure } = useMutationOnce(DELETE_PARAMETER);
  const errors = useMemo(() => fieldErrors(userErrors, []), [userErrors]);
  const remove = async (reason: string) => {
    const outcome = await run({ projectKey: key, key: parameter.key, expectedVersion: parameter.version, reason });
    if (outcome.kind === 'done') onDeleted(parameter);
  };
  const { usedBy } = parameter;
  return (
    <ConfirmDelete
      name={parameter.key}
      isOpen
      onClose={onClose}
      onDelete={({ reason }) => void remove(reason)}
      isDeleting={isRunning}
      canBeInUse={false}
      errors={errors.others}
      failure={failure}
    >
      {usedBy.length === 0 ? (
        <p>Nothing uses it.</p>
      ) : (
        <>
          <p>These use it, and refuse their calls and tests from then on:</p>
          <UsedBy users={usedBy} isWhole />
        </>
      )}
      {parameter.secret && <p>Its values are secret: they are gone with it, and have to be typed again.</p>}
    </ConfirmDelete>
  );
}

interface DeleteParameterProps {
  readonly parameter: Parameter;
  readonly onClose: () => void;
  readonly onDeleted: (parameter: Parameter) => void;
}
