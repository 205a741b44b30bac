import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { LastEditor } from '../../parts/last-editor.tsx';
import { RestoreButton } from '../../parts/restore-button.tsx';
import { SortHeading, type Sorting } from '../../parts/sorting.tsx';
import { When } from '../../parts/when.tsx';
import { useAddress } from '../../time/moment.ts';
import type { ShownDataSource } from '../data-source/shown-data-source.ts';
import { useRestore } from '../data-source/use-restore.ts';
import styles from './data-source-table.module.css';
import { Routing } from './routing.tsx';

export function DataSourceTable({ dataSources, sorting }: DataSourceTableProps) {
  const columns = [
    <SortHeading key="NAME" label="Name" field="NAME" sorting={sorting} />,
    'Base URL',
    'Routing',
    <SortHeading key="EDITED_BY" label="Edited by" field="EDITED_BY" sorting={sorting} />,
    <SortHeading key="EDITED_AT" label="Edited at" field="EDITED_AT" sorting={sorting} />,
    'Runtime',
  ];
  return (
    <DataTable label="Data sources" columns={columns}>
      {dataSources.map((dataSource) => (
        <DataSourceRow key={dataSource.id} dataSource={dataSource} />
      ))}
    </DataTable>
  );
}

interface DataSourceTableProps {
  readonly dataSources: readonly ShownDataSource[];
  readonly sorting: Sorting<'NAME' | 'EDITED_BY' | 'EDITED_AT'>;
}

function DataSourceRow({ dataSource }: { readonly dataSource: ShownDataSource }) {
  const { key, can } = useProject();
  const address = useAddress();
  const { resourceId, name, description, baseUrl, editedBy, editedAt, deletedAt, deletedBy } = dataSource;
  const home = `/projects/${key}/data-sources/${resourceId}`;
  return (
    <tr>
      <th scope="row">
        <Link href={address(home)}>{name}</Link>
        {description !== null && <div className={`${styles.description} ${styles.cut}`}>{description}</div>}
      </th>
      <td className={styles.url}>
        <code className={styles.cut}>{baseUrl}</code>
      </td>
      <td className={styles.routing}>
        {deletedAt === null ? (
          <Routing dataSource={dataSource} />
        ) : (
          <>
            Deleted by {deletedBy?.name}, <When at={deletedAt} />
          </>
        )}
      </td>
      <td>
        <LastEditor editor={editedBy} />
      </td>
      <td>
        <When at={editedAt} />
      </td>
      <td>
        {deletedAt === null ? (
          <Link href={address(`${home}/runtime`)} aria-label={`Runtime of ${name}`}>
            Runtime
          </Link>
        ) : (
          can('EDIT') && <Restore dataSource={dataSource} />
        )}
      </td>
    </tr>
  );
}

function Restore({ dataSource }: { readonly dataSource: ShownDataSource }) {
  const { restore, ...last } = useRestore();
  return <RestoreButton name={dataSource.name} onRestore={() => restore(dataSource)} {...last} />;
}
