import { Button, Select, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { ReasonField } from '../../form/reason-field.tsx';
import { useDraft } from '../../form/use-draft.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import type { Role } from '../../frame/rights.ts';
import { FormSection } from '../../parts/form-section.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { IssuedToken } from './issued-token.tsx';
import { ISSUE_TOKEN } from './tokens.ts';

const EXPIRIES = [
  { value: '7', label: 'In 7 days' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '180', label: 'In 180 days' },
  { value: '365', label: 'In 365 days' },
  { value: 'never', label: 'Never, if this server allows it' },
] as const;

type Expiry = (typeof EXPIRIES)[number]['value'];

const NEW: Values = { name: '', role: 'VIEWER', expires: '90', reason: '' };
const FIELDS = ['name', 'role', 'expiresAt', 'neverExpires', 'reason'];

interface Values {
  readonly name: string;
  readonly role: Role;
  readonly expires: Expiry;
  readonly reason: string;
}

/** Issues a token, and shows its text this once. */
export function IssueToken({ onClose }: { readonly onClose: () => void }) {
  const { key } = useProject();
  const { values, change, settle } = useDraft<Values>(`/projects/${key}/tokens`, NEW);
  const { run, isRunning, userErrors, failure, reset } = useMutationOnce(ISSUE_TOKEN);
  const [issued, setIssued] = useState<{ readonly name: string; readonly text: string | null }>();
  const errors = useMemo(() => fieldErrors(userErrors, FIELDS), [userErrors]);
  // Told once for each choice: the same input again is the same attempt.
  const expiry = useMemo(() => expiryOf(values.expires), [values.expires]);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const close = () => {
    settle();
    // It holds the text.
    reset();
    setIssued(undefined);
    onClose();
  };
  const issue = async () => {
    const { name, role, reason } = values;
    const outcome = await run({ projectKey: key, name, role, reason, ...expiry });
    if (outcome.kind !== 'done') return;
    settle();
    setIssued({ name: outcome.payload.token?.name ?? name, text: outcome.payload.secret });
  };
  if (issued) return <IssuedToken name={issued.name} text={issued.text} onClose={close} />;
  return (
    <FormSection title="Issue token">
      <Form label="Issue token" errors={errors} failure={failure} onSubmit={issue}>
        <TextInput
          ref={first}
          label="Name"
          description="What it is for."
          required
          value={values.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
          error={errors.of('name')}
        />
        <RoleSelect value={values.role} onChange={(role) => change({ role })} error={errors.of('role')} />
        <Select
          label="Expires"
          data={EXPIRIES}
          allowDeselect={false}
          value={values.expires}
          onChange={(expires) => expires !== null && change({ expires })}
          error={errors.of('expiresAt') ?? errors.of('neverExpires')}
        />
        <ReasonField value={values.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
        <FormActions>
          <Button type="submit" loading={isRunning}>
            Issue
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </FormActions>
      </Form>
    </FormSection>
  );
}

function expiryOf(expires: Expiry): { readonly expiresAt?: string; readonly neverExpires?: boolean } {
  if (expires === 'never') return { neverExpires: true };
  return { expiresAt: new Date(Date.now() + Number(expires) * 86_400_000).toISOString() };
}
