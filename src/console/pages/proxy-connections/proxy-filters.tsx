import { Button, Checkbox, Select } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { Filters } from '../../parts/filters.tsx';
import { SearchField, withParameter } from '../../parts/search-field.tsx';
import { AUTH_TYPES, PROXY_TYPES } from '../proxy-connection/proxy-values.ts';
import type { ProxyFilter } from '../proxy-connections.tsx';
import styles from './proxy-filters.module.css';

const USES = [
  { value: 'yes', label: 'In use' },
  { value: 'no', label: 'Not in use' },
] as const;

/** What the address asks for, with null for what it does not. */
export function filterOf(search: URLSearchParams): ProxyFilter {
  const use = search.get('use');
  return {
    nameContains: search.get('search'),
    type: PROXY_TYPES.find(({ value }) => value === search.get('type'))?.value ?? null,
    authType: AUTH_TYPES.find(({ value }) => value === search.get('auth'))?.value ?? null,
    inUse: use === 'yes' ? true : use === 'no' ? false : null,
    editedBy: search.get('editedBy'),
    state: search.has('deleted') ? 'ANY' : null,
  };
}

export function ProxyFilters({ filter }: { readonly filter: ProxyFilter }) {
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch((search) => withParameter(search, name, value), { replace: true });
  const choice = (name: string, label: string, any: string, data: readonly { value: string; label: string }[]) => (
    <Select
      aria-label={label}
      placeholder={any}
      w={150}
      clearable
      data={data}
      value={search.get(name)}
      onChange={(value) => set(name, value ?? '')}
      clearButtonProps={{ 'aria-label': `Clear ${label}` }}
    />
  );
  return (
    <Filters>
      <SearchField placeholder="Search by name" />
      {choice('type', 'Type', 'Any type', PROXY_TYPES)}
      {choice('auth', 'Auth', 'Any auth type', AUTH_TYPES)}
      {choice('use', 'Use', 'In use or not', USES)}
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
