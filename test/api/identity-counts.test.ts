import fc from 'fast-check';
import { IdentityCounts } from '../../src/api/identity-counts.ts';

describe('what each of many holds', () => {
  test('is never more than the limit, and each end counts once, however often it is told', () => {
    const step = fc.record({ who: fc.constantFrom('a', 'b'), ends: fc.boolean(), which: fc.nat(9) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (most, steps) => {
        const counts = new IdentityCounts(most);
        const held: Record<string, (() => void)[]> = { a: [], b: [] };
        const ended: (() => void)[] = [];
        for (const { who, ends, which } of steps) {
          const mine = held[who] ?? [];
          if (ends) {
            const [letGo] = mine.splice(which % Math.max(mine.length, 1), 1);
            if (letGo) ended.push(letGo);
            for (const again of ended) again();
          } else {
            const letGo = counts.take(who);
            expect(letGo !== undefined).toBe(mine.length < most);
            if (letGo) mine.push(letGo);
          }
        }
        expect(counts.size).toBe(Object.values(held).filter(({ length }) => length > 0).length);
      }),
    );
  });
});
