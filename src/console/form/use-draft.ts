import { useState } from 'react';
import { useMoment } from '../time/moment.ts';
import { drafts } from './drafts.ts';

export interface Draft<Values> {
  readonly values: Values;
  /** Whether they differ from what is saved. */
  readonly isChanged: boolean;
  /** Whether somebody saved another version since the first change: what was not touched has followed theirs. */
  readonly isBehind: boolean;
  /** What both have changed, and differently. */
  readonly conflicts: readonly Conflict<Values>[];
  /** To save with, as `expectedVersion`: with conflicts left it is one that the server refuses. */
  readonly expectedVersion: number;
  readonly change: (values: Partial<Values>) => void;
  /** Mine stand, on top of theirs. */
  readonly takeMine: () => void;
  /** Theirs stand, where both have changed something. */
  readonly takeTheirs: () => void;
  /** Forgets what was typed: it is saved, or not wanted any more. */
  readonly settle: () => void;
}

export interface Conflict<Values> {
  readonly field: keyof Values & string;
  readonly mine: Values[keyof Values];
  readonly theirs: Values[keyof Values];
}

/** What was typed on top of what. */
interface Kept<Values> {
  readonly typed: Partial<Values>;
  /** Of the fields in `typed`: what was saved when they were touched. */
  readonly base: Partial<Values>;
  /** When the first one was. */
  readonly version: number;
}

/**
 * The values of a form, which outlive a visit to another page, and of which a tab that is closed reminds. Never put a secret
 * here: it would outlive its form.
 *
 * @param key of the form, such as its address; a form for another key is another element
 * @param saved what the server has, or what a new one begins with; what was not touched follows it
 * @param version of what is saved; 0 for a new one
 */
export function useDraft<Values extends object>(key: string, saved: Values, version = 0): Draft<Values> {
  // What was typed is on top of what is there now: it says nothing about the past.
  const isPast = useMoment() !== undefined;
  const kept = () => ((isPast ? undefined : drafts.get(key)) ?? { typed: {}, base: {}, version }) as Kept<Values>;
  const [, setShown] = useState<unknown>();
  const { typed, base, version: since } = kept();
  const values = { ...saved, ...typed };
  const namesOf = (fields: Partial<Values>) => Object.keys(fields) as (keyof Values & string)[];
  const conflicts = namesOf(typed)
    .filter((field) => !isSame(base[field], saved[field]) && !isSame(typed[field], saved[field]))
    .map((field) => ({ field, mine: values[field], theirs: saved[field] }));

  const keep = (next: Partial<Values>, over: Partial<Values>, from: number) => {
    const names = namesOf(next).filter((field) => !isSame(next[field], saved[field]));
    const only = (fields: Partial<Values>) =>
      Object.fromEntries(names.map((field) => [field, fields[field]])) as Partial<Values>;
    const now: Kept<Values> | undefined =
      names.length > 0 ? { typed: only(next), base: only(over), version: from } : undefined;
    if (now) drafts.set(key, now);
    else drafts.forget(key);
    setShown(now);
  };
  return {
    values,
    isChanged: namesOf(typed).some((field) => !isSame(typed[field], saved[field])),
    isBehind: namesOf(typed).length > 0 && since !== version,
    conflicts,
    expectedVersion: conflicts.length > 0 ? since : version,
    change(changed) {
      const now = kept();
      keep({ ...now.typed, ...changed }, { ...saved, ...now.base }, now.version);
    },
    takeMine: () => keep(kept().typed, saved, version),
    takeTheirs() {
      const theirs = conflicts.map(({ field }) => field);
      const mine = Object.entries(kept().typed).filter(([field]) => !theirs.includes(field as keyof Values & string));
      keep(Object.fromEntries(mine) as Partial<Values>, saved, version);
    },
    settle: () => keep({}, {}, version),
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
