import type { Socket } from 'node:net';

let waiting: { readonly socket: Socket; readonly bytes: Buffer }[] = [];

/**
 * Writes when what the process has just read has been worked on, together with what others write then: of writes that
 * come right behind each other only the first has to wake its reader, and that takes longer than the writing.
 */
export function writeGathered(socket: Socket, bytes: Buffer): void {
  waiting.push({ socket, bytes });
  if (waiting.length === 1) setImmediate(flush);
}

function flush(): void {
  const all = waiting;
  waiting = [];
  for (const { socket, bytes } of all) if (!socket.destroyed) socket.write(bytes);
}
