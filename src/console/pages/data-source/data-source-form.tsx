import { Button, Switch, Textarea, TextInput } from '@mantine/core';
import { useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { FormFields } from '../../form/form-fields.tsx';
import type { UserError } from '../../form/mutation-once.ts';
import { ReasonField } from '../../form/reason-field.tsx';
import { onBehalfOf, useMade } from '../../form/return-to.ts';
import type { Draft } from '../../form/use-draft.ts';
import { useProject } from '../../frame/project-frame.tsx';
import type { Failure } from '../../graphql/failure.ts';
import { TemplateField } from '../../parts/template-field.tsx';
import type { DataSourceValues, TypedSecrets } from './data-source-values.ts';
import { HeaderRows } from './header-rows.tsx';
import { ProxySelect } from './proxy-select.tsx';

const FIELDS = ['name', 'description', 'baseUrl', 'connectThroughProxy', 'proxyConnectionId', 'reason'];
const ROW_FIELDS = ['name', 'value', 'secret'] as const;

/** The form of a data source, a new one as one that there is. */
export function DataSourceForm({
  draft,
  saved,
  address,
  action,
  onSave,
  onCancel,
  cancelLabel,
  isDeleted,
  ...last
}: DataSourceFormProps) {
  const { key, can } = useProject();
  const [, navigate] = useLocation();
  const first = useRef<HTMLInputElement>(null);
  const [secrets, setSecrets] = useState<TypedSecrets>({});
  // Errors tell of rows by their place at the time.
  const sent = useRef<readonly string[]>([]);
  const errors = useMemo(() => {
    const rows = sent.current.flatMap((_, index) => ROW_FIELDS.map((field) => `headers.${index}.${field}`));
    return fieldErrors(last.userErrors, [...FIELDS, ...rows]);
  }, [last.userErrors]);
  const { values, change } = draft;
  const isReadOnly = isDeleted || !can('EDIT');
  useMade((proxyConnectionId) => change({ connectThroughProxy: true, proxyConnectionId }));

  const save = async () => {
    sent.current = values.headers.map(({ row }) => row);
    if (await onSave(secrets)) setSecrets({});
  };
  const typeSecret = (row: string, secret: string | undefined) => {
    const others = values.typedSecrets.filter((typed) => typed !== row);
    change({ typedSecrets: secret === undefined ? others : [...others, row] });
    setSecrets((typed) => withSecret(typed, row, secret));
  };
  const errorOfRow = (row: string, field: (typeof ROW_FIELDS)[number]) => {
    const index = sent.current.indexOf(row);
    return index < 0 ? undefined : errors.of('headers', index, field);
  };
  const cancel = () => {
    setSecrets({});
    first.current?.focus();
    onCancel?.();
  };
  const text = (name: 'name' | 'description') => ({
    value: values[name],
    error: errors.of(name),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <Form label="Data source" errors={errors} failure={last.failure} onSubmit={save}>
      <FormFields isReadOnly={isReadOnly}>
        <TextInput ref={first} label="Name" required {...text('name')} />
        <Textarea label="Description" autosize minRows={1} maxRows={8} {...text('description')} />
        <TemplateField
          label="Base URL"
          required
          placeholder="https://api.example.com/v1"
          form={address}
          value={values.baseUrl}
          error={errors.of('baseUrl')}
          onChange={(baseUrl) => change({ baseUrl })}
        />
        <HeaderRows
          values={values}
          form={address}
          saved={saved}
          secrets={secrets}
          hint="Sent with each call."
          onChange={(headers) => change({ headers })}
          onSecret={typeSecret}
          errorOf={errorOfRow}
        />
        <Switch
          label="Connect through Proxy"
          // Its label has the description in it.
          aria-label="Connect through Proxy"
          description="Calls then go through the proxy connection or are refused; never around it."
          checked={values.connectThroughProxy}
          error={errors.of('connectThroughProxy')}
          onChange={(event) => change({ connectThroughProxy: event.currentTarget.checked })}
        />
        {values.connectThroughProxy && (
          <ProxySelect
            label="Select Proxy Connection"
            required
            placeholder="Search by name"
            chosen={values.proxyConnectionId}
            error={errors.of('proxyConnectionId')}
            onChoose={(proxyConnectionId) => change({ proxyConnectionId })}
            onCreate={() => navigate(onBehalfOf(address, `/projects/${key}/proxy-connections/new`))}
          />
        )}
        {!isReadOnly && (
          <>
            <ReasonField value={values.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
            <FormActions>
              <Button type="submit" loading={last.isRunning}>
                {action}
              </Button>
              {onCancel && (
                <Button variant="default" onClick={cancel}>
                  {cancelLabel}
                </Button>
              )}
            </FormActions>
          </>
        )}
      </FormFields>
    </Form>
  );
}

interface DataSourceFormProps {
  readonly draft: Draft<DataSourceValues>;
  /** What the server has, or what a new one begins with. */
  readonly saved: DataSourceValues;
  /** Of the form, to come back to. */
  readonly address: string;
  /** What the button says: Create, Save. */
  readonly action: string;
  /** Answers whether it is saved. */
  readonly onSave: (secrets: TypedSecrets) => Promise<boolean>;
  /** Forgets what was typed. Left out: there is nothing to forget. */
  readonly onCancel?: (() => void) | undefined;
  readonly cancelLabel: string;
  /** A deleted one is to be restored first. */
  readonly isDeleted?: boolean | undefined;
  readonly isRunning: boolean;
  readonly userErrors: readonly UserError[];
  readonly failure: Failure | undefined;
}

function withSecret(typed: TypedSecrets, row: string, secret: string | undefined): TypedSecrets {
  const { [row]: _, ...others } = typed;
  return secret === undefined ? others : { ...others, [row]: secret };
}
