import { Button, TextInput, VisuallyHidden } from '@mantine/core';
import { useRef } from 'react';
import { flushSync } from 'react-dom';
import styles from './secret-field.module.css';
import { useTypedSecret } from './typed-secrets.ts';

/** Takes a secret, which is written and never read. Keep its value in the state of the form alone, and drop it once saved. */
export function SecretField({ label, isStored, value, onChange, error, description }: SecretFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useTypedSecret(label, value !== undefined && value !== '');
  const isOpen = !isStored || value !== undefined;
  const replace = () => {
    // The next key is typed into it already.
    flushSync(() => onChange(''));
    input.current?.focus();
  };
  return (
    <div className={styles.row}>
      <TextInput
        ref={input}
        className={styles.field}
        type="password"
        autoComplete="new-password"
        spellCheck={false}
        label={label}
        description={description}
        placeholder={isOpen ? undefined : 'stored'}
        disabled={!isOpen}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
      />
      {isStored && (
        <Button variant="default" onClick={isOpen ? () => onChange(undefined) : replace}>
          {isOpen ? 'Keep' : 'Replace'}
          {/* Not as its label: the field alone is labelled so. */}
          <VisuallyHidden>&nbsp;{label}</VisuallyHidden>
        </Button>
      )}
    </div>
  );
}

interface SecretFieldProps {
  readonly label: string;
  /** Whether the server has one. */
  readonly isStored: boolean;
  /** Undefined: it stays as it is. */
  readonly value: string | undefined;
  readonly onChange: (secret: string | undefined) => void;
  readonly error?: string | undefined;
  readonly description?: string | undefined;
}
