import { useEffect, useRef, useState } from 'react';
import type { TypedDocumentNode } from 'urql';
import type { Failure } from '../graphql/failure.ts';
import { useLedger } from '../graphql/ledger.tsx';
import { heldFocus } from './keep-focus.ts';
import { MutationOnce, type OnePayload, type Outcome, type PayloadOf, type UserError } from './mutation-once.ts';

export interface Mutation<Data extends OnePayload, Input> {
  /** Answers once the outcome is known. What is shown is asked about anew by itself. */
  readonly run: (input: Omit<Input, 'idempotencyKey'>) => Promise<Outcome<PayloadOf<Data>>>;
  readonly isRunning: boolean;
  /** Of the last run. */
  readonly userErrors: readonly UserError[];
  /** Of the last run; the same input may be run again. */
  readonly failure: Failure | undefined;
  /** Forgets errors and failure. */
  readonly reset: () => void;
}

/** A mutation with one `$input`, safe to click twice: a second run while one is under way is that one. */
export function useMutationOnce<Data extends OnePayload, Input extends object>(
  mutation: TypedDocumentNode<Data, { input: Input }>,
): Mutation<Data, Input> {
  const { client, refresh } = useLedger();
  const [once] = useState(() => new MutationOnce<Data, Input>(client, mutation));
  const [last, setLast] = useState<Outcome<PayloadOf<Data>> | undefined>();
  const [isRunning, setRunning] = useState(false);
  const running = useRef<Promise<Outcome<PayloadOf<Data>>>>(undefined);
  const bringFocusBack = useRef<() => void>(undefined);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      bringFocusBack.current?.();
    };
  }, []);

  // A button that waits is none that has the focus, and what is done may take away where it was.
  useEffect(() => {
    if (isRunning) return;
    bringFocusBack.current?.();
    bringFocusBack.current = undefined;
  }, [isRunning]);

  const run = (input: Omit<Input, 'idempotencyKey'>): Promise<Outcome<PayloadOf<Data>>> => {
    if (running.current) return running.current;
    bringFocusBack.current = heldFocus();
    setRunning(true);
    running.current = once.run(input).then((outcome) => {
      if (outcome.kind === 'done') refresh.soon();
      if (!isGone.current) setLast(outcome);
      return outcome;
    });
    return running.current.finally(() => {
      running.current = undefined;
      setRunning(false);
    });
  };
  return {
    run,
    isRunning,
    userErrors: last?.kind === 'mend' ? last.userErrors : NONE,
    failure: last?.kind === 'failed' ? last.failure : undefined,
    reset: () => setLast(undefined),
  };
}

const NONE: readonly UserError[] = [];
