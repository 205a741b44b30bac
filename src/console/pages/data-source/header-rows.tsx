import { Button, Checkbox, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { flushSync } from 'react-dom';
import { SecretField } from '../../form/secret-field.tsx';
import { TemplateField } from '../../parts/template-field.tsx';
import { type DataSourceValues, type HeaderRow, isStored, type TypedSecrets } from './data-source-values.ts';
import styles from './header-rows.module.css';

/** The headers that each call carries; values of secret ones can be written and never read. */
export function HeaderRows({ values, saved, form, secrets, hint, onChange, onSecret, errorOf }: HeaderRowsProps) {
  const { headers, typedSecrets } = values;
  const section = useRef<HTMLFieldSetElement>(null);
  /** At once, as the next key is typed there already. @param index of the row; without one the button that adds another */
  const focus = (index: number | undefined, change: () => void) => {
    flushSync(change);
    const rows = section.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [];
    const row = index === undefined ? undefined : rows[Math.min(index, rows.length - 1)];
    (row?.querySelector('input') ?? section.current?.querySelector<HTMLElement>('[data-add]'))?.focus();
  };
  const change = (row: string, changed: Partial<HeaderRow>) =>
    onChange(headers.map((header) => (header.row === row ? { ...header, ...changed } : header)));
  const add = () => {
    const header = { row: newRow(headers), name: '', value: '', secret: false };
    focus(headers.length, () => onChange([...headers, header]));
  };
  const remove = ({ row }: HeaderRow, index: number) => {
    focus(headers.length > 1 ? index : undefined, () => {
      onChange(headers.filter((header) => header.row !== row));
      onSecret(row, undefined);
    });
  };
  const hide = ({ row, value }: HeaderRow, secret: boolean) => {
    change(row, { secret, value: '' });
    // What was typed goes on as a secret; what was typed as one is shown to nobody.
    onSecret(row, secret && value !== '' ? value : undefined);
  };
  return (
    <fieldset ref={section} className={styles.headers}>
      <legend className={styles.legend}>Headers</legend>
      <p className={styles.hint}>
        {hint} Values may contain {'${parameter}'}; only those of secret headers may name secret parameters.
      </p>
      {headers.map((header, index) => {
        const { row, name, value, secret } = header;
        const what = `header ${index + 1}`;
        const error = errorOf(row, 'value');
        const isKept = isStored(header, saved) && error === undefined;
        return (
          <div key={row} data-row className={styles.row}>
            <TextInput
              label={`Header ${index + 1}`}
              placeholder="Header"
              spellCheck={false}
              autoCapitalize="off"
              value={name}
              error={errorOf(row, 'name')}
              onChange={(event) => change(row, { name: event.currentTarget.value })}
            />
            {secret ? (
              <SecretField
                label={`Value of ${what}`}
                isStored={isKept}
                value={secrets[row]}
                onChange={(secret) => onSecret(row, secret)}
                error={error}
                description={
                  typedSecrets.includes(row) && secrets[row] === undefined
                    ? 'To be typed again: secrets are not kept while one is elsewhere.'
                    : undefined
                }
              />
            ) : (
              <TemplateField
                label={`Value of ${what}`}
                placeholder="Value"
                form={form}
                value={value}
                error={error}
                onChange={(value) => change(row, { value })}
              />
            )}
            <Checkbox
              label="Secret"
              aria-label={`Secret ${what}`}
              className={styles.secret}
              checked={secret}
              error={errorOf(row, 'secret')}
              onChange={(event) => hide(header, event.currentTarget.checked)}
            />
            <Button variant="default" aria-label={`Remove ${what}`} onClick={() => remove(header, index)}>
              Remove
            </Button>
          </div>
        );
      })}
      <Button variant="default" data-add onClick={add}>
        Add header
      </Button>
    </fieldset>
  );
}

interface HeaderRowsProps {
  readonly values: Pick<DataSourceValues, 'headers' | 'typedSecrets'>;
  /** What the server keeps secrets of. */
  readonly saved: Pick<DataSourceValues, 'headers'>;
  /** When they are sent. */
  readonly hint: string;
  /** The address of the form. */
  readonly form: string;
  readonly secrets: TypedSecrets;
  readonly onChange: (headers: readonly HeaderRow[]) => void;
  /** @param secret undefined: what is stored stays */
  readonly onSecret: (row: string, secret: string | undefined) => void;
  readonly errorOf: (row: string, field: 'name' | 'value' | 'secret') => string | undefined;
}

/** No header is named with a space. */
function newRow(headers: readonly HeaderRow[]): string {
  const taken = headers.map(({ row }) => Number(/^new (\d+)$/.exec(row)?.[1] ?? 0));
  return `new ${Math.max(0, ...taken) + 1}`;
}
