import styles from './audit-line.module.css';
import { When } from './when.tsx';

/** Who made a resource and who edited it last. */
export function AuditLine({ resource }: { readonly resource: AuditedResource }) {
  const { createdBy, createdAt, editedBy, editedAt, version } = resource;
  return (
    <p className={styles.line}>
      Created by {createdBy.name}, <When at={createdAt} />. Edited by {editedBy.name}, <When at={editedAt} />. Version{' '}
      {version}.
    </p>
  );
}

interface AuditedResource {
  readonly createdBy: { readonly name: string };
  readonly createdAt: string;
  readonly editedBy: { readonly name: string };
  readonly editedAt: string;
  readonly version: number;
}
