import { Button, Checkbox, Select, TextInput } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { Filters } from '../../parts/filters.tsx';
import { SearchField, withParameter } from '../../parts/search-field.tsx';
import { ProxySelect } from '../data-source/proxy-select.tsx';
import type { DataSourceFilter } from '../data-sources.tsx';
import styles from './data-source-filters.module.css';

const ROUTINGS = [
  { value: 'DIRECT', label: 'Direct' },
  { value: 'PROXY', label: 'Through a proxy' },
  { value: 'PROXY_DELETED', label: 'Proxy deleted' },
] as const;

/** What the address asks for, with null for what it does not. */
export function filterOf(search: URLSearchParams): DataSourceFilter {
  const routing = ROUTINGS.find(({ value }) => value === search.get('routing'))?.value ?? null;
  return {
    nameContains: search.get('search'),
    routing,
    proxyConnection: search.get('proxy'),
    editedBy: search.get('editedBy'),
    editedSince: sinceOf(search.get('since') ?? ''),
    state: search.has('deleted') ? 'ANY' : null,
  };
}

/** Midnight at the beginning of the day, where the browser is. @param day such as 2026-03-01 */
function sinceOf(day: string): string | null {
  const since = new Date(/^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00` : '');
  return Number.isNaN(since.getTime()) ? null : since.toISOString();
}

export function DataSourceFilters({ filter }: { readonly filter: DataSourceFilter }) {
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch((search) => withParameter(search, name, value), { replace: true });
  return (
    <Filters>
      <SearchField placeholder="Search by name" />
      <Select
        aria-label="Routing"
        placeholder="Any routing"
        w={150}
        clearable
        data={ROUTINGS}
        value={filter.routing ?? null}
        onChange={(routing) => set('routing', routing ?? '')}
        clearButtonProps={{ 'aria-label': 'Clear Routing' }}
      />
      <ProxySelect
        label="Proxy connection"
        isLabelHidden
        placeholder="Any proxy connection"
        w={220}
        chosen={filter.proxyConnection ?? ''}
        onChoose={(id) => set('proxy', id)}
      />
      <TextInput
        type="date"
        label="Edited since"
        classNames={{ root: styles.beside }}
        value={search.get('since') ?? ''}
        onChange={(event) => set('since', event.currentTarget.value)}
      />
      {filter.editedBy && (
        <Button variant="default" onClick={() => set('editedBy', '')}>
          Edited by {filter.editedBy} ✕
        </Button>
      )}
      <Checkbox
        label="Show deleted"
        className={styles.deleted}
        checked={filter.state === 'ANY'}
        onChange={(event) => set('deleted', event.currentTarget.checked ? '1' : '')}
      />
    </Filters>
  );
}
