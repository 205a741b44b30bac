import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A listener whose queue is full: the kernel drops what else would connect to it, as if nobody were there. */
export interface Stalled {
  readonly port: number;
  stop(): Promise<void>;
}

/** Held in a thread of its own, which listens and then does nothing any more. */
const LISTENING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: workerData, backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

export async function startStalled(address: string): Promise<Stalled> {
  const worker = new Worker(LISTENING, { eval: true, workerData: address });
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  const queued: Socket[] = [];
  while (queued.length < 100) {
    const socket = connect({ host: address, port });
    socket.on('error', () => undefined);
    queued.push(socket);
    const connected = await new Promise<boolean>((resolve) => {
      const silence = setTimeout(() => resolve(false), 100);
      socket.once('connect', () => {
        clearTimeout(silence);
        resolve(true);
      });
    });
    if (!connected) break;
  }
  return {
    port,
    stop: async () => {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
}
