import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import styles from './send-buttons.module.css';

/** Sends the form that they are in; and stops that, while it is under way. The focus stays with them. */
export function SendButtons({ label, isSending, onStop }: SendButtonsProps) {
  const send = useRef<HTMLButtonElement>(null);
  const wasSending = useRef(false);
  useEffect(() => {
    // It was on Stop, which is gone.
    if (wasSending.current && !isSending && document.activeElement === document.body) send.current?.focus();
    wasSending.current = isSending;
  }, [isSending]);
  return (
    <div className={styles.buttons}>
      <Button ref={send} type="submit" aria-disabled={isSending} data-sending={isSending || undefined}>
        {label}
      </Button>
      {isSending && (
        <Button variant="default" onClick={onStop}>
          Stop
        </Button>
      )}
    </div>
  );
}

interface SendButtonsProps {
  readonly label: string;
  readonly isSending: boolean;
  readonly onStop: () => void;
}
