import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { ConfirmDelete } from '../../parts/confirm-delete.tsx';
import { REVOKE_TOKEN, type Token } from './tokens.ts';

/** Asks, and ends a token before its time. */
export function RevokeToken({ token, onClose }: { readonly token: Token; readonly onClose: () => void }) {
  const { run, isRunning, userErrors, failure } = useMutationOnce(REVOKE_TOKEN);
  const announce = useAnnounce();
  const revoke = async (reason: string) => {
    const outcome = await run({ id: token.id, reason });
    if (outcome.kind !== 'done') return;
    announce(`Revoked ${token.name}`);
    onClose();
    // What it was begun from is gone.
    document.querySelector<HTMLElement>('h1')?.focus();
  };
  return (
    <ConfirmDelete
      verb="Revoke"
      name={token.name}
      isOpen
      onClose={onClose}
      onDelete={({ reason }) => void revoke(reason)}
      isDeleting={isRunning}
      canBeInUse={false}
      errors={userErrors.map(({ message }) => message)}
      failure={failure}
    >
      <p>Programs that use it are refused within seconds. It can’t be taken back.</p>
    </ConfirmDelete>
  );
}
