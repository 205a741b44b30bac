import { Select, type SelectProps } from '@mantine/core';
import { useState } from 'react';
import styles from './proxy-select.module.css';
import { type ProxyOption, useChosenProxy, useProxyOptions } from './use-proxy-options.ts';

/** In place of a proxy connection's id. */
const CREATE = '+';

/** Chooses a proxy connection by its name, type and host. */
export function ProxySelect({ label, isLabelHidden, chosen, onChoose, onCreate, error, ...props }: ProxySelectProps) {
  const [search, setSearch] = useState('');
  const [isOpen, setOpen] = useState(false);
  const selected = useChosenProxy(chosen);
  const searched = search === selected?.name ? '' : search;
  const found = useProxyOptions(searched, isOpen);
  const proxies = new Map<string, ProxyOption>();
  if (selected) proxies.set(selected.id, selected);
  for (const proxy of found ?? []) proxies.set(proxy.id, proxy);
  const data = [...proxies.values()].map(({ id, name }) => ({ value: id, label: name }));
  const choose = (id: string | null) => {
    if (id === CREATE) onCreate?.();
    else onChoose(id ?? '');
  };
  return (
    <Select
      {...props}
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      searchable
      clearable
      allowDeselect={false}
      // Behind those that there are: it is not what comes first while they are awaited.
      data={onCreate && found ? [...data, { value: CREATE, label: 'Create' }] : data}
      // The server has searched.
      filter={({ options }) => options}
      value={chosen === '' ? null : chosen}
      searchValue={search}
      onSearchChange={setSearch}
      onDropdownOpen={() => setOpen(true)}
      onChange={choose}
      error={error ?? (selected?.deletedAt ? `${selected.name} was deleted: calls are refused.` : undefined)}
      clearButtonProps={{ 'aria-label': `Clear ${label}` }}
      nothingFoundMessage={found ? 'There is none.' : 'Loading'}
      maxDropdownHeight={320}
      renderOption={({ option: { value } }) => {
        const proxy = proxies.get(value);
        if (proxy) return <ProxyWords proxy={proxy} />;
        return <CreateWords search={searched} hasNone={found?.length === 0} />;
      }}
    />
  );
}

interface ProxySelectProps extends Pick<SelectProps, 'description' | 'required' | 'placeholder' | 'w'> {
  readonly label: string;
  /** Whether it is told to screen readers alone. */
  readonly isLabelHidden?: boolean;
  /** A proxy connection's id; empty: none. */
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** Left out: none can be made from here. */
  readonly onCreate?: (() => void) | undefined;
  readonly error?: string | undefined;
}

function ProxyWords({ proxy: { name, type, host, port, deletedAt } }: { readonly proxy: ProxyOption }) {
  return (
    <span className={styles.option}>
      <span className={styles.name}>{name}</span>{' '}
      <span className={styles.more}>
        {type} {host}:{port}
        {deletedAt !== null && ', deleted'}
      </span>
    </span>
  );
}

function CreateWords({ search, hasNone }: { readonly search: string; readonly hasNone: boolean }) {
  return (
    <span className={styles.option}>
      <span className={styles.create}>Create</span>{' '}
      {hasNone && (
        <span className={styles.more}>
          {search === '' ? 'There is no proxy connection yet.' : `None has “${search}” in its name.`}
        </span>
      )}
    </span>
  );
}
