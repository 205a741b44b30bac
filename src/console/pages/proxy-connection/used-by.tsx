import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { useAddress, usePaneName } from '../../time/moment.ts';
import { useUsers } from './use-users.ts';
import styles from './used-by.module.css';

/** Which data sources route through it. */
export function UsedBy({ id }: { readonly id: string }) {
  const { key } = useProject();
  const address = useAddress();
  const { users } = useUsers(id);
  const paneName = usePaneName();
  if (!users) return null;
  return (
    <section aria-label={paneName('Used by')} className={styles.section}>
      <h2 className={styles.title}>Used by</h2>
      {users.totalCount === 0 ? (
        <p className={styles.none}>No data source routes through it.</p>
      ) : (
        <ul className={styles.list}>
          {users.nodes.map(({ id, resourceId, name }) => (
            <li key={id}>
              <Link href={address(`/projects/${key}/data-sources/${resourceId}`)}>{name}</Link>
            </li>
          ))}
          {users.totalCount > users.nodes.length && <li>and {users.totalCount - users.nodes.length} more</li>}
        </ul>
      )}
    </section>
  );
}
