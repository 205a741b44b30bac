import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { LastEditor } from '../../parts/last-editor.tsx';
import { RestoreButton } from '../../parts/restore-button.tsx';
import { SortHeading, type Sorting } from '../../parts/sorting.tsx';
import { When } from '../../parts/when.tsx';
import { useAddress } from '../../time/moment.ts';
import { useRestore } from '../proxy-connection/use-restore.ts';
import { LastTest } from './last-test.tsx';
import type { ListedProxy } from './listed-proxy.ts';
import styles from './proxy-table.module.css';

export function ProxyTable({ proxies, sorting }: ProxyTableProps) {
  const columns = [
    <SortHeading key="NAME" label="Name" field="NAME" sorting={sorting} />,
    'Description',
    <SortHeading key="TYPE" label="Type" field="TYPE" sorting={sorting} />,
    <SortHeading key="EDITED_BY" label="Edited by" field="EDITED_BY" sorting={sorting} />,
    <SortHeading key="EDITED_AT" label="Edited at" field="EDITED_AT" sorting={sorting} />,
    'Last test',
    'Used by',
  ];
  return (
    <DataTable label="Proxy connections" columns={columns}>
      {proxies.map((proxy) => (
        <ProxyRow key={proxy.id} proxy={proxy} />
      ))}
    </DataTable>
  );
}

interface ProxyTableProps {
  readonly proxies: readonly ListedProxy[];
  readonly sorting: Sorting<'NAME' | 'TYPE' | 'EDITED_BY' | 'EDITED_AT'>;
}

function ProxyRow({ proxy }: { readonly proxy: ListedProxy }) {
  const { key, can } = useProject();
  const address = useAddress();
  const { resourceId, name, description, type, editedBy, editedAt, deletedAt, deletedBy, lastTest, usedBy } = proxy;
  return (
    <tr>
      <th scope="row" className={styles.name}>
        <Link href={address(`/projects/${key}/proxy-connections/${resourceId}`)}>{name}</Link>
        {deletedAt !== null && (
          <div className={styles.deleted}>
            Deleted by {deletedBy?.name}, <When at={deletedAt} />
          </div>
        )}
      </th>
      <td className={styles.description}>
        <div className={styles.cut}>{description}</div>
      </td>
      <td>{type}</td>
      <td>
        <LastEditor editor={editedBy} />
      </td>
      <td>
        <When at={editedAt} />
      </td>
      <td>{lastTest ? <LastTest test={lastTest} /> : <span className={styles.quiet}>never tested</span>}</td>
      <td className={styles.count}>
        {deletedAt !== null && can('EDIT') ? <Restore proxy={proxy} /> : usedBy.totalCount}
      </td>
    </tr>
  );
}

function Restore({ proxy }: { readonly proxy: ListedProxy }) {
  const { restore, ...last } = useRestore();
  return <RestoreButton name={proxy.name} onRestore={() => restore(proxy)} {...last} />;
}
