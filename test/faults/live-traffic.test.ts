import { jest } from '@jest/globals';
import { Calls } from '../../src/traffic/call/calls.ts';
import { probe } from '../../src/traffic/probe/probe.ts';
import { type Peer, startPeer } from '../support/misbehaving.ts';
import { eventually } from '../support/sockets.ts';
import { STAND_INS, type StandInName, standIn } from '../support/stand-ins.ts';
import { startTarget } from '../support/targets.ts';
import { LOOPBACK } from '../traffic/probe/probing.ts';

/** All of it at once; fewer in a run that has other things to do. */
const ROUNDS = Number(process.env.ROUNDS ?? 20);
const AT_ONCE = 20;
const TIMEOUT_MS = 1_000;

jest.setTimeout(300_000);

const password = 'correct horse battery staple';
const credentials = { user: 'svc', password };
const settings = { egress: LOOPBACK };
const names = Object.keys(STAND_INS) as StandInName[];

const descriptors = () =>
  process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Pipe)|Timeout|QueryWrap|ReqWrap/.test(name));

test('probes and calls over all stand-ins, mixed, end in time and leave nothing behind', async () => {
  const target = await startTarget();
  const peers: Peer[] = await Promise.all(names.map((name) => startPeer(standIn(name))));
  const before = descriptors().length;
  const calls = new Calls(settings);
  const told: string[] = [];
  let slowest = 0;

  const work = names.flatMap((_, index) =>
    Array.from({ length: ROUNDS }, (_, round) => async () => {
      const peer = peers[index];
      if (!peer) return;
      const proxy = {
        type: 'HTTP',
        host: 'localhost',
        port: peer.port,
        ...(round % 2 === 0 && { credentials }),
      } as const;
      const url = new URL(`${round % 3 === 0 ? 'https' : 'http'}://localhost:${target.port}/`);
      const begun = performance.now();
      const outcome =
        round % 10 === 0
          ? await probe({ proxy, target: url, timeoutMs: TIMEOUT_MS }, settings)
          : await calls.send({
              pool: `p ${index}`,
              environment: 'dev',
              actor: 'local',
              proxy,
              request: { method: round % 4 === 0 ? 'POST' : 'GET', url, headers: [], body: password },
              timeoutMs: TIMEOUT_MS,
              secrets: [password],
            });
      slowest = Math.max(slowest, performance.now() - begun);
      told.push(JSON.stringify(outcome));
    }),
  );
  const shuffled = work.map((each, index) => [(index * 7919) % work.length, each] as const).sort(([a], [b]) => a - b);
  const queue = shuffled.map(([, each]) => each);
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.pop(); next; next = queue.pop()) await next();
    }),
  );

  expect(told).toHaveLength(names.length * ROUNDS);
  for (let at = 0; at + 6 <= password.length; at += 1) {
    const part = password.slice(at, at + 6);
    expect(told.filter((text) => text.includes(part))).toEqual([]);
  }
  await calls.close();
  for (const { connections } of peers) expect(await eventually(() => connections.open() === 0)).toBe(true);
  expect(await eventually(() => descriptors().length <= before)).toBe(true);
  await Promise.all(peers.map((peer) => peer.stop()));
  await target.stop();
  // Told, not held: how long something took depends on the machine.
  if (process.env.ROUNDS)
    console.log(`${told.length} attempts, the slowest ${Math.round(slowest)} of ${TIMEOUT_MS} ms`);
});
