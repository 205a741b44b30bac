import { createServer, type Socket } from 'node:net';
import type { Step } from '../../../src/traffic/failures.ts';
import { Attempt } from '../../../src/traffic/network/attempt.ts';
import { connectTcp } from '../../../src/traffic/network/tcp.ts';
import { close, freePort, listen, trackConnections } from '../../support/sockets.ts';
import { startStalled } from '../../support/stalled.ts';
import { LOOPBACK } from '../probe/probing.ts';

const stalled = await startStalled('127.0.0.2');
afterAll(() => stalled.stop());

/** Connects to these in turn, and closes. */
async function connectTo(addresses: readonly string[], port: number, timeoutMs = 10_000): Promise<Step<Socket>> {
  const target = new URL(`http://several.example:${port}/`);
  const attempt = new Attempt({ proxy: null, target, settings: { egress: LOOPBACK }, timeoutMs });
  try {
    const step = await connectTcp(attempt, 'TARGET', addresses, port);
    if (step.ok) step.value.destroy();
    return step;
  } finally {
    attempt.deadline.stop();
  }
}

test('an address that does not answer has the next one tried beside it, and the first to connect is used', async () => {
  const server = createServer();
  const connections = trackConnections(server);
  await listen(server, '127.0.0.3', stalled.port);
  const step = await connectTo(['127.0.0.2', '127.0.0.4', '127.0.0.3'], stalled.port);
  expect(step).toMatchObject({ ok: true, detail: `127.0.0.3:${stalled.port}` });
  expect(connections.count()).toBe(1);
  connections.destroy();
  await close(server);
});

test('when the time is up, an address that refused is told of rather than one that said nothing', async () => {
  const step = await connectTo(['127.0.0.2', '127.0.0.3'], stalled.port, 600);
  const detail = `127.0.0.3:${stalled.port}: ECONNREFUSED; 127.0.0.2:${stalled.port}: ETIMEDOUT`;
  expect(step).toMatchObject({ ok: false, fault: { failure: 'TARGET_REFUSED', detail } });
});

test('where nobody has said anything when the time is up, it is the time that ended it', async () => {
  await expect(connectTo(['127.0.0.2'], stalled.port, 50)).rejects.toThrow('the time is up');
});

test('when all addresses refuse, each is told of', async () => {
  const port = await freePort();
  const detail = ['127.0.0.1', '127.0.0.2', '127.0.0.3'].map((each) => `${each}:${port}: ECONNREFUSED`).join('; ');
  const step = await connectTo(['127.0.0.1', '127.0.0.2', '127.0.0.3'], port);
  expect(step).toMatchObject({ ok: false, fault: { failure: 'TARGET_REFUSED', detail } });
});
