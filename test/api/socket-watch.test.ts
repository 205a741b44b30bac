import type { Identity } from '../../src/access/identity.ts';
import { SocketWatch, type SocketWatchParts } from '../../src/api/socket-watch.ts';

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

  test('does not begin to look anew while it looks', async () => {
    let asked = 0;
    let answer = (_: boolean) => {};
    const { watch } = watched([[identity('a')]], {
      holds: () => {
        asked += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    });
    const first = watch.look();
    await watch.look();
    answer(true);
    await first;
    expect(asked).toBe(1);
  });
});
