import { Select } from '@mantine/core';
import type { Role } from '../frame/rights.ts';

/** From the least, with what each may do. */
const ROLES: readonly { readonly value: Role; readonly may: string }[] = [
  { value: 'VIEWER', may: 'Reads resources and their history, at any moment.' },
  { value: 'AUDITOR', may: 'Reads as a viewer does, and sees grants, tokens and verifications as well.' },
  { value: 'OPERATOR', may: 'Reads as a viewer does, tests proxies and calls data sources.' },
  { value: 'EDITOR', may: 'As an operator, and makes, changes, deletes and restores resources.' },
  { value: 'OWNER', may: 'Everything in this project: its name and environments, grants and tokens too.' },
];

/** Chooses a role, and says what it may do. */
export function RoleSelect({ value, onChange, error }: RoleSelectProps) {
  return (
    <Select
      label="Role"
      description={ROLES.find((role) => role.value === value)?.may}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={ROLES.map((role) => role.value)}
      allowDeselect={false}
      value={value}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
      error={error}
    />
  );
}

interface RoleSelectProps {
  readonly value: Role;
  readonly onChange: (role: Role) => void;
  readonly error?: string | undefined;
}
