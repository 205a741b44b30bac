import { Button, Select, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { FormFields } from '../../form/form-fields.tsx';
import type { UserError } from '../../form/mutation-once.ts';
import { ReasonField } from '../../form/reason-field.tsx';
import { SecretField } from '../../form/secret-field.tsx';
import type { Draft } from '../../form/use-draft.ts';
import { useProject } from '../../frame/project-frame.tsx';
import type { Failure } from '../../graphql/failure.ts';
import { TemplateField } from '../../parts/template-field.tsx';
import styles from './proxy-form.module.css';
import { AUTH_TYPES, needsPassword, PROXY_TYPES, type ProxyValues } from './proxy-values.ts';

const FIELDS = ['name', 'description', 'type', 'host', 'port', 'authType', 'user', 'password', 'reason'];

/** The form of a proxy connection, a new one as one that there is. */
export function ProxyForm({ draft, saved, address, password, onPassword, action, onSave, ...props }: ProxyFormProps) {
  const { can } = useProject();
  const { userErrors, failure, isRunning, hasPassword, isDeleted, onCancel } = props;
  const errors = useMemo(() => fieldErrors(userErrors, FIELDS), [userErrors]);
  const { values, change } = draft;
  const isReadOnly = isDeleted || !can('EDIT');
  const isToBeTyped = hasPassword && needsPassword(values, saved);
  const type = (password: string | undefined) => {
    onPassword(password);
    change({ isPasswordTyped: password !== undefined && password !== '' });
  };
  const text = (name: 'name' | 'description' | 'user') => ({
    value: values[name],
    error: errors.of(name),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  const template = (name: 'host' | 'port') => ({
    value: values[name],
    error: errors.of(name),
    form: address,
    onChange: (value: string) => change({ [name]: value }),
  });
  return (
    <Form label="Proxy connection" errors={errors} failure={failure} onSubmit={onSave}>
      <FormFields isReadOnly={isReadOnly}>
        <TextInput label="Name" required {...text('name')} />
        <Textarea label="Description" autosize minRows={1} maxRows={8} {...text('description')} />
        <Select
          label="Proxy Type"
          description="How the proxy itself is spoken to; targets of both kinds go through either."
          data={PROXY_TYPES}
          allowDeselect={false}
          value={values.type}
          error={errors.of('type')}
          onChange={(type) => type && change({ type: type === 'HTTPS' ? 'HTTPS' : 'HTTP' })}
        />
        <div className={styles.place}>
          <TemplateField label="Proxy Host" required placeholder="proxy.example.com" {...template('host')} />
          <TemplateField label="Proxy Port" required placeholder="8080" {...template('port')} />
        </div>
        <Select
          label="Auth Type"
          data={AUTH_TYPES}
          allowDeselect={false}
          value={values.authType}
          error={errors.of('authType')}
          onChange={(type) => type && change({ authType: type === 'BASIC' ? 'BASIC' : 'NO_AUTH' })}
        />
        {values.authType === 'BASIC' && (
          <>
            <TextInput label="User" required autoComplete="off" spellCheck={false} {...text('user')} />
            <SecretField
              label="Password"
              isStored={hasPassword && !isToBeTyped}
              value={password}
              onChange={type}
              error={errors.of('password')}
              description={passwordWords(values.isPasswordTyped && password === undefined, isToBeTyped)}
            />
          </>
        )}
        {!isReadOnly && (
          <>
            <ReasonField value={values.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
            <FormActions>
              <Button type="submit" loading={isRunning}>
                {action}
              </Button>
              {onCancel}
            </FormActions>
          </>
        )}
      </FormFields>
    </Form>
  );
}

function passwordWords(isLost: boolean, isToBeTyped: boolean): string {
  if (isLost) return 'To be typed again: passwords are not kept while one is elsewhere.';
  if (isToBeTyped) return 'To be typed again: the stored one goes nowhere but where it was typed for.';
  return 'Written, and never shown again.';
}

interface ProxyFormProps {
  readonly draft: Draft<ProxyValues>;
  /** What the server has, or what a new one begins with. */
  readonly saved: ProxyValues;
  /** Of the form, to come back to. */
  readonly address: string;
  /** What was typed; undefined: the stored one stays. */
  readonly password: string | undefined;
  readonly onPassword: (password: string | undefined) => void;
  /** Whether the server has one. */
  readonly hasPassword: boolean;
  /** What the button says: Create, Save. */
  readonly action: string;
  readonly onSave: () => void;
  /** Beside the button. */
  readonly onCancel?: ReactNode;
  /** A deleted one is to be restored first. */
  readonly isDeleted?: boolean;
  readonly isRunning: boolean;
  readonly userErrors: readonly UserError[];
  readonly failure: Failure | undefined;
}
