import { Button, TextInput } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { FormActions } from '../../form/form.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { FormSection } from '../../parts/form-section.tsx';
import styles from './issued-token.module.css';

/** The text of a token, which nobody is shown again. @param text null: it was answered to a request whose answer got lost */
export function IssuedToken({ name, text, onClose }: IssuedTokenProps) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (field.current) field.current.select();
    else done.current?.focus();
  }, []);
  return (
    <FormSection title={`Token ${name}`}>
      {text === null ? (
        <p role="alert">
          It is issued, but its text was in an answer that got lost, and is kept nowhere. Revoke it and issue another
          one.
        </p>
      ) : (
        <>
          <p role="status">Copy it now: it is shown this once, and kept nowhere.</p>
          <div className={styles.row}>
            <TextInput
              ref={field}
              className={styles.text}
              label="Token"
              readOnly
              autoComplete="off"
              spellCheck={false}
              value={text}
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton text={text} what="the token" />
          </div>
        </>
      )}
      <FormActions>
        <Button ref={done} variant="default" onClick={onClose}>
          Done
        </Button>
      </FormActions>
    </FormSection>
  );
}

interface IssuedTokenProps {
  readonly name: string;
  readonly text: string | null;
  readonly onClose: () => void;
}
