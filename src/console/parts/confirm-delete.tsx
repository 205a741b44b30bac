import { Button, Checkbox, Modal } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { ReasonField } from '../form/reason-field.tsx';
import type { Failure } from '../graphql/failure.ts';
import styles from './confirm-delete.module.css';
import { FailureWords } from './failed.tsx';

/** Asks before something is deleted, and says what that does. */
export function ConfirmDelete({
  verb = 'Delete',
  name,
  isOpen,
  onClose,
  onDelete,
  children,
  ...props
}: ConfirmDeleteProps) {
  const [reason, setReason] = useState('');
  const [refuseIfInUse, setRefuse] = useState(false);
  const opener = useRef<Element>(null);
  if (!isOpen) opener.current = null;
  else opener.current ??= document.activeElement;
  const cancel = () => {
    onClose();
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <Modal
      opened={isOpen}
      onClose={cancel}
      title={<span className={styles.title}>{`${verb} ${name}`}</span>}
      centered
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <div className={styles.body}>
        {children}
        {props.canBeInUse && (
          <Checkbox
            label="Refuse if in use"
            checked={refuseIfInUse}
            onChange={(event) => setRefuse(event.currentTarget.checked)}
          />
        )}
        <ReasonField value={reason} onChange={setReason} />
        {props.errors?.map((message) => (
          <p key={message} role="alert" className={styles.error}>
            {message}
          </p>
        ))}
        {props.failure && (
          <div role="alert" className={styles.error}>
            <FailureWords failure={props.failure} />
          </div>
        )}
        <div className={styles.actions}>
          <Button
            color="red"
            disabled={props.isKnown === false}
            loading={props.isDeleting}
            onClick={() => onDelete({ reason, refuseIfInUse })}
          >
            {verb}
          </Button>
          <Button variant="default" onClick={cancel}>
            Cancel
          </Button>
        </div>
      </div>
    </Modal>
  );
}

interface ConfirmDeleteProps {
  /** What is done, if it is not called Delete. */
  readonly verb?: string;
  readonly name: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onDelete: (choice: { readonly reason: string; readonly refuseIfInUse: boolean }) => void;
  readonly isDeleting: boolean;
  /** Whether something may use it, so that one may choose to keep it then. */
  readonly canBeInUse: boolean;
  /** Of the last attempt, in the server's words. */
  readonly errors?: readonly string[];
  readonly failure?: Failure | undefined;
  /** False while it is not known yet what deleting it does: nobody can say yes to that. */
  readonly isKnown?: boolean;
  /** What deleting it does. */
  readonly children: ReactNode;
}
