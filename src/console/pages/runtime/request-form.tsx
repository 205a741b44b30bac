import { Select, Textarea } from '@mantine/core';
import type { ReactNode } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import type { UserError } from '../../form/mutation-once.ts';
import type { Draft } from '../../form/use-draft.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { TemplateField } from '../../parts/template-field.tsx';
import { usePaneName } from '../../time/moment.ts';
import type { TypedSecrets } from '../data-source/data-source-values.ts';
import { HeaderRows } from '../data-source/header-rows.tsx';
import styles from './request-form.module.css';
import { METHODS, NEW_REQUEST, type RequestValues } from './request-values.ts';

const ROW_FIELDS = ['name', 'value', 'secret'] as const;

/** What to send: method, path, headers, body, and with whose values. */
export function RequestForm({
  draft,
  address,
  secrets,
  onSecret,
  userErrors,
  rows,
  onSend,
  children,
}: RequestFormProps) {
  const { project } = useProject();
  const paneName = usePaneName();
  const { values, change } = draft;
  const rowFields = rows.flatMap((_, index) => ROW_FIELDS.map((field) => `request.headers.${index}.${field}`));
  const errors = fieldErrors(userErrors, [...FIELDS, ...rowFields]);
  const environments = project?.environments ?? [];
  const hasBody = values.method !== 'HEAD';
  return (
    <form
      aria-label={paneName('Call')}
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <div className={styles.line}>
        <Select
          label="Method"
          data={METHODS}
          allowDeselect={false}
          value={values.method}
          error={errors.of('request', 'method')}
          onChange={(method) => change({ method: METHODS.find((each) => each === method) ?? 'GET' })}
        />
        <TemplateField
          label="Path"
          placeholder="contacts?page=1"
          form={address}
          value={values.path}
          error={errors.of('request', 'path')}
          onChange={(path) => change({ path })}
        />
      </div>
      <Select
        label="Environment"
        data={environments}
        allowDeselect={false}
        value={values.environment || (environments[0] ?? null)}
        error={errors.of('environment')}
        onChange={(environment) => change({ environment: environment ?? '' })}
      />
      <HeaderRows
        values={values}
        saved={NEW_REQUEST}
        form={address}
        secrets={secrets}
        hint="Sent in place of the data source's of the same names."
        onChange={(headers) => change({ headers })}
        onSecret={onSecret}
        errorOf={(row, field) => {
          const index = rows.indexOf(row);
          return index < 0 ? undefined : errors.of('request', 'headers', index, field);
        }}
      />
      <Textarea
        label="Body"
        description={hasBody ? undefined : 'A HEAD request has none.'}
        disabled={!hasBody}
        autosize
        minRows={3}
        maxRows={16}
        spellCheck={false}
        classNames={{ input: styles.body }}
        value={values.body}
        error={errors.of('request', 'body')}
        onChange={(event) => change({ body: event.currentTarget.value })}
      />
      {[...new Set(errors.others)].map((message) => (
        <p key={message} role="alert" className={styles.error}>
          {message}
        </p>
      ))}
      {children}
    </form>
  );
}

const FIELDS = ['environment', 'request.method', 'request.path', 'request.body'];

interface RequestFormProps {
  readonly draft: Draft<RequestValues>;
  /** Of the form, to come back to. */
  readonly address: string;
  readonly secrets: TypedSecrets;
  readonly onSecret: (row: string, secret: string | undefined) => void;
  readonly userErrors: readonly UserError[];
  /** The rows that were sent, as errors tell of headers by their place. */
  readonly rows: readonly string[];
  readonly onSend: () => void;
  /** The buttons. */
  readonly children: ReactNode;
}
