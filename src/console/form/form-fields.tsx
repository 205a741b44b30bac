import type { ReactNode } from 'react';
import styles from './form-fields.module.css';

/** The fields of a form. Where they are only to be read, their words are as clear as elsewhere, and their buttons are gone. */
export function FormFields({ isReadOnly, children }: FormFieldsProps) {
  return (
    <fieldset disabled={isReadOnly} className={styles.fields}>
      {children}
    </fieldset>
  );
}

interface FormFieldsProps {
  readonly isReadOnly: boolean;
  readonly children: ReactNode;
}
