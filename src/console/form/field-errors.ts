import type { UserError } from './mutation-once.ts';

export interface FieldErrors {
  /** What is wrong with a field of the input, and with all below it; undefined: nothing. */
  of(...path: readonly (string | number)[]): string | undefined;
  /** What belongs to none of the fields that the form shows. */
  readonly others: readonly string[];
}

/** @param shown paths from the input, such as `host` or `headers.0.name`, that have a place of their own */
export function fieldErrors(errors: readonly UserError[], shown: readonly string[]): FieldErrors {
  const told = errors.map(({ path, message }) => ({ at: path.slice(1).join('.'), message }));
  const isBelow = (at: string, place: string) => at === place || at.startsWith(`${place}.`);
  return {
    of(...path) {
      const place = path.join('.');
      const messages = told.filter(({ at }) => isBelow(at, place)).map(({ message }) => message);
      return messages.length === 0 ? undefined : messages.join('\n');
    },
    others: told.filter(({ at }) => !shown.some((place) => isBelow(at, place))).map(({ message }) => message),
  };
}
