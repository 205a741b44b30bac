import { Button } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { LongText } from '../../parts/changes/long-text.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import styles from './grant-table.module.css';
import { type Grant, nameOf } from './grants.ts';
import { RevokeGrant } from './revoke-grant.tsx';

const KINDS = { USER: 'User', CLIENT: 'Client', GROUP: 'Group', TOKEN: 'Token' } as const;

export function GrantTable({ grants, onChange }: GrantTableProps) {
  const { can } = useProject();
  const [revoking, setRevoking] = useState<Grant>();
  const columns = ['Who', 'Kind', 'Role', 'Granted by', 'Since', 'Reason'];
  return (
    <>
      <DataTable label="Grants" columns={can('OWN') ? [...columns, 'Actions'] : columns}>
        {grants.map((grant) => (
          <tr key={`${grant.principal.kind} ${grant.principal.identity}`}>
            <th scope="row">
              <div>{nameOf(grant)}</div>
              {grant.principal.name !== null && <code className={styles.identity}>{grant.principal.identity}</code>}
            </th>
            <td>{KINDS[grant.principal.kind]}</td>
            <td>{grant.role}</td>
            <td className={styles.words}>{grant.grantedBy.name}</td>
            <td>
              <When at={grant.grantedAt} />
            </td>
            <td className={styles.words}>{grant.reason !== null && <LongText text={grant.reason} />}</td>
            {can('OWN') && (
              <td className={styles.actions}>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Change role of ${nameOf(grant)}`}
                  onClick={() => onChange(grant)}
                >
                  Change role
                </Button>
                <Button
                  variant="default"
                  size="compact-xs"
                  aria-label={`Revoke ${nameOf(grant)}`}
                  onClick={() => setRevoking(grant)}
                >
                  Revoke
                </Button>
              </td>
            )}
          </tr>
        ))}
      </DataTable>
      {revoking && <RevokeGrant grant={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

interface GrantTableProps {
  readonly grants: readonly Grant[];
  /** Another role is wanted. */
  readonly onChange: (grant: Grant) => void;
}
