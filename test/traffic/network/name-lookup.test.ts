import { type Hosts, parseHosts } from '../../../src/traffic/network/hosts-file.ts';
import { nameLookup } from '../../../src/traffic/network/name-lookup.ts';
import { parseResolvConf, type ResolverConfig } from '../../../src/traffic/network/resolv-conf.ts';
import { type Said, startNameServer } from '../../support/name-server.ts';
import { eventually } from '../../support/sockets.ts';
import { keeper } from '../probe/probing.ts';

const keep = keeper();
const patient = new AbortController().signal;

/** By the first label of a name, whatever is behind it. */
const SAID: Readonly<Record<string, Said>> = {
  both: ['10.0.0.1', 'fd00::1', '10.0.0.2', 'fd00::2', 'fd00::3'],
  four: ['10.0.0.4'],
  nxdomain: 'NXDOMAIN',
  servfail: 'SERVFAIL',
  refused: 'REFUSED',
  silent: 'SILENCE',
  empty: [],
};
const byLabel = (name: string): Said => SAID[name.split('.')[0] ?? ''] ?? 'NXDOMAIN';
const server = await keep(startNameServer(byLabel));

function lookupWith(config: Partial<ResolverConfig> = {}, hosts: Hosts = new Map()) {
  const asked = { ...parseResolvConf('', ''), servers: [server.address], timeoutMs: 200, attempts: 1, ...config };
  const lookup = nameLookup({ hosts: async () => hosts, config: async () => asked });
  return (name: string, signal = patient) => lookup(name, signal);
}

const codeOf = (looking: Promise<unknown>) => looking.catch(({ code }: { code: string }) => code);

describe('a look-up', () => {
  test('has the addresses of both families in turn, for the seconds of the shortest', async () => {
    const short = await keep(
      startNameServer((_, type) => (type === 'A' ? ['10.0.0.1', '10.0.0.2'] : ['fd00::1']), { ttl: 9 }),
    );
    const found = await lookupWith({ servers: [short.address] })('www.example');
    expect(found).toEqual({ addresses: ['fd00::1', '10.0.0.1', '10.0.0.2'], seconds: 9 });
    const more = ['fd00::1', '10.0.0.1', 'fd00::2', '10.0.0.2', 'fd00::3'];
    expect(await lookupWith()('both.example')).toEqual({ addresses: more, seconds: 60 });
  });

  test('has each address once, also where IPv6 only writes an IPv4 address differently', async () => {
    const twice = await keep(
      startNameServer((_, type) => (type === 'A' ? ['10.0.0.1', '10.0.0.1'] : ['::ffff:0a00:0001', 'fd00::1'])),
    );
    const { addresses } = await lookupWith({ servers: [twice.address] })('www.example');
    expect([addresses.length, addresses[0]]).toEqual([2, 'fd00::1']);
  });

  test.each([
    ['nxdomain', 'ENOTFOUND'],
    ['empty', 'ENODATA'],
    ['servfail', 'ESERVFAIL'],
    ['refused', 'EREFUSED'],
    ['silent', 'ETIMEOUT'],
  ])('of a name of which the server says %s is %s', async (label, code) => {
    expect(await codeOf(lookupWith()(`${label}.example`))).toBe(code);
  });

  test('where nobody is a name server is ECONNREFUSED', async () => {
    const gone = await startNameServer(byLabel);
    await gone.stop();
    expect(await codeOf(lookupWith({ servers: [gone.address] })('four.example'))).toBe('ECONNREFUSED');
  });

  test('ends with its signal', async () => {
    const ending = new AbortController();
    const looking = lookupWith({ timeoutMs: 30_000 })('silent.example', ending.signal);
    expect(await eventually(() => server.asked().includes('AAAA silent.example'))).toBe(true);
    ending.abort(new Error('no longer wanted'));
    await expect(looking).rejects.toThrow('no longer wanted');
  });

  test('does not wait for one family when the other is there', async () => {
    const deaf = await keep(startNameServer((_, type) => (type === 'A' ? ['10.0.0.1'] : 'SILENCE')));
    const found = await lookupWith({ servers: [deaf.address], timeoutMs: 30_000 })('www.example');
    expect(found.addresses).toEqual(['10.0.0.1']);
  });

  test('takes what there is where a server says for the other family that there is no such name', async () => {
    const odd = await keep(startNameServer((_, type) => (type === 'A' ? ['10.0.0.1'] : 'NXDOMAIN')));
    expect((await lookupWith({ servers: [odd.address] })('www.example')).addresses).toEqual(['10.0.0.1']);
    const none = await keep(startNameServer((_, type) => (type === 'A' ? [] : 'NXDOMAIN')));
    expect(await codeOf(lookupWith({ servers: [none.address] })('www.example'))).toBe('ENODATA');
  });

  test.each(['SERVFAIL', 'REFUSED', 'SILENCE'] as const)('asks the next server where one says %s', async (said) => {
    const first = await keep(startNameServer(() => said));
    const lookup = lookupWith({ servers: [first.address, server.address] });
    expect((await lookup('four.example')).addresses).toEqual(['10.0.0.4']);
    expect(await codeOf(lookup('nxdomain.example'))).toBe('ENOTFOUND');
  });

  test('asks a silent server as often as it is told to, and no other one again', async () => {
    const [quiet, failing] = [
      await keep(startNameServer(() => 'SILENCE')),
      await keep(startNameServer(() => 'SERVFAIL')),
    ];
    const lookup = lookupWith({ servers: [quiet.address, failing.address], attempts: 3, timeoutMs: 50 });
    expect(await codeOf(lookup('www.example'))).toBe('ETIMEOUT');
    expect(quiet.asked().filter((question) => question === 'A www.example')).toHaveLength(3);
    expect(failing.asked()).toHaveLength(2);
  });

  test.each(['localhost', 'localhost.', 'App.Localhost'])('of %s asks nobody: it is this machine', async (name) => {
    expect((await lookupWith({ servers: [] })(name)).addresses).toEqual(['::1', '127.0.0.1']);
  });

  test('of a name below invalid asks nobody: there is none', async () => {
    expect(await codeOf(lookupWith({ servers: [] })('four.invalid'))).toBe('ENOTFOUND');
  });

  test('finds what the hosts file lists, which is not remembered, and asks nobody', async () => {
    const hosts = parseHosts(
      '# ours\n10.1.1.1 four.example Four\n10.1.1.2\tfour.example # too\nfd00::9 four.example\nfe80::1%lo0 four\n10.1.1.3 localhost\nx four\n',
    );
    const lookup = lookupWith({ servers: [] }, hosts);
    expect(await lookup('FOUR.example.')).toEqual({ addresses: ['fd00::9', '10.1.1.1', '10.1.1.2'], seconds: 0 });
    expect(await lookup('four')).toEqual({ addresses: ['10.1.1.1'], seconds: 0 });
    expect((await lookup('localhost')).addresses).toEqual(['10.1.1.3']);
  });
});

