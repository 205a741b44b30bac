import { Link } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { LongText } from '../parts/changes/long-text.tsx';
import { DataTable } from '../parts/data-table.tsx';
import type { Comparison, FieldComparison } from './compare.ts';
import type { ComparedResource } from './compare-query.ts';
import styles from './differences.module.css';
import { useAddress } from './moment.ts';

/** By sign and word, for whoever sees no colours. */
const SIGNS = { made: '+ made since', deleted: '− deleted since', changed: '± changed', edited: '± edited' } as const;

/** Two moments side by side, where they differ. */
export function DifferenceTable({ position, comparisons }: DifferenceTableProps) {
  if (comparisons.length === 0) return <p className={styles.words}>Nothing here was made, edited or deleted since.</p>;
  return (
    <DataTable label="Differences" columns={['Name', 'Difference', 'Field', `As of commit ${position}`, 'Now']}>
      {comparisons.map((comparison) => (
        <Rows key={comparison.resource.resourceId} comparison={comparison} />
      ))}
    </DataTable>
  );
}

interface DifferenceTableProps {
  readonly position: number;
  readonly comparisons: readonly Comparison<ComparedResource>[];
}

function Rows({ comparison: { is, resource, fields } }: { readonly comparison: Comparison<ComparedResource> }) {
  const rows: readonly (FieldComparison | undefined)[] = fields.length > 0 ? fields : [undefined];
  return rows.map((row, number) => (
    <tr key={row?.field ?? is}>
      {number === 0 && (
        <>
          <th scope="row" rowSpan={rows.length}>
            <Name resource={resource} />
          </th>
          <td rowSpan={rows.length} className={styles[is]}>
            {SIGNS[is]}
          </td>
        </>
      )}
      {row ? <Field row={row} /> : <td colSpan={3}>{WORDS[is]}</td>}
    </tr>
  ));
}

const WORDS = {
  made: 'It was not there.',
  deleted: 'It is not there any more.',
  changed: '',
  edited: 'It was edited, and reads the same: its secrets may be others.',
} as const;

function Field({ row: { field, earlier, now } }: { readonly row: FieldComparison }) {
  return (
    <>
      <td>{field}</td>
      <td className={styles.value}>
        <Value text={earlier} />
      </td>
      <td className={styles.value}>
        <Value text={now} />
      </td>
    </>
  );
}

function Value({ text }: { readonly text: string | null }) {
  return text === null ? <span className={styles.none}>none</span> : <LongText text={text} />;
}

function Name({ resource }: { readonly resource: ComparedResource }) {
  const { key } = useProject();
  const address = useAddress();
  const home = `/projects/${key}`;
  switch (resource.__typename) {
    case 'ProxyConnection':
      return <Link href={address(`${home}/proxy-connections/${resource.resourceId}`)}>{resource.name}</Link>;
    case 'DataSource':
      return <Link href={address(`${home}/data-sources/${resource.resourceId}`)}>{resource.name}</Link>;
    case 'ConfigParameter':
      return <code>{resource.key}</code>;
  }
}
