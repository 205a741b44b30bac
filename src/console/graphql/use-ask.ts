import { useEffect, useRef } from 'react';
import { type AnyVariables, type TypedDocumentNode, useQuery } from 'urql';
import { type Failure, failureOf } from './failure.ts';
import { useLedger } from './ledger.tsx';
import type { Refresh } from './refresh.ts';

export interface Asked<Data> {
  /** What is known; while it is asked anew, and while the server is not reached, what was known before. */
  readonly data: Data | undefined;
  /** Why there is none, or not all of it. */
  readonly failure: Failure | undefined;
  /** Whether an answer is awaited, the first or another one. */
  readonly isAsking: boolean;
  readonly again: () => void;
}

/**
 * Asks, and asks again whenever something changed that may matter.
 *
 * @param isNeeded default true; false asks nothing
 */
export function useAsk<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isNeeded = true,
): Asked<Data> {
  const { refresh } = useLedger();
  const [{ data, error, fetching, stale }, ask] = useQuery({ query, variables, pause: !isNeeded });
  const isAsking = fetching || stale;
  const again = () => ask({ requestPolicy: 'network-only' });
  useRefreshed(refresh, isNeeded, isAsking, again);
  const known = useKnown(data, variables, isAsking);
  return { data: known, failure: error && failureOf(error), isAsking, again };
}

/** One question at a time: what changes while an answer is awaited, which may be too old then, is asked about behind it. */
function useRefreshed(refresh: Refresh, isNeeded: boolean, isAsking: boolean, again: () => void): void {
  const seen = useRef({ isAsking, again, isMissed: false });
  useEffect(() => {
    const { isMissed } = seen.current;
    seen.current = { isAsking, again, isMissed: isMissed && isAsking };
    if (isMissed && !isAsking) again();
  });
  useEffect(() => {
    if (!isNeeded) return;
    return refresh.show(() => {
      if (seen.current.isAsking) seen.current.isMissed = true;
      else seen.current.again();
    });
  }, [refresh, isNeeded]);
}

/**
 * An answer that failed takes nothing away of what was known of the same question. Of another moment it stays until the answer
 * comes, so that nothing flickers while one goes through the past.
 */
function useKnown<Data>(data: Data | undefined, variables: AnyVariables, isAsking: boolean): Data | undefined {
  const known = useRef<{ question: string; moment: string; data: Data }>(undefined);
  const { asOf, ...others } = { asOf: undefined, ...variables };
  const [question, moment] = [JSON.stringify(others), JSON.stringify(asOf) ?? ''];
  if (data !== undefined && data !== null) known.current = { question, moment, data };
  if (known.current?.question !== question) return undefined;
  return known.current.moment === moment || isAsking ? known.current.data : undefined;
}
