import { type NotedUse, TokenUses } from '../../src/identity/token-uses.ts';
import { FakeClock } from '../support/fake-clock.ts';

const HOUR = 3_600_000;

function begin() {
  const clock = new FakeClock(Date.parse('2027-01-01T09:59:58.000Z'));
  const noted: (readonly NotedUse[])[] = [];
  const warnings: string[] = [];
  const store = { isAway: false };
  const uses = new TokenUses({
    clock,
    note: async (some) => {
      if (store.isAway) throw new Error('away');
      noted.push(some);
    },
    warn: (message) => void warnings.push(message),
  });
  return { clock, noted, warnings, store, uses };
}

const use = (tokenId: string, hour: number, project = 'crm') => ({
  ...{ project, tokenId },
  hour: `2027-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`,
});

describe('the uses of tokens', () => {
  test('are noted once an hour for each, some time behind the request', async () => {
    const { clock, noted, uses } = begin();
    for (let times = 0; times < 3; times += 1) {
      uses.used('crm', 'a');
      uses.used('crm', 'b');
      uses.used('$instance', 'a');
    }
    expect(noted).toEqual([]);
    await clock.pass(1_000);
    expect(noted).toEqual([[use('a', 9), use('b', 9), use('a', 9, '$instance')]]);
    uses.used('crm', 'a');
    await clock.pass(1_000);
    uses.used('crm', 'a');
    await clock.pass(1_000);
    expect(noted.slice(1)).toEqual([[use('a', 10)]]);
    await clock.pass(2 * HOUR);
    expect(noted).toHaveLength(2);
  });

  test('are kept while the store is away, each with its last hour', async () => {
    const { clock, noted, warnings, store, uses } = begin();
    store.isAway = true;
    uses.used('crm', 'a');
    uses.used('crm', 'b');
    await clock.pass(2_000);
    uses.used('crm', 'a');
    expect(warnings).toHaveLength(1);
    store.isAway = false;
    await clock.pass(60_000);
    expect(noted).toEqual([[use('a', 10), use('b', 9)]]);
    await clock.pass(HOUR);
    expect(noted).toHaveLength(1);
  });

  test('are written in parts, and at once when the server stops', async () => {
    const { noted, uses } = begin();
    for (let token = 0; token < 501; token += 1) uses.used('crm', String(token));
    await uses.write();
    expect(noted.map((some) => some.length)).toEqual([500, 1]);
  });
});
