import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { useProject } from '../frame/project-frame.tsx';
import { graphql, type ResultOf } from '../graphql/graphql.ts';
import { useLedger } from '../graphql/ledger.tsx';
import { useAsk } from '../graphql/use-ask.ts';

const PARAMETER = graphql(`
  query NamedParameter($key: String!, $asOf: AsOfInput, $parameter: String!) {
    project(key: $key, asOf: $asOf) {
      id
      configParameter(key: $parameter) {
        id
        key
        secret
        defaultValue
        values {
          environment
          value
        }
      }
    }
  }
`);

export type Parameter = NonNullable<NonNullable<ResultOf<typeof PARAMETER>['project']>['configParameter']>;

/** Parameters by their keys; null for one that there is not, absent while it is not known. */
export function useParameters(keys: readonly string[]): ReadonlyMap<string, Parameter | null> {
  const { key, asOf } = useProject();
  const client = useClient();
  const { refresh } = useLedger();
  const [known, setKnown] = useState<ReadonlyMap<string, Parameter | null>>(new Map());
  const named = keys.join(' ');
  const position = asOf?.position;
  useEffect(() => {
    let isGone = false;
    const moment = position === undefined ? null : { position };
    const ask = async () => {
      const found = await Promise.all(
        named.split(' ').map(async (parameter) => {
          const { data } = await client.query(PARAMETER, { key, asOf: moment, parameter }).toPromise();
          return [parameter, data?.project ? data.project.configParameter : undefined] as const;
        }),
      );
      if (isGone) return;
      setKnown((before) => {
        const next = new Map(before);
        for (const [parameter, one] of found) if (one !== undefined) next.set(parameter, one);
        return next;
      });
    };
    if (named === '') return;
    void ask();
    const stop = refresh.show(() => void ask());
    return () => {
      isGone = true;
      stop();
    };
  }, [client, refresh, key, position, named]);
  return known;
}

const OFFERED = graphql(`
  query OfferedParameters($key: String!, $part: String!) {
    project(key: $key) {
      id
      configParameters(first: 20, filter: { keyContains: $part, secret: false }) {
        nodes {
          id
          key
          description
        }
      }
    }
  }
`);

export interface OfferedParameter {
  readonly key: string;
  readonly description: string | null;
}

/** What can be named where secrets can not. @param part of the key; undefined: nothing is asked */
export function useOfferedParameters(part: string | undefined): readonly OfferedParameter[] | undefined {
  const { key } = useProject();
  const { data } = useAsk(OFFERED, { key, part: part ?? '' }, part !== undefined);
  return part === undefined ? undefined : data?.project?.configParameters.nodes;
}
