import { useEffect, useRef, useState } from 'react';
import type { AnyVariables, TypedDocumentNode } from 'urql';
import { type Answer, askOnce } from '../graphql/ask-once.ts';
import { useLedger } from '../graphql/ledger.tsx';

/** Something that is sent at somebody's word and may take a while, such as a test. */
export interface Sending<Data, Variables> {
  /** Once at a time: nothing while the one before is under way. Answers undefined if it was stopped. */
  readonly send: (variables: Variables) => Promise<Answer<Data> | undefined>;
  /** Gives up what is under way. */
  readonly stop: () => void;
  readonly isSending: boolean;
  /** Of what was sent last; undefined until it is there. */
  readonly answer: Answer<Data> | undefined;
  /** Whether what was sent last was stopped. */
  readonly isStopped: boolean;
}

/** Sends, and stops when asked to or when its page is left. */
export function useSending<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): Sending<Data, Variables> {
  const { client, refresh } = useLedger();
  const [state, setState] = useState<SendingState<Data>>(IDLE);
  const underWay = useRef<AbortController>(undefined);
  useEffect(() => () => underWay.current?.abort(), []);

  const send = async (variables: Variables) => {
    if (underWay.current) return undefined;
    const abort = new AbortController();
    underWay.current = abort;
    setState({ ...IDLE, isSending: true });
    try {
      const answer = await askOnce(client, document, variables, abort.signal);
      setState({ ...IDLE, answer });
      refresh.soon();
      return answer;
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      setState({ ...IDLE, isStopped: true });
      return undefined;
    } finally {
      underWay.current = undefined;
    }
  };
  return { send, stop: () => underWay.current?.abort(), ...state };
}

interface SendingState<Data> {
  readonly isSending: boolean;
  readonly answer: Answer<Data> | undefined;
  readonly isStopped: boolean;
}

const IDLE = { isSending: false, answer: undefined, isStopped: false };
