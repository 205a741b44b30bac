import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { type Grant, nameOf, REVOKE_ACCESS } from './grants.ts';

/** Asks, and takes a role away. */
export function RevokeGrant({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) {
  const { key } = useProject();
  const { run, isRunning, userErrors, failure } = useMutationOnce(REVOKE_ACCESS);
  const announce = useAnnounce();
  const { kind, identity } = grant.principal;
  const name = nameOf(grant);
  const revoke = async (reason: string) => {
    const outcome = await run({ projectKey: key, kind, identity, reason });
    if (outcome.kind !== 'done') return;
    announce(`${name} is ${grant.role} no more`);
    onClose();
    // What it was begun from is gone.
    document.querySelector<HTMLElement>('h1')?.focus();
  };
  return (
    <ConfirmDelete
      verb="Revoke"
      name={name}
      isOpen
      onClose={onClose}
      onDelete={({ reason }) => void revoke(reason)}
      isDeleting={isRunning}
      canBeInUse={false}
      errors={userErrors.map(({ message }) => message)}
      failure={failure}
    >
      <p>
        {name} is {grant.role} no more from then on. What they have through a group, or as an administrator, stays.
      </p>
    </ConfirmDelete>
  );
}
