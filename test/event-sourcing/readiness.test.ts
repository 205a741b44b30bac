import { type Condition, NotReadyError, Readiness } from '../../src/event-sourcing/readiness.ts';

/** A condition that answers what it is told to, and counts how often it was asked. */
function settable(): Condition & { fault: string | undefined; asked: number } {
  const condition = async () => {
    condition.asked += 1;
    return condition.fault;
  };
  condition.fault = undefined as string | undefined;
  condition.asked = 0;
  return condition;
}

describe('readiness', () => {
  test('is looked at before the first change, and not again as long as nothing is amiss', async () => {
    const keys = settable();
    const readiness = new Readiness([keys]);
    await readiness.assertReady();
    await readiness.assertReady();
    expect(keys.asked).toBe(1);
  });

  test('names everything that is amiss', async () => {
    const [keys, clock, disk] = [settable(), settable(), settable()];
    keys.fault = 'a key is missing';
    disk.fault = 'the disk is full';
    const readiness = new Readiness([keys, clock, disk]);
    expect(await readiness.look()).toEqual(['a key is missing', 'the disk is full']);
    const refused = readiness.assertReady();
    await expect(refused).rejects.toThrow(NotReadyError);
    await expect(refused).rejects.toThrow('a key is missing; the disk is full');
  });

  test('comes back as soon as it is asked for, without waiting for somebody to look', async () => {
    const clock = settable();
    clock.fault = 'the clock is wrong';
    const readiness = new Readiness([clock]);
    await expect(readiness.assertReady()).rejects.toThrow('the clock is wrong');
    clock.fault = undefined;
    await readiness.assertReady();
    await readiness.assertReady();
    expect(clock.asked).toBe(2);
  });

  test('is lost by a look of anybody', async () => {
    const clock = settable();
    const readiness = new Readiness([clock]);
    await readiness.assertReady();
    clock.fault = 'the clock is wrong';
    await readiness.look();
    await expect(readiness.assertReady()).rejects.toThrow('the clock is wrong');
  });

  test('stays as it was found when it cannot be looked at', async () => {
    let away = false;
    const fault = 'a key is missing';
    const readiness = new Readiness([
      async () => {
        if (away) throw new Error('no answer');
        return fault;
      },
    ]);
    await readiness.look();
    away = true;
    await expect(readiness.look()).rejects.toThrow('no answer');
    await expect(readiness.assertReady()).rejects.toThrow('no answer');
    away = false;
    await expect(readiness.assertReady()).rejects.toThrow(fault);
  });

  test('is looked at once for all who ask at the same time', async () => {
    const clock = settable();
    clock.fault = 'the clock is wrong';
    const readiness = new Readiness([clock]);
    await Promise.allSettled(Array.from({ length: 100 }, () => readiness.assertReady()));
    expect(clock.asked).toBe(1);
  });
});
