import { type Exchange, mapExchange } from 'urql';

/**
 * Tells an error of the field that became null by it. A field that may not be null takes those around it along, up to one that
 * may: of that one the cache knows an error only at its own path, and would else keep null as what the server knows of it.
 */
export function errorsAtNulls(): Exchange {
  return mapExchange({
    onResult({ data, error }) {
      for (const each of error?.graphQLErrors ?? []) {
        if (each.path) Object.assign(each, { path: pathOfNull(data, each.path) });
      }
    },
  });
}

/** The part of an error's path that leads to the first null; all of it where there is none. */
export function pathOfNull(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [index, name] of path.entries()) {
    value = typeof value === 'object' && value !== null ? (value as Record<string | number, unknown>)[name] : undefined;
    if (value === null) return path.slice(0, index + 1);
  }
  return path;
}
