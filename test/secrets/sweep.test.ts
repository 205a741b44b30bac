import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';
import { type LifetimeOf, type SecretLifetime, SecretSweep } from '../../src/secrets/sweep.ts';
import { MemorySecretStore } from '../../src/stores/memory.ts';

const HOUR = 60 * 60 * 1000;
const NOW = Date.parse('2026-11-25T00:00:00.000Z');

/** Secrets of projects as their logs tell of them; a log that can't be read is an error. */
async function swept(logs: Record<string, Record<string, SecretLifetime | 'unknown'> | Error>) {
  const store = new MemorySecretStore();
  const put = (project: string, secretId: string, keyId = 'k') =>
    store.put([
      ...[
        { project, secretId, resourceId: 'r', keyId, sealed: Uint8Array.of(1), createdAt: '2020-01-01T00:00:00.000Z' },
      ],
    ]);
  const told: string[] = [];
  const clock = { elapsed: 0 };
  const lifetimes = async (project: string): Promise<LifetimeOf> => {
    const log = logs[project] ?? {};
    if (log instanceof Error) throw log;
    return (secretId) => {
      const lifetime = log[secretId];
      return lifetime === 'unknown' ? undefined : lifetime;
    };
  };
  const sweep = new SecretSweep(store, {
    lifetimes,
    keepMs: 30 * 24 * HOUR,
    leftAlone: (project, error) => void told.push(`${project}: ${error instanceof Error ? error.message : ''}`),
    now: () => NOW,
    elapsed: () => clock.elapsed,
  });
  const left = async () => {
    const all: string[] = [];
    for (const project of await store.projects()) {
      for await (const { secretId, keyId } of store.all(project)) all.push(`${project} ${secretId} ${keyId}`);
    }
    return all.sort();
  };
  for (const [project, log] of Object.entries(logs)) {
    for (const secretId of log instanceof Error ? ['one'] : Object.keys(log)) await put(project, secretId);
  }
  return { store, put, sweep, logs, clock, told, left };
}

describe('the sweep', () => {
  test('takes what nothing uses any more when its time is over, by the time of the log', async () => {
    const { sweep, left, put } = await swept({
      crm: {
        'in use': {},
        forgotten: { forgottenAt: '2026-10-25T23:59:59.999Z' },
        'just forgotten': { forgottenAt: '2026-10-26T00:00:00.000Z' },
      },
    });
    await put('crm', 'forgotten', 'k2');
    expect(await sweep.run()).toBe(2);
    expect(await left()).toEqual(['crm in use k', 'crm just forgotten k']);
  });

  test('takes what no commit refers to when it saw that for a whole day, however old it is', async () => {
    const { sweep, left, clock } = await swept({ crm: { orphan: 'unknown' } });
    for (clock.elapsed = 0; clock.elapsed < 24 * HOUR; clock.elapsed += HOUR) expect(await sweep.run()).toBe(0);
    expect(await left()).toEqual(['crm orphan k']);
    expect(await sweep.run()).toBe(1);
    expect(await left()).toEqual([]);
  });

  test('leaves alone what a commit refers to that landed late', async () => {
    const { sweep, left, logs, clock } = await swept({ crm: { late: 'unknown' } });
    await sweep.run();
    clock.elapsed = 23 * HOUR;
    await sweep.run();
    logs.crm = { late: {} };
    clock.elapsed = 25 * HOUR;
    expect(await sweep.run()).toBe(0);
    // And the day begins anew should it ever be unreferenced again: the log was replaced by an older one.
    logs.crm = { late: 'unknown' };
    clock.elapsed = 40 * HOUR;
    expect(await sweep.run()).toBe(0);
    expect(await left()).toEqual(['crm late k']);
  });

  test('takes nothing of a project whose log cannot be read to its end, says so, and goes on with the others', async () => {
    const { sweep, left, told, clock, logs } = await swept({
      a: { orphan: 'unknown' },
      b: new Error('an event that nobody knows'),
      c: { orphan: 'unknown' },
    });
    await sweep.run();
    clock.elapsed = 24 * HOUR;
    expect(await sweep.run()).toBe(2);
    expect(await left()).toEqual(['b one k']);
    expect(told).toEqual(Array(2).fill('b: an event that nobody knows'));
    // Its day begins with the first log that was read to its end.
    logs.b = { one: 'unknown' };
    clock.elapsed = 48 * HOUR;
    expect(await sweep.run()).toBe(0);
    clock.elapsed = 72 * HOUR;
    expect(await sweep.run()).toBe(1);
  });

  test('ends when the store is away, and when it is told to', async () => {
    const away = await swept({ a: new StoreUnavailableError('no answer'), b: { orphan: 'unknown' } });
    await expect(away.sweep.run()).rejects.toThrow(StoreUnavailableError);
    expect(away.told).toEqual([]);
    const { sweep } = await swept({ a: { one: {} } });
    await expect(sweep.run(AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping');
  });
});
