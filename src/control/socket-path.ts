import path from 'node:path';

const SOCKET_NAME = 'proxy-ledger.sock';

/** Bytes of a socket's path, less the NUL at its end: `sun_path` of unix(7), and of unix(4) on macOS and the BSDs. */
const LONGEST = process.platform === 'linux' ? 107 : 103;

/**
 * Where the server of a data directory listens for commands: absolute, or from the working directory if only that is short
 * enough. Undefined where neither is, and on Windows, which has no such sockets among its files.
 */
export function controlSocketPath(dataDir: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  const absolute = path.resolve(dataDir, SOCKET_NAME);
  return [absolute, path.relative('.', absolute)].find((each) => Buffer.byteLength(each) <= LONGEST);
}
