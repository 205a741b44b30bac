import { Select } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';
import { nameOf, RESOURCE } from '../../parts/changes/version-query.ts';
import styles from './history-filters.module.css';

const RESOURCES = graphql(`
  query Resources($key: String!, $asOf: AsOfInput, $name: String) {
    project(key: $key, asOf: $asOf) {
      id
      proxyConnections(first: 20, filter: { nameContains: $name, state: ANY }) {
        nodes {
          id
          resourceId
          name
          deletedAt
        }
      }
      dataSources(first: 20, filter: { nameContains: $name, state: ANY }) {
        nodes {
          id
          resourceId
          name
          deletedAt
        }
      }
      configParameters(first: 20, filter: { keyContains: $name, state: ANY }) {
        nodes {
          id
          resourceId
          key
          deletedAt
        }
      }
    }
  }
`);

interface Found {
  readonly resourceId: string;
  readonly deletedAt: string | null;
}

/** Of what: anything of the project, found by its name. */
export function ResourceFilter({ value, onChange }: ResourceFilterProps) {
  const { key, asOf } = useProject();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const chosen = useAsk(RESOURCE, { key, asOf, id: value ?? '' }, value !== null).data?.project?.resource;
  const chosenName = (chosen && nameOf(chosen)) ?? value ?? '';
  // The name of what is chosen stands in the field, and is no search.
  const name = typed === chosenName ? '' : typed;
  const { data } = useAsk(RESOURCES, { key, asOf, name: name === '' ? null : name }, isOpen);
  const { proxyConnections, dataSources, configParameters } = data?.project ?? {};
  const optionOf = (label: string, { resourceId, deletedAt }: Found) => ({
    value: resourceId,
    label: deletedAt === null ? label : `${label} (deleted)`,
  });
  const groups = [
    { group: 'Proxy Connections', items: proxyConnections?.nodes.map((each) => optionOf(each.name, each)) ?? [] },
    { group: 'Data Sources', items: dataSources?.nodes.map((each) => optionOf(each.name, each)) ?? [] },
    { group: 'Parameters', items: configParameters?.nodes.map((each) => optionOf(each.key, each)) ?? [] },
  ];
  const isListed = groups.some(({ items }) => items.some((item) => item.value === value));
  return (
    <Select
      label="Resource"
      className={styles.field}
      placeholder="Any"
      searchable
      clearable
      data={[...(value !== null && !isListed ? [{ value, label: chosenName }] : []), ...groups]}
      filter={({ options }) => options}
      nothingFoundMessage="Nothing has this in its name"
      value={value}
      onDropdownOpen={() => setOpen(true)}
      onSearchChange={setTyped}
      onChange={(id) => onChange(id ?? '')}
    />
  );
}

interface ResourceFilterProps {
  readonly value: string | null;
  readonly onChange: (resource: string) => void;
}
