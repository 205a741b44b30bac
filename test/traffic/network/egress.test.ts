import fc from 'fast-check';
import { parseCidrs } from '../../../src/traffic/network/cidr.ts';
import { deniedLiteralTarget, EgressPolicy } from '../../../src/traffic/network/egress.ts';
import { cidrs } from '../probe/probing.ts';

describe('by default', () => {
  const policy = new EgressPolicy();

  test.each([
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '93.184.216.34',
    '100.64.0.1',
    'fd00::1',
    '2001:db8::1',
    '::ffff:10.1.2.3',
  ])('%s is allowed', (address) => {
    expect(policy.refusal(address)).toBeUndefined();
  });

  test.each([
    ['127.0.0.1', 'a loopback', 'EGRESS_ALLOW=127.0.0.0/8,::1/128'],
    ['127.255.255.254', 'a loopback', 'EGRESS_ALLOW=127.0.0.0/8,::1/128'],
    ['::1', 'a loopback', 'EGRESS_ALLOW=127.0.0.0/8,::1/128'],
    ['169.254.1.1', 'a link-local', 'EGRESS_ALLOW=169.254.0.0/16,fe80::/10'],
    ['fe80::1', 'a link-local', 'EGRESS_ALLOW=169.254.0.0/16,fe80::/10'],
    ['fe80::1%eth0', 'a link-local', 'EGRESS_ALLOW=169.254.0.0/16,fe80::/10'],
    ['0.0.0.0', 'an unspecified', 'EGRESS_ALLOW=0.0.0.0/8,::/128'],
    ['::', 'an unspecified', 'EGRESS_ALLOW=0.0.0.0/8,::/128'],
    ['224.0.0.1', 'a multicast', 'EGRESS_ALLOW=224.0.0.0/4,ff00::/8'],
    ['ff02::1', 'a multicast', 'EGRESS_ALLOW=224.0.0.0/4,ff00::/8'],
    ['255.255.255.255', 'a broadcast', 'EGRESS_ALLOW=255.255.255.255/32'],
  ])('%s is denied, and the message names the setting that would allow it', (address, kind, setting) => {
    const refusal = policy.refusal(address);
    expect(refusal).toContain(address);
    expect(refusal).toContain(kind);
    expect(refusal).toContain(setting);
    expect(new EgressPolicy({ allow: cidrs(setting.replace('EGRESS_ALLOW=', '')) }).refusal(address)).toBeUndefined();
  });

  test.each([
    ['::ffff:127.0.0.1', '127.0.0.1'],
    ['::ffff:7f00:1', '127.0.0.1'],
    ['::ffff:0.0.0.0', '0.0.0.0'],
    ['::127.0.0.1', '127.0.0.1'],
    ['2002:7f00:1::', '127.0.0.1'],
    ['64:ff9b::127.0.0.1', '127.0.0.1'],
    ['64:ff9b:1::127.0.0.1', '127.0.0.1'],
    ['64:ff9b:1:7f00:0:100::', '127.0.0.1'],
    ['64:ff9b::a9fe:a9fe', '169.254.169.254'],
    ['2002:a9fe:a9fe::1', '169.254.169.254'],
  ])('%s is judged by %s, which it stands for', (address, embedded) => {
    expect(policy.refusal(address)).toContain(`stands for ${embedded}`);
  });

  test.each(['64:ff9b::8.8.8.8', '64:ff9b:1::8.8.8.8', '64:ff9b:1:808:8:800::', '2002:808:808::1'])(
    '%s is allowed, as what it stands for is',
    (address) => {
      expect(policy.refusal(address)).toBeUndefined();
    },
  );

  test('what is no address is refused', () => {
    for (const text of ['localhost', '0x7f.1', '127.1', '', '010.0.0.1'])
      expect(policy.refusal(text)).toContain('not an address');
  });
});

