import fc from 'fast-check';
import {
  changesOf,
  needsPassword,
  type ProxyValues,
  probedOf,
  valuesOf,
} from '../../src/console/pages/proxy-connection/proxy-values.ts';
import { isSameHostText } from '../../src/traffic/same-place.ts';

const SAVED = valuesOf({
  ...{ name: 'Corporate Proxy', description: null, type: 'HTTP', host: 'proxy.${site}.example.com', port: 8080 },
  ...{ authType: 'BASIC', user: 'svc' },
});
const changed = (fields: Partial<ProxyValues>): ProxyValues => ({ ...SAVED, ...fields });

describe('what a proxy connection’s form sends', () => {
  test('is only what differs, and why', () => {
    expect(changesOf(SAVED, SAVED, undefined)).toEqual({ reason: '' });
    expect(changesOf(changed({ port: ' 3128 ', reason: 'moved' }), SAVED, 'hunter-2')).toEqual({
      port: '3128',
      password: 'hunter-2',
      reason: 'moved',
    });
  });

  test('is without user and password once it takes neither', () => {
    expect(changesOf(changed({ authType: 'NO_AUTH' }), SAVED, 'hunter-2')).toEqual({ authType: 'NO_AUTH', reason: '' });
  });
});

describe('a test from the form', () => {
  test('is one of what is saved, whatever it is called, while it leads to the same', () => {
    const saved = { proxyConnectionId: 'one' };
    expect(probedOf('one', SAVED, SAVED, undefined)).toEqual(saved);
    expect(probedOf('one', changed({ name: 'Other', description: 'Other', reason: 'x' }), SAVED, undefined)).toEqual(
      saved,
    );
  });

  test('is one of what was typed once that leads elsewhere, or with another password', () => {
    const place = { type: 'HTTP', host: SAVED.host, port: '8080', authType: 'BASIC', user: 'svc' };
    expect(probedOf('one', changed({ port: '3128' }), SAVED, undefined)).toEqual({
      proxyConnectionId: 'one',
      draft: { ...place, port: '3128' },
    });
    expect(probedOf('one', SAVED, SAVED, 'hunter-2')).toEqual({
      proxyConnectionId: 'one',
      draft: { ...place, password: 'hunter-2' },
    });
  });
});

describe('a stored password', () => {
  test.each<[Partial<ProxyValues>, boolean]>([
    [{}, false],
    [{ user: 'other' }, false],
    [{ host: ' PROXY.${site}.example.com ' }, false],
    [{ host: 'proxy.${SITE}.example.com' }, true],
    [{ type: 'HTTPS' }, true],
    [{ port: '3128' }, true],
    [{ port: '3128', authType: 'NO_AUTH' }, false],
  ])('with %j has to be typed again: %s', (fields, isNeeded) => {
    expect(needsPassword(changed(fields), SAVED)).toBe(isNeeded);
  });

  test('stays for the hosts that the server takes for the same', () => {
    const hosts = fc
      .array(fc.constantFrom('${a}', '${A}', 'proxy', 'PROXY', '.', '${', '}', '$'), { maxLength: 4 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(hosts, hosts, (one, other) => {
        expect(needsPassword(changed({ host: one }), changed({ host: other }))).toBe(!isSameHostText(one, other));
      }),
    );
  });
});