describe('the search rules', () => {
  const questions = async (name: string, config: Partial<ResolverConfig>) => {
    const asked = await keep(startNameServer(() => 'NXDOMAIN'));
    await codeOf(lookupWith({ ...config, servers: [asked.address] })(name));
    return asked.asked().flatMap((question) => (question.startsWith('A ') ? [question.slice(2)] : []));
  };
  const search = ['corp.example', 'example'];

  test.each([
    ['proxy', 1, ['proxy.corp.example', 'proxy.example', 'proxy']],
    ['proxy.eu', 1, ['proxy.eu', 'proxy.eu.corp.example', 'proxy.eu.example']],
    ['proxy.eu', 5, ['proxy.eu.corp.example', 'proxy.eu.example', 'proxy.eu']],
    ['proxy.eu.', 5, ['proxy.eu']],
  ])('ask for %s with ndots %i as for %j', async (name, ndots, asked) => {
    expect(await questions(name, { search, ndots })).toEqual(asked);
  });

  test('find a name in a domain, go on where one fails, and stop where nobody answers', async () => {
    const domains: Record<string, Said> = {
      'www.b': ['10.0.0.7'],
      'www.c': 'SERVFAIL',
      'www.d': 'SILENCE',
      'www.e': [],
    };
    const ours = await keep(startNameServer((name) => domains[name] ?? 'NXDOMAIN'));
    const lookup = (...search: string[]) => lookupWith({ servers: [ours.address], search })('www');
    expect((await lookup('a', 'c', 'e', 'b')).addresses).toEqual(['10.0.0.7']);
    expect(await codeOf(lookup('a', 'c', 'e'))).toBe('ESERVFAIL');
    expect(await codeOf(lookup('a', 'e'))).toBe('ENODATA');
    expect(await codeOf(lookup('d', 'b'))).toBe('ETIMEOUT');
  });
});

describe('resolv.conf', () => {
  test('is read as the C library reads it', () => {
    const text = `; a comment
# another
nameserver 10.0.0.53 # ours
nameserver fd00::53
nameserver nonsense
domain old.example
search  Corp.Example. example\t.
options ndots:3 timeout:2 attempts:4 rotate edns0
nameserver 10.0.0.54
nameserver 10.0.0.55
`;
    expect(parseResolvConf(text, 'host')).toEqual({
      servers: ['10.0.0.53', '[fd00::53]', '10.0.0.54'],
      search: ['corp.example', 'example'],
      ndots: 3,
      timeoutMs: 2_000,
      attempts: 4,
    });
  });

  test('has defaults and bounds', () => {
    expect(parseResolvConf('', 'host.corp.example')).toEqual({
      servers: [],
      search: ['corp.example'],
      ndots: 1,
      timeoutMs: 5_000,
      attempts: 2,
    });
    const extreme = parseResolvConf('options ndots:99 timeout:99 attempts:99\noptions timeout:x');
    expect(extreme).toMatchObject({ ndots: 15, timeoutMs: 30_000, attempts: 5 });
    expect(parseResolvConf('options timeout:0 attempts:0')).toMatchObject({ timeoutMs: 1_000, attempts: 1 });
  });
});
