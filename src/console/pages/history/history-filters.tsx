import { Button, Select, TextInput } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { CHANGE_TYPES, changeWords } from '../../parts/changes/change-words.ts';
import { Filters } from '../../parts/filters.tsx';
import { withParameter } from '../../parts/search-field.tsx';
import { ActorFilter } from './actor-filter.tsx';
import { ALL_EDITS, ALL_TESTS, instantOf, localInput } from './history-filter.ts';
import styles from './history-filters.module.css';
import { ResourceFilter } from './resource-filter.tsx';

const TYPES = [
  { value: ALL_EDITS, label: 'Edits' },
  { value: ALL_TESTS, label: 'Tests' },
  ...CHANGE_TYPES.map((type) => {
    const { noun, verb } = changeWords(type);
    return { value: type, label: `${noun} ${verb}` };
  }),
];

const NAMES = ['actor', 'type', 'resource', 'since', 'until'];

/** What the history is narrowed by; all of it is in the address. */
export function HistoryFilters() {
  const [search, setSearch] = useSearchParams();
  const put = (name: string, value: string) =>
    setSearch((before) => withParameter(before, name, value), { replace: true });
  const time = (name: 'since' | 'until', label: string) => (
    <TextInput
      // Half a time typed is none: it is not taken away by what is in the address.
      key={`${name} ${search.get(name)}`}
      type="datetime-local"
      label={label}
      className={styles.time}
      defaultValue={localInput(search.get(name))}
      onBlur={(event) => {
        const { value } = event.currentTarget;
        if (value !== localInput(search.get(name))) put(name, instantOf(value));
      }}
      onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
    />
  );
  return (
    <Filters>
      <ActorFilter value={search.get('actor') ?? ''} onChange={(actor) => put('actor', actor)} />
      <Select
        label="Type"
        className={styles.field}
        data={TYPES}
        searchable
        clearable
        placeholder="Any"
        value={search.get('type')}
        onChange={(type) => put('type', type ?? '')}
      />
      <ResourceFilter value={search.get('resource')} onChange={(resource) => put('resource', resource)} />
      {time('since', 'Since')}
      {time('until', 'Until')}
      {NAMES.some((name) => search.has(name)) && (
        <Button
          variant="default"
          onClick={() =>
            setSearch((before) => NAMES.reduce((rest, name) => withParameter(rest, name, ''), before), {
              replace: true,
            })
          }
        >
          Show all
        </Button>
      )}
    </Filters>
  );
}
