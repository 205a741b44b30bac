import { Button, TextInput } from '@mantine/core';
import styles from './save-bar.module.css';

/** What is unsaved in the grid, and what to do with it. */
export function SaveBar({ unsaved, elsewhere, reason, onReason, isSaving, words, onSave, onDiscard }: SaveBarProps) {
  return (
    <section aria-label="Unsaved cells" className={styles.bar}>
      <TextInput
        aria-label="Reason"
        placeholder="Reason; may be left empty"
        maxLength={2000}
        className={styles.reason}
        value={reason}
        onChange={(event) => onReason(event.currentTarget.value)}
      />
      <Button loading={isSaving} onClick={onSave}>
        Save
      </Button>
      {unsaved > 0 && (
        <Button variant="default" onClick={onDiscard}>
          Discard
        </Button>
      )}
      <p role="status" className={styles.words}>
        {[unsaved > 0 ? count(unsaved, elsewhere) : '', words].filter(Boolean).join(' · ')}
      </p>
    </section>
  );
}

function count(unsaved: number, elsewhere: number): string {
  const cells = `${unsaved} unsaved ${unsaved === 1 ? 'cell' : 'cells'}`;
  return elsewhere > 0 ? `${cells}, ${elsewhere} of them on other pages of the list` : cells;
}

interface SaveBarProps {
  readonly unsaved: number;
  /** How many of them are in rows that are not shown. */
  readonly elsewhere: number;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly isSaving: boolean;
  /** What happened last. */
  readonly words: string;
  readonly onSave: () => void;
  readonly onDiscard: () => void;
}
