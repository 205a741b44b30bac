import { Link } from 'wouter';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';

export function ProjectTable({ projects }: { readonly projects: readonly ListedProject[] }) {
  return (
    <DataTable label="Projects" columns={['Name', 'Key', 'Edited by', 'Edited at']}>
      {projects.map(({ id, key, name, editedBy, editedAt }) => (
        <tr key={id}>
          <th scope="row">
            <Link href={`/projects/${key}/proxy-connections`}>{name}</Link>
          </th>
          <td>
            <code>{key}</code>
          </td>
          <td>{editedBy.name}</td>
          <td>
            <When at={editedAt} />
          </td>
        </tr>
      ))}
    </DataTable>
  );
}

interface ListedProject {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly editedBy: { readonly name: string };
  readonly editedAt: string;
}
