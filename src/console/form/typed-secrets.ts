import { useEffect } from 'react';

/** The fields that hold a secret that is typed and not saved. */
const fields = new Map<symbol, string>();

/** Notes that a field holds one, as long as it does. */
export function useTypedSecret(label: string, isTyped: boolean): void {
  useEffect(() => {
    if (!isTyped) return;
    const field = Symbol(label);
    fields.set(field, label);
    return () => {
      fields.delete(field);
    };
  }, [label, isTyped]);
}

/** What is lost when the page is left: a secret is kept nowhere. */
export function typedSecrets(): readonly string[] {
  return [...fields.values()];
}
