/** Milliseconds that a line may wait for others: what a process that is killed has not said. */
const GATHER_MS = 5;
/** Characters that wait at most. */
const MOST = 64 * 1024;

/**
 * Writes lines that come shortly after each other at once; at the end of the process, whatever ends it but a kill, all of
 * them.
 */
export function gatheredLines(lines: { write(text: string): unknown }): { write(line: string): void } {
  let waiting = '';
  const flush = () => {
    if (waiting === '') return;
    const text = waiting;
    waiting = '';
    lines.write(text);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (waiting === '') setTimeout(flush, GATHER_MS);
      waiting += line;
      if (waiting.length > MOST) flush();
    },
  };
}
