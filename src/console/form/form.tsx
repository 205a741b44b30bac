import { Alert } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react';
import type { Failure } from '../graphql/failure.ts';
import { FailureWords } from '../parts/failed.tsx';
import { usePaneName } from '../time/moment.ts';
import type { FieldErrors } from './field-errors.ts';
import styles from './form.module.css';

/** A form that shows what stands at no field, and leads to the first field that something is wrong with. */
export function Form({ label, errors, failure, onSubmit, children }: FormProps) {
  const paneName = usePaneName();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (errors !== undefined) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [errors]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  const others = errors?.others ?? [];
  return (
    <form ref={form} aria-label={paneName(label)} noValidate className={styles.form} onSubmit={submit}>
      {children}
      {others.length > 0 && (
        <Alert color="red" variant="outline" role="alert" className={styles.wide}>
          {others.map((message) => (
            <p key={message} className={styles.message}>
              {message}
            </p>
          ))}
        </Alert>
      )}
      {failure && (
        <Alert color="red" variant="outline" role="alert" className={styles.wide}>
          <FailureWords failure={failure} />
        </Alert>
      )}
    </form>
  );
}

interface FormProps {
  readonly label: string;
  /** Of the last attempt; made once for each, so that the focus moves once. */
  readonly errors?: FieldErrors | undefined;
  readonly failure?: Failure | undefined;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** The buttons of a form, in a row at its end. */
export function FormActions({ children }: { readonly children: ReactNode }) {
  return <div className={styles.actions}>{children}</div>;
}
