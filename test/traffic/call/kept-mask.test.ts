import { KeptMask } from '../../../src/traffic/call/kept-mask.ts';
import { MASK } from '../../../src/words/secret-mask.ts';

test('the same secrets have the same mask, and others have their own', () => {
  const kept = new KeptMask();
  const secrets = ['first secret', 'second secret'];
  const mask = kept.of(secrets);
  expect(kept.of([...secrets])).toBe(mask);
  secrets[1] = 'third secret';
  for (const others of [secrets, ['first secret'], ['second secret', 'first secret'], []]) {
    const text = ['first secret', 'second secret', 'third secret'].map((each) => (others.includes(each) ? MASK : each));
    expect(kept.of(others).text('first secret; second secret; third secret')).toBe(text.join('; '));
  }
});

test('a mask of much text is not kept, and does not replace the one that is', () => {
  const kept = new KeptMask();
  const mask = kept.of(['a secret']);
  const long = ['x'.repeat(2_000)];
  expect(kept.of(long).text(`<${long}>`)).toBe(`<${MASK}>`);
  expect(kept.of(long)).not.toBe(kept.of(long));
  expect(kept.of(['a secret'])).toBe(mask);
});
