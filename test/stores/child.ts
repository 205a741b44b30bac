import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process that runs a module's text; its arguments are behind `process.argv[1]`. */
export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The lines of its standard output, then undefined. */
  line(): Promise<string | undefined>;
  /** Ends it as `kill -9` does, if it runs still, and answers its exit code (null: by a signal). */
  kill(): Promise<number | null>;
  /** Waits for its end. */
  ended(): Promise<number | null>;
}

/** `fileBlocks`: no file that it writes may grow over so many blocks of 512 bytes. */
export function startChild(script: string, { fileBlocks }: { fileBlocks?: number } = {}): Child {
  const node = [process.execPath, '--input-type=module', '--eval', script] as const;
  const limited = ['-c', 'ulimit -f "$0" && exec "$@"', String(fileBlocks), ...node];
  const environment = { ...process.env, NODE_OPTIONS: '' };
  const child =
    fileBlocks === undefined
      ? spawn(node[0], node.slice(1), { env: environment })
      : spawn('/bin/sh', limited, { env: environment });
  // The event may come before anybody waits for it.
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return {
    process: child,
    line: async () => {
      const { value, done } = await lines.next();
      if (done && errors) throw new Error(`the child process failed: ${errors}`);
      return done ? undefined : value;
    },
    kill: () => {
      child.kill('SIGKILL');
      return exit;
    },
    ended: () => exit,
  };
}
