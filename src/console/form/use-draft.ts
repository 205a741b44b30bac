import { useState } from 'react';
import { drafts } from './drafts.ts';

export interface Draft<Values> {
  readonly values: Values;
  /** Whether they differ from what is saved. */
  readonly isChanged: boolean;
  readonly change: (values: Partial<Values>) => void;
  /** Forgets what was typed: it is saved, or not wanted any more. @param saved as it is now; left out: as it was */
  readonly settle: (saved?: Values) => void;
}

/**
 * The values of a form, which outlive a visit to another page, and of which a tab that is closed reminds. Never put a secret
 * here: it would outlive its form.
 *
 * @param key of the form, such as its address
 * @param saved what the server has, or what a new one begins with; when it changes, what was not touched follows
 */
export function useDraft<Values extends object>(key: string, saved: Values): Draft<Values> {
  const kept = () => (drafts.get(key) ?? {}) as Partial<Values>;
  const [typed, setTyped] = useState(kept);
  const values = { ...saved, ...typed };
  const isChanged = JSON.stringify(values) !== JSON.stringify(saved);

  const keep = (next: Partial<Values>, against: Values) => {
    const differing = Object.entries(next).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(against[name as keyof Values]),
    );
    const draft = Object.fromEntries(differing) as Partial<Values>;
    setTyped(draft);
    if (differing.length === 0) drafts.forget(key);
    else drafts.set(key, draft);
  };
  return {
    values,
    isChanged,
    change: (changed) => keep({ ...kept(), ...changed }, saved),
    settle: (now = saved) => keep({}, now),
  };
}