describe('EGRESS_ALLOW and EGRESS_DENY', () => {
  test('what is allowed is exempt from what is denied by default, and nothing else is', () => {
    const policy = new EgressPolicy({ allow: cidrs('127.0.0.0/8') });
    expect(policy.refusal('127.0.0.1')).toBeUndefined();
    expect(policy.refusal('::ffff:127.0.0.1')).toBeUndefined();
    expect(policy.refusal('::1')).toContain('loopback');
    expect(policy.refusal('0.0.0.0')).toContain('unspecified');
  });

  test('what is denied stays denied though it is allowed as well, in every form of the address', () => {
    const policy = new EgressPolicy({ allow: cidrs('0.0.0.0/0,::/0'), deny: cidrs('10.0.0.0/8, 2001:db8::/32') });
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '2002:a01:203::', '2001:db8::1']) {
      expect(policy.refusal(address)).toContain('EGRESS_DENY');
    }
    expect(policy.refusal('11.1.2.3')).toBeUndefined();
  });

  test.each([
    '169.254.169.254',
    'fd00:ec2::254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '::ffff:169.254.169.254',
  ])('no setting allows the metadata address %s, and the message says so', (address) => {
    const policy = new EgressPolicy({ allow: cidrs('0.0.0.0/0,::/0') });
    expect(policy.refusal(address)).toMatch(/ is a cloud metadata address; no setting allows it$/);
  });

  test.each([
    ['169.254.169.254', 'is a cloud metadata address; no setting allows it'],
    ['::ffff:169.254.169.254', 'stands for 169.254.169.254, which is a cloud metadata address; no setting allows it'],
    ['127.0.0.1', 'is a loopback address and so not allowed; EGRESS_ALLOW=127.0.0.0/8,::1/128 would allow it'],
  ])('of a name that resolves to %s, the sentence names both', (address, clause) => {
    const name = 'inner.example.com';
    expect(new EgressPolicy().refusal(address, name)).toBe(`${name} resolves to ${address}, which ${clause}`);
    expect(new EgressPolicy().refusal(address, address)).toBe(`${address} ${clause}`);
  });

  test('an allowed list allows no address of a denied block, whatever the two are', () => {
    const octet = fc.integer({ min: 1, max: 223 });
    fc.assert(
      fc.property(octet, octet, fc.integer({ min: 0, max: 32 }), (a, b, bits) => {
        const address = `${a}.${b}.1.1`;
        const policy = new EgressPolicy({ allow: cidrs('0.0.0.0/0'), deny: cidrs(network(address, bits)) });
        expect(policy.refusal(address)).toBeDefined();
      }),
    );
  });
});

describe('a list of address blocks', () => {
  test('is separated by commas, spaces aside; a bare address is a block of one', () => {
    const parsed = parseCidrs(' 10.0.0.0/8, ::1/128,192.168.1.1 ,fd00::/8,');
    expect(parsed.ok && parsed.ranges.map(({ text, bits }) => [text, bits])).toEqual([
      ['10.0.0.0/8', 8],
      ['::1/128', 128],
      ['192.168.1.1', 32],
      ['fd00::/8', 8],
    ]);
  });

  test('is empty when its text is', () => {
    expect(parseCidrs('  ')).toEqual({ ok: true, ranges: [] });
  });

  test('reports every fault', () => {
    const parsed = parseCidrs(
      '10.0.0.0/8,localhost,10.0.0.0/33,10.0.0.0/x,::/129,0x7f.1/8,10.1.2.3/8,::ffff:10.0.0.0/104,fe80::%1/64,/8',
    );
    expect(parsed).toEqual({
      ok: false,
      faults: [
        expect.stringMatching(/^localhost is not an address block/),
        '10.0.0.0/33 needs a prefix length from 0 to 32',
        '10.0.0.0/x needs a prefix length from 0 to 32',
        '::/129 needs a prefix length from 0 to 128',
        expect.stringMatching(/^0x7f.1\/8 is not an address block/),
        '10.1.2.3/8 has bits set behind its prefix; write 10.0.0.0/8',
        expect.stringMatching(/IPv4-mapped block; write the IPv4 block/),
        expect.stringMatching(/^fe80::%1\/64 is not an address block/),
        expect.stringMatching(/^\/8 is not an address block/),
      ],
    });
  });
});

describe('a target behind a proxy', () => {
  const policy = new EgressPolicy();

  test.each([
    'http://127.0.0.1/',
    'http://[::1]:8080/',
    'https://[::ffff:7f00:1]/',
    'http://0x7f.1/',
    'http://169.254.169.254/',
  ])('%s is denied', (url) => {
    expect(deniedLiteralTarget(new URL(url), policy)).toMatch(/^the target /);
  });

  test.each(['https://localhost/', 'https://metadata.google.internal/', 'https://10.1.2.3/'])(
    "%s is not: names are the proxy's to resolve, and private addresses are allowed",
    (url) => {
      expect(deniedLiteralTarget(new URL(url), policy)).toBeUndefined();
    },
  );
});

function network(address: string, bits: number): string {
  const value = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const base = bits === 0 ? 0 : Math.floor(value / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${bits}`;
}
