import { Button } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import { RevokeToken } from './revoke-token.tsx';
import styles from './token-table.module.css';
import { isExpired, isUsable, type Token } from './tokens.ts';

export function TokenTable({ tokens }: { readonly tokens: readonly Token[] }) {
  const { can } = useProject();
  const [revoking, setRevoking] = useState<Token>();
  const columns = ['Name', 'Role', 'Expires', 'Last use', 'Issued by', 'Issued at'];
  return (
    <>
      <DataTable label="Tokens" columns={can('OWN') ? [...columns, 'Actions'] : columns}>
        {tokens.map((token) => (
          <tr key={token.id}>
            <th scope="row">
              <div className={isUsable(token) ? undefined : styles.ended}>{token.name}</div>
              {token.revokedAt !== null && (
                <div className={styles.state}>
                  Revoked by {token.revokedBy?.name}, <When at={token.revokedAt} />
                </div>
              )}
            </th>
            <td>{token.role}</td>
            <td>
              <Expiry token={token} />
            </td>
            <td>
              {token.lastUsedAt === null ? (
                <span className={styles.quiet}>never used</span>
              ) : (
                <When at={token.lastUsedAt} />
              )}
            </td>
            <td className={styles.words}>{token.createdBy.name}</td>
            <td>
              <When at={token.createdAt} />
            </td>
            {can('OWN') && (
              <td>
                {isUsable(token) && (
                  <Button
                    variant="default"
                    size="compact-xs"
                    aria-label={`Revoke ${token.name}`}
                    onClick={() => setRevoking(token)}
                  >
                    Revoke
                  </Button>
                )}
              </td>
            )}
          </tr>
        ))}
      </DataTable>
      {revoking && <RevokeToken token={revoking} onClose={() => setRevoking(undefined)} />}
    </>
  );
}

function Expiry({ token: { expiresAt, revokedAt } }: { readonly token: Token }) {
  if (expiresAt === null) return <span className={styles.state}>never</span>;
  const hasEnded = revokedAt === null && isExpired(expiresAt);
  return (
    <>
      <When at={expiresAt} />
      {hasEnded && <div className={styles.state}>expired</div>}
    </>
  );
}
