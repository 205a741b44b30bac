import { useSearchParams } from 'wouter';
import { withParameter } from './search-field.tsx';
import styles from './sorting.module.css';

export interface Sorting<Field extends string> {
  readonly field: Field;
  readonly direction: 'ASC' | 'DESC';
  /** Sorts by that field; by the same one, the other way round. */
  readonly by: (field: Field) => void;
}

/** The order that the address names, as `sort` (`NAME`, or `-NAME` for descending). @param fields the first is the default */
export function useSorting<const Field extends string>(fields: readonly [Field, ...Field[]]): Sorting<Field> {
  const [search, setSearch] = useSearchParams();
  const named = search.get('sort') ?? '';
  const known = fields.find((field) => field === named.replace(/^-/, ''));
  const field = known ?? fields[0];
  const direction = known !== undefined && named.startsWith('-') ? 'DESC' : 'ASC';
  return {
    field,
    direction,
    by: (next) => {
      const isTurned = next === field && direction === 'ASC';
      setSearch((search) => withParameter(search, 'sort', isTurned ? `-${next}` : next), { replace: true });
    },
  };
}

/** A column's heading that sorts by it. */
export function SortHeading<Field extends string>({ label, field, sorting }: SortHeadingProps<Field>) {
  const isSorted = sorting.field === field;
  const order = sorting.direction === 'ASC' ? 'ascending' : 'descending';
  return (
    <th scope="col" aria-sort={isSorted ? order : 'none'}>
      <button type="button" className={styles.heading} onClick={() => sorting.by(field)}>
        {label}
        <span aria-hidden="true">{isSorted ? (sorting.direction === 'ASC' ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  );
}

interface SortHeadingProps<Field extends string> {
  readonly label: string;
  readonly field: Field;
  readonly sorting: Sorting<Field>;
}
