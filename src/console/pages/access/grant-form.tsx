import { Button, Select, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { ReasonField } from '../../form/reason-field.tsx';
import { useDraft } from '../../form/use-draft.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import type { Role } from '../../frame/rights.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import { FormSection } from '../../parts/form-section.tsx';
import { RoleSelect } from '../../parts/role-select.tsx';
import { settings } from '../../session/settings.ts';
import { GRANT_ACCESS, type Grant, type GrantedKind, nameOf } from './grants.ts';

const KINDS: readonly { readonly value: GrantedKind; readonly label: string; readonly identity: string }[] = [
  { value: 'USER', label: 'User', identity: 'The issuer, #, and the sub of their tokens.' },
  { value: 'CLIENT', label: 'Client', identity: 'The issuer, #, and the client’s id.' },
  { value: 'GROUP', label: 'Group', identity: 'Its name as it stands in the tokens of its members.' },
];

/** What the identities of users and clients begin with. */
const ISSUER = settings.oidc === null ? '' : `${settings.oidc.issuer}#`;
const NEW: Values = { kind: 'USER', identity: ISSUER, role: 'VIEWER', reason: '' };
const FIELDS = ['kind', 'identity', 'role', 'reason'];

interface Values {
  readonly kind: GrantedKind;
  readonly identity: string;
  readonly role: Role;
  readonly reason: string;
}

/** Gives a role to somebody. */
export function NewGrant({ onClose }: { readonly onClose: () => void }) {
  const { key } = useProject();
  const { values, change, settle } = useDraft<Values>(`/projects/${key}/access`, NEW);
  const { run, isRunning, userErrors, failure } = useMutationOnce(GRANT_ACCESS);
  const errors = useMemo(() => fieldErrors(userErrors, FIELDS), [userErrors]);
  const announce = useAnnounce();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const close = () => {
    settle();
    onClose();
  };
  const grant = async () => {
    const outcome = await run({ projectKey: key, ...values, identity: values.identity.trim() });
    if (outcome.kind !== 'done') return;
    announce(`Granted ${values.role}`);
    close();
  };
  const choose = (kind: GrantedKind) => {
    const isUntouched = ['', ISSUER].includes(values.identity);
    change({ kind, ...(isUntouched && { identity: kind === 'GROUP' ? '' : ISSUER }) });
  };
  return (
    <FormSection title="Grant access">
      <Form label="Grant access" errors={errors} failure={failure} onSubmit={grant}>
        <Select
          ref={first}
          label="Kind"
          data={KINDS}
          allowDeselect={false}
          value={values.kind}
          onChange={(kind) => kind !== null && choose(kind)}
          error={errors.of('kind')}
        />
        <TextInput
          label="Identity"
          description={KINDS.find(({ value }) => value === values.kind)?.identity}
          required
          spellCheck={false}
          autoCapitalize="off"
          value={values.identity}
          onChange={(event) => change({ identity: event.currentTarget.value })}
          error={errors.of('identity')}
        />
        <RoleSelect value={values.role} onChange={(role) => change({ role })} error={errors.of('role')} />
        <ReasonField value={values.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
        <FormActions>
          <Button type="submit" loading={isRunning}>
            Grant
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </FormActions>
      </Form>
    </FormSection>
  );
}

/** Gives somebody another role than they have. */
export function ChangeRole({ grant, onClose }: { readonly grant: Grant; readonly onClose: () => void }) {
  const { key } = useProject();
  const [role, setRole] = useState<Role>(grant.role);
  const [reason, setReason] = useState('');
  const { run, isRunning, userErrors, failure } = useMutationOnce(GRANT_ACCESS);
  const errors = useMemo(() => fieldErrors(userErrors, ['role', 'reason']), [userErrors]);
  const announce = useAnnounce();
  const section = useRef<HTMLDivElement>(null);
  useEffect(() => section.current?.querySelector('input')?.focus(), []);

  const save = async () => {
    const { kind, identity } = grant.principal;
    const outcome = await run({ projectKey: key, kind, identity, role, reason });
    if (outcome.kind !== 'done') return;
    announce(`${nameOf(grant)} is ${role} now`);
    onClose();
  };
  return (
    <div ref={section}>
      <FormSection title={`Change role of ${nameOf(grant)}`}>
        <Form label={`Change role of ${nameOf(grant)}`} errors={errors} failure={failure} onSubmit={save}>
          <RoleSelect value={role} onChange={setRole} error={errors.of('role')} />
          <ReasonField value={reason} onChange={setReason} error={errors.of('reason')} />
          <FormActions>
            <Button type="submit" loading={isRunning}>
              Save
            </Button>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
          </FormActions>
        </Form>
      </FormSection>
    </div>
  );
}
