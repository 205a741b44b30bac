import type { Identity } from '../../src/access/identity.ts';
import { SocketWatch, type SocketWatchParts } from '../../src/api/socket-watch.ts';
import { eventually } from '../support/sockets.ts';

function identity(name: string, endsAt?: number): Identity {
  const actor = { kind: 'USER', id: `oidc:i#${name}`, name, auth: 'oidc' } as const;
  return { actor, standing: { groups: [], isAdministrator: false }, ...(endsAt !== undefined && { endsAt }) };
}

/** A watch over guests, and why those who had to go did. */
function watched(guests: readonly (readonly [Identity, ...string[]])[], parts: Partial<SocketWatchParts> = {}) {
  const ended: Record<string, string> = {};
  const failures: unknown[] = [];
  const watch = new SocketWatch({
    guests: () =>
      guests.map(([who, ...projects]) => ({
        identity: who,
        followed: () => projects,
        end: (reason: string) => {
          ended[who.actor.name] = reason;
        },
      })),
    holds: async () => true,
    mayRead: async () => true,
    now: () => 1_000,
    failed: (error) => void failures.push(error),
    ...parts,
  });
  return { watch, ended, failures };
}

describe('the watch over connections', () => {
  test('ends those whose credential has ended by its own time', async () => {
    const guests = [
      [identity('early', 999)],
      [identity('now', 1_000)],
      [identity('later', 1_001)],
      [identity('never')],
    ];
    const { watch, ended } = watched(guests as [Identity][]);
    await watch.look();
    expect(Object.keys(ended)).toEqual(['early', 'now']);
  });

  test('ends those whose credential is good no more, and those who follow what they may not read any more', async () => {
    const { watch, ended } = watched([[identity('revoked')], [identity('barred'), 'a', 'b'], [identity('good'), 'a']], {
      holds: async ({ actor }) => actor.name !== 'revoked',
      mayRead: async (_, project) => project !== 'b',
    });
    await watch.look();
    expect(ended).toEqual({
      revoked: 'the credential has ended',
      barred: 'a project that is followed may not be read any more',
    });
  });

  test('keeps those of whom nothing is known, and asks again', async () => {
    let isAway = true;
    const { watch, ended, failures } = watched([[identity('a')]], {
      holds: async () => {
        if (isAway) throw new Error('the store is away');
        return false;
      },
    });
    await watch.look();
    expect([ended, failures.length]).toEqual([{}, 1]);
    isAway = false;
    await watch.look();
    expect(Object.keys(ended)).toEqual(['a']);
  });

  test('asks once about all that one credential let in, and once about each project that they follow', async () => {
    const ada = identity('ada');
    const token = (): Identity => ({
      ...identity('token'),
      standing: { groups: [], isAdministrator: false, token: { id: 't', project: 'a' } },
    });
    const asked: string[] = [];
    const { watch, ended } = watched(
      [
        [ada, 'a', 'b'],
        [ada, 'b', 'b'],
        [token(), 'a'],
        [token(), 'a'],
      ],
      {
        holds: async ({ actor }) => asked.push(actor.name) > 0,
        mayRead: async ({ actor }, project) => asked.push(`${actor.name} ${project}`) > 0,
      },
    );
    await watch.look();
    expect(asked.sort()).toEqual(['ada', 'ada a', 'ada b', 'token', 'token a']);
    expect(ended).toEqual({});
  });

  test('lets nobody wait for an answer about another, and asks nothing again before it came', async () => {
    const asked: string[] = [];
    let answer = (_: boolean) => {};
    let now = 1_000;
    const guests = [[identity('slow')], [identity('short', 2_000)], [identity('barred'), 'a']] as [Identity][];
    const { watch, ended } = watched(guests, {
      now: () => now,
      holds: ({ actor }) => {
        asked.push(actor.name);
        if (actor.name !== 'slow' || now > 2_000) return Promise.resolve(true);
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
      mayRead: async () => now < 2_000,
    });
    const first = watch.look();
    now = 2_000;
    const second = watch.look();
    await second;
    // By the first look, which may have to give others a turn before.
    expect(await eventually(() => 'barred' in ended)).toBe(true);
    expect(Object.keys(ended).sort()).toEqual(['barred', 'short']);
    expect(asked.filter((name) => name === 'slow')).toHaveLength(1);
    answer(false);
    await first;
    expect(Object.keys(ended)).toContain('slow');
    now = 2_001;
    await watch.look();
    expect(asked.filter((name) => name === 'slow')).toHaveLength(2);
  });

  test('tells of what failed once a look, whoever it was asked about', async () => {
    const { watch, failures } = watched([[identity('a')], [identity('b')], [identity('c')]], {
      holds: () => Promise.reject(new Error('the store is away')),
    });
    await watch.look();
    expect(failures).toHaveLength(1);
  });
});
