import { useState } from 'react';
import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { useAddress } from '../../time/moment.ts';
import styles from './parameter-grid.module.css';
import type { Parameter } from './parameter-query.ts';

/** As many as are told of by a parameter. */
const MOST = 100;
const AT_FIRST = 3;

/** What names a parameter, by its name; `tabIndex` of what is in it. */
export function UsedBy({ users, tabIndex, isWhole = false }: UsedByProps) {
  const { key } = useProject();
  const address = useAddress();
  const [isOpen, setOpen] = useState(isWhole);
  if (users.length === 0) return <span className={styles.dim}>nothing</span>;
  const shown = isOpen ? users : users.slice(0, AT_FIRST);
  return (
    <ul className={styles.users}>
      {shown.map(
        (user) =>
          'name' in user && (
            <li key={user.id}>
              <Link
                href={address(`/projects/${key}/${PLACES[user.__typename]}/${user.resourceId}`)}
                tabIndex={tabIndex}
              >
                {user.name}
              </Link>
            </li>
          ),
      )}
      {!isOpen && users.length > AT_FIRST && (
        <li>
          <button type="button" className={styles.more} tabIndex={tabIndex} onClick={() => setOpen(true)}>
            {users.length >= MOST ? `at least ${MOST - AT_FIRST} more` : `${users.length - AT_FIRST} more`}
          </button>
        </li>
      )}
    </ul>
  );
}

const PLACES = { ProxyConnection: 'proxy-connections', DataSource: 'data-sources' } as const;

interface UsedByProps {
  readonly users: Parameter['usedBy'];
  readonly tabIndex?: 0 | -1;
  readonly isWhole?: boolean;
}
