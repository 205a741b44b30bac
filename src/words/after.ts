/** What is there now, or later. */
export type Soon<T> = T | Promise<T>;

export function isLater<T>(value: Soon<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Goes on with a value when it is there, which may be at once: then nobody waits. */
export function after<T, U>(value: Soon<T>, goOn: (value: T) => Soon<U>): Soon<U> {
  return isLater(value) ? value.then(goOn) : goOn(value);
}
