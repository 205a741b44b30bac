import { useEffect, useRef } from 'react';
import { type AnyVariables, createRequest, type TypedDocumentNode, type UseQueryState, useQuery } from 'urql';
import { type Failure, failureOf } from './failure.ts';
import { useLedger } from './ledger.tsx';
import type { Refresh } from './refresh.ts';

export interface Asked<Data> {
  /** What is known; while it is asked anew, and while the server is not reached, what was known before. */
  readonly data: Data | undefined;
  /** Whether `data` answers the question before, of another moment or page: it stays until this one is answered. */
  readonly isOld: boolean;
  /** Why there is none, or not all of it. */
  readonly failure: Failure | undefined;
  /** Whether an answer is awaited, the first or another one. */
  readonly isAsking: boolean;
  readonly again: () => void;
}

/**
 * Asks, and asks again whenever something changed that may matter. The answer to a question that is no longer put is not
 * waited for: its request is aborted.
 *
 * @param variables with an `asOf`: what has been told of the past stays true, and is not asked again
 * @param isNeeded default true; false asks nothing
 */
export function useAsk<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  isNeeded = true,
): Asked<Data> {
  const { refresh } = useLedger();
  const moment = momentOf(variables);
  const requestPolicy = moment === undefined ? 'cache-and-network' : 'cache-first';
  const [state, ask] = useQuery({ query, variables, pause: !isNeeded, requestPolicy });
  const isAsking = state.fetching || state.stale;
  const again = () => ask({ requestPolicy: 'network-only' });
  useRefreshed(refresh, isNeeded, isAsking, again);
  const known = useKnown(state, createRequest(query, variables).key, moment);
  useOutdated(known?.isOld === true && known.moment !== moment);
  return {
    data: known?.data,
    isOld: known?.isOld ?? false,
    failure: state.error && failureOf(state.error),
    isAsking,
    again,
  };
}

/** Undefined: now. */
function momentOf(variables: AnyVariables): string | undefined {
  const asOf: unknown = variables?.asOf;
  return asOf === null || asOf === undefined ? undefined : JSON.stringify(asOf);
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

interface Known<Data> {
  readonly question: number;
  readonly moment: string | undefined;
  readonly data: Data;
}

/**
 * An answer that failed takes nothing away of what was known of the same question; and until a new question is answered,
 * the answer to the one before stands.
 */
function useKnown<Data>(
  { data, operation, fetching }: UseQueryState<Data>,
  question: number,
  moment: string | undefined,
): (Known<Data> & { readonly isOld: boolean }) | undefined {
  const known = useRef<Known<Data>>(undefined);
  if (data !== undefined && data !== null && operation?.key === question) known.current = { question, moment, data };
  const { current } = known;
  if (!current) return undefined;
  const isOld = current.question !== question;
  return isOld && !fetching ? undefined : { ...current, isOld };
}

/** Tells the page around while something shows another moment than the one that is asked about. */
function useOutdated(isOutdated: boolean): void {
  const { outdated } = useLedger();
  useEffect(() => (isOutdated ? outdated.add() : undefined), [outdated, isOutdated]);
}
