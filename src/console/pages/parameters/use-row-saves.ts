import { useRef, useState } from 'react';
import { MutationOnce } from '../../form/mutation-once.ts';
import type { Failure } from '../../graphql/failure.ts';
import { useLedger } from '../../graphql/ledger.tsx';
import { conflictsOf, sentCells } from './cell-drafts.ts';
import { type Column, cellErrors, inputOf } from './cells.ts';
import { type Parameter, SET_PARAMETER } from './parameter-query.ts';
import type { Cells } from './use-cell-drafts.ts';

/** How the last attempt to save a row stands. */
export interface RowSave {
  readonly isSaving: boolean;
  /** By cell; under the empty name what is about none. */
  readonly errors: ReadonlyMap<Column | '', string>;
  readonly failure: Failure | undefined;
}

export const NOTHING: RowSave = { isSaving: false, errors: new Map(), failure: undefined };

export interface RowSaves {
  readonly of: (id: string) => RowSave;
  /** Saves all that was typed into a row, in one commit. @returns whether nothing of it is left */
  readonly save: (parameter: Parameter, reason: string) => Promise<boolean>;
  readonly forget: (id: string) => void;
}

/** Each row is saved by itself: once, on top of the version that is seen, one attempt at a time. */
export function useRowSaves(projectKey: string, environments: readonly string[], cells: Cells): RowSaves {
  const { client, refresh } = useLedger();
  const [saves, setSaves] = useState<ReadonlyMap<string, RowSave>>(new Map());
  const once = useRef(new Map<string, ReturnType<typeof onceOf>>());
  const running = useRef(new Map<string, Promise<boolean>>());
  /** What the server answered last: newer than what is on the screen, for a moment. */
  const answered = useRef(new Map<string, Parameter>());
  const onceOf = () => new MutationOnce(client, SET_PARAMETER);
  const note = (id: string, save: RowSave) => setSaves((before) => new Map(before).set(id, save));

  const attempt = async (seen: Parameter, reason: string): Promise<boolean> => {
    const id = seen.resourceId;
    const newest = answered.current.get(id);
    const parameter = newest !== undefined && newest.version > seen.version ? newest : seen;
    const row = cells.of(id);
    const sent = row.typed;
    if (Object.keys(sent).length === 0) return true;
    if (conflictsOf(row, parameter).length > 0) return false;
    const mutation = once.current.get(id) ?? onceOf();
    once.current.set(id, mutation);
    note(id, { ...NOTHING, isSaving: true });
    const input = inputOf(parameter, sent, environments);
    const outcome = await mutation.run({
      ...input,
      projectKey,
      key: parameter.key,
      expectedVersion: parameter.version,
      reason,
    });
    if (outcome.kind === 'done') {
      if (outcome.payload.configParameter) answered.current.set(id, outcome.payload.configParameter);
      cells.forget(id, sentCells(cells.of(id), sent));
    }
    note(id, {
      isSaving: false,
      errors: outcome.kind === 'mend' ? cellErrors(outcome.userErrors, input) : NOTHING.errors,
      failure: outcome.kind === 'failed' ? outcome.failure : undefined,
    });
    // What was refused may be so because somebody else was first.
    if (outcome.kind !== 'failed') refresh.soon();
    return outcome.kind === 'done';
  };
  return {
    of: (id) => saves.get(id) ?? NOTHING,
    save(parameter, reason) {
      const id = parameter.resourceId;
      const before = running.current.get(id) ?? Promise.resolve(true);
      const next = before.then(() => attempt(parameter, reason));
      running.current.set(id, next);
      return next;
    },
    forget: (id) => setSaves((before) => new Map([...before].filter(([other]) => other !== id))),
  };
}
