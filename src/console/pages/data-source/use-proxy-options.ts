import { useEffect, useRef, useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { useAsk } from '../../graphql/use-ask.ts';

const OPTION = graphql(`
  fragment ProxyOption on ProxyConnection {
    id
    name
    type
    host
    port
    deletedAt
  }
`);

const OPTIONS = graphql(
  `
    query ProxyOptions($key: String!, $asOf: AsOfInput, $nameContains: String) {
      project(key: $key, asOf: $asOf) {
        id
        proxyConnections(first: 50, filter: { nameContains: $nameContains }) {
          nodes {
            ...ProxyOption
          }
        }
      }
    }
  `,
  [OPTION],
);

const CHOSEN = graphql(
  `
    query ChosenProxy($key: String!, $asOf: AsOfInput, $id: ID!) {
      project(key: $key, asOf: $asOf) {
        id
        resource(id: $id) {
          id
          ...ProxyOption
        }
      }
    }
  `,
  [OPTION],
);

export interface ProxyOption {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly host: string;
  readonly port: string;
  readonly deletedAt: string | null;
}

/** The one that is chosen, be it deleted; undefined while it is awaited, and where none is. @param id empty: none */
export function useChosenProxy(id: string): ProxyOption | undefined {
  const { key, asOf } = useProject();
  const { data } = useAsk(CHOSEN, { key, asOf, id }, id !== '');
  const chosen = id === '' ? undefined : data?.project?.resource;
  return chosen && 'host' in chosen ? chosen : undefined;
}

/** Those that have a text in their name, at most 50, by name. While they are awaited, those of the ones before that have it. */
export function useProxyOptions(typed: string, isNeeded: boolean): readonly ProxyOption[] | undefined {
  const { key, asOf } = useProject();
  const settled = useSettled(typed);
  const { data } = useAsk(OPTIONS, { key, asOf, nameContains: settled || null }, isNeeded);
  const shown = useRef<readonly ProxyOption[]>(undefined);
  if (data?.project) shown.current = data.project.proxyConnections.nodes;
  if (settled === typed && data !== undefined) return shown.current;
  return shown.current?.filter(({ name }) => name.toLowerCase().includes(typed.toLowerCase()));
}

/** Milliseconds after the last key. */
const SETTLED = 200;

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLED);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
