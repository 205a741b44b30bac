import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';
import { settings } from '../../session/settings.ts';
import styles from './history-filters.module.css';

const ACTORS = graphql(`
  query Actors($key: String!, $asOf: AsOfInput) {
    project(key: $key, asOf: $asOf) {
      id
      history(first: 100) {
        nodes {
          id
          commit {
            actor {
              identity
              name
            }
          }
        }
      }
    }
  }
`);

/** Who did it: one of those who did something lately, or anybody by their identity. */
export function ActorFilter({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (actor: string) => void;
}) {
  const { key, asOf } = useProject();
  const [isOpen, setOpen] = useState(false);
  const [typed, setTyped] = useState<string>();
  const { data } = useAsk(ACTORS, { key, asOf }, isOpen);
  const actors = new Map(data?.project?.history.nodes.map(({ commit: { actor } }) => [actor.identity, actor.name]));
  const take = (text: string) => {
    setTyped(undefined);
    const named = [...actors].find(([, name]) => name === text)?.[0];
    const identity = named ?? (isIdentity(text) || settings.auth !== 'none' ? text : `x-actor:${text}`);
    if (identity !== value) onChange(text === '' ? '' : identity);
  };
  return (
    <Autocomplete
      label="Actor"
      className={styles.field}
      placeholder="Anybody"
      data={[...actors.keys()]}
      filter={({ options, search }) =>
        options.filter(
          (option) =>
            'value' in option &&
            `${option.value} ${actors.get(option.value)}`.toLowerCase().includes(search.toLowerCase()),
        )
      }
      renderOption={({ option }) => actors.get(option.value) ?? option.value}
      clearable
      spellCheck={false}
      value={typed ?? value}
      onFocus={() => setOpen(true)}
      onChange={setTyped}
      onOptionSubmit={take}
      onClear={() => take('')}
      onBlur={() => typed !== undefined && take(typed.trim())}
      onKeyDown={(event) => {
        // An option that is chosen is told by itself.
        if (event.key === 'Enter' && !event.currentTarget.getAttribute('aria-activedescendant'))
          take((typed ?? value).trim());
      }}
    />
  );
}

/** `local`, or such as `x-actor:ada`. */
function isIdentity(text: string): boolean {
  return text === 'local' || /^(x-actor|oidc|oidc-client|token):/.test(text);
}
