let turn: Promise<void> | undefined;

/**
 * Resolves when the process has looked at all that it can read now, and for all who wait at that time at once: what they
 * do next they do side by side. A write that wakes its reader takes longer than all else of a call on a kept connection;
 * of writes that come right behind each other only the first one does that.
 */
export function together(): Promise<void> {
  turn ??= new Promise((resolve) => {
    setImmediate(() => {
      turn = undefined;
      resolve();
    });
  });
  return turn;
}
