import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import {
  dialHost,
  hostFaultInTemplate,
  hostInUrl,
  parseHost,
  parsePort,
  parseTargetUrl,
} from '../../../src/traffic/network/addresses.ts';

describe('a host', () => {
  test.each([
    ['proxy.corp.example.com', 'proxy.corp.example.com'],
    ['  Proxy.Example.COM\t', 'proxy.example.com'],
    ['localhost', 'localhost'],
    ['my_proxy.internal', 'my_proxy.internal'],
    ['proxy.example.com.', 'proxy.example.com.'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['日本語。jp', 'xn--wgv71a119e.jp'],
    ['1.example', '1.example'],
    ['3com', '3com'],
    ['10.1.2.3', '10.1.2.3'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['::ffff:10.1.2.3', '::ffff:10.1.2.3'],
  ])('%j is accepted as typed, and dialled as %j', (typed, dialled) => {
    expect(parseHost(typed)).toEqual({ ok: true, host: typed.trim() });
    expect(dialHost(typed.trim())).toBe(dialled);
  });

  test.each([
    ['', 'write only the host: proxy.corp.example.com'],
    ['   ', 'write only the host'],
    ['https://proxy.corp.example.com', "the scheme is the proxy's type; write only the host: proxy.corp.example.com"],
    ['HTTP://proxy', 'scheme'],
    ['//proxy', 'no path'],
    ['proxy.example.com/', 'no path'],
    ['proxy?x', 'no path'],
    ['proxy#x', 'no path'],
    ['proxy\\x', 'no path'],
    ['proxy.example.com:8080', 'the port has a field of its own'],
    ['[::1]:8080', 'the port has a field of its own'],
    ['user:password@proxy', 'fields of their own'],
    ['proxy example', 'no white space'],
    ['proxy\u00a0example', 'no white space'],
    ['proxy\nexample', 'no control characters'],
    ['proxy\0', 'no control characters'],
    ['proxy\u2028example', 'no control characters'],
    ['proxy\ud800', 'not well-formed'],
    ['socks5://proxy:1080', 'SOCKS proxies are not supported, only HTTP and HTTPS proxies are'],
    ['SOCKS4a://proxy', 'SOCKS proxies are not supported'],
    ['socks://proxy', 'SOCKS proxies are not supported'],
    ['http://wpad/wpad.dat', 'PAC URLs are not supported, only HTTP and HTTPS proxies are'],
    ['https://corp.example/proxy.PAC?x=1', 'PAC URLs are not supported'],
    ['file:///etc/proxy.pac', 'PAC URLs are not supported'],
    ['PROXY proxy.example:8080; DIRECT', 'PAC results are not supported'],
    ['a..b', 'not a valid host name'],
    ['.a', 'not a valid host name'],
    ['.', 'not a valid host name'],
    ['-a.example', 'not a valid host name'],
    ['a-.example', 'not a valid host name'],
    ['a,b', 'made of letters'],
    ['a$b', 'made of letters'],
    ['*.example.com', 'made of letters'],
    ['%31%32%37.0.0.1', 'no percent-encoding'],
    [`${'a'.repeat(64)}.example`, 'at most'],
    [`${'a.'.repeat(127)}a`, 'at most 253'],
    [`${'ü.'.repeat(60)}example`, 'at most 253 characters as sent'],
    ['999.1.1.1', 'neither a host name nor an IPv4 address'],
    ['1.2.3', 'neither a host name nor an IPv4 address'],
    ['127.1', 'neither a host name nor an IPv4 address'],
    ['2130706433', 'neither a host name nor an IPv4 address'],
    ['0x7f.1', 'neither a host name nor an IPv4 address'],
    ['0x7f000001', 'neither a host name nor an IPv4 address'],
    ['0177.0.0.1', 'neither a host name nor an IPv4 address'],
    ['10.0.0.010', 'neither a host name nor an IPv4 address'],
    ['127.0.0.1.', 'neither a host name nor an IPv4 address'],
    ['１２７.0.0.1', 'neither a host name nor an IPv4 address'],
    ['①②⑦.0.0.1', 'neither a host name nor an IPv4 address'],
    ['127。0。0。1', 'neither a host name nor an IPv4 address'],
    ['foo.１', 'not a valid host name'],
    ['1:2:3', 'not an IPv6 address'],
    ['[::1', 'brackets'],
    ['[10.1.2.3]', 'not an IPv6 address'],
    ['fe80::1%eth0', 'no zone id'],
  ])('%j is refused', (typed, fault) => {
    expect(parseHost(typed)).toEqual({ ok: false, fault: expect.stringContaining(fault) });
  });

  test('that is accepted is dialled as an address only when it was typed as one', () => {
    const texts = fc.string({ maxLength: 12, unit: fc.constantFrom(...'0127x.:a[]。１⑦f%') });
    fc.assert(
      fc.property(texts, (typed) => {
        const parsed = parseHost(typed);
        if (!parsed.ok) return;
        const dialled = dialHost(parsed.host);
        expect(dialled).not.toBe('');
        if (isIP(dialled) !== 0) expect(dialled).toBe(parsed.host.replace(/^\[|\]$/g, '').toLowerCase());
        // No resolver and no URL parser may read another address from it than the one that is judged.
        expect(isIP(new URL(`http://${hostInUrl(parsed.host)}/`).hostname.replace(/^\[|\]$/g, ''))).toBe(isIP(dialled));
      }),
    );
  });

  test('is refused without being repeated, as it may hold a password, and in good time', () => {
    const parsed = parseHost('http://user:hunter2@proxy');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
    expect(parseHost('/'.repeat(1_000_000)).ok).toBe(false);
  });

  test('that is a name is dialled in the form that the platform gives it', () => {
    const letters = fc.constantFrom('a', 'b', 'x', 'n', 'f', '0', '1', '-', '--', '.', '_', 'A', 'ü', 'xn--', '0x');
    const name = fc.array(letters, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (typed) => {
        fc.pre(isIP(typed) === 0);
        expect(dialHost(typed)).toBe(domainToASCII(typed).toLowerCase());
      }),
      { numRuns: 2_000 },
    );
  });

  test('is written into a URL with its brackets', () => {
    expect(hostInUrl('2001:db8::1')).toBe('[2001:db8::1]');
    expect(hostInUrl('[2001:db8::1]')).toBe('[2001:db8::1]');
    expect(hostInUrl('Bücher.example')).toBe('xn--bcher-kva.example');
  });
});

describe('a template for a host', () => {
  test.each(['${corp.proxy.host}', 'proxy.${zone}.example.com', '[${v6}]', ' ${host} ', '::ffff:${v4}'])(
    '%j is accepted',
    (text) => {
      expect(hostFaultInTemplate(text)).toBeUndefined();
    },
  );

  test.each([
    ['https://${corp.proxy.host}', 'scheme'],
    ['${scheme}://${host}', 'scheme'],
    ['${host}/', 'no path'],
    ['${host}:8080', 'the port has a field of its own'],
    ['${host}:${port}', 'the port has a field of its own'],
    ['user@${host}', 'fields of their own'],
    ['${a} ${b}', 'no white space'],
    ['${a}\t${b}', 'no control characters'],
    ['socks5://${host}', 'SOCKS proxies are not supported'],
    ['http://${host}/proxy.pac', 'PAC URLs are not supported'],
    ['$${host}', 'made of letters'],
    ['${host', 'is not closed'],
  ])('%j is refused when saved', (text, fault) => {
    expect(hostFaultInTemplate(text)).toContain(fault);
  });
});

describe('a port', () => {
  test.each([
    ['1', 1],
    ['8080', 8080],
    [' 65535\n', 65535],
  ])('%j is accepted', (text, port) => {
    expect(parsePort(text)).toEqual({ ok: true, port });
  });

  test.each(['', '0', '65536', '080', '+80', '-1', '0x50', '1e3', '8080.0', '80 80', '８０', '99999999999'])(
    '%j is refused',
    (text) => {
      expect(parsePort(text)).toEqual({ ok: false, fault: 'a port is a whole number from 1 to 65535, such as 8080' });
    },
  );
});

describe('a target URL', () => {
  test.each([
    ['https://api.example.com/v2?q=1', 'https://api.example.com/v2?q=1'],
    [' http://[::1]:8080 ', 'http://[::1]:8080/'],
    ['HTTPS://BÜCHER.example', 'https://xn--bcher-kva.example/'],
    ['http://0x7f.1/', 'http://127.0.0.1/'],
  ])('%j is accepted', (text, href) => {
    const parsed = parseTargetUrl(text);
    expect(parsed.ok && parsed.url.href).toBe(href);
  });

  test.each([
    ['', 'write a URL'],
    ['ftp://example.com/', 'must begin with http:// or https://'],
    ['example.com', 'must begin with http:// or https://'],
    ['https:example.com', 'must begin with http:// or https://'],
    ['https:///path', 'must begin with http:// or https://'],
    ['https://user@example.com/', 'user information'],
    ['https://@example.com/', 'user information'],
    ['https://user:password@example.com/', 'user information'],
    ['https://example.com/#x', 'fragment'],
    ['https://example.com/#', 'fragment'],
    ['https://exa\tmple.com/', 'no white space'],
    ['https://example.com/a b', 'no white space'],
    ['https://example.com\\@evil.example/', 'backslashes'],
    ['https://example.com/\r\nX: y', 'no white space'],
    ['https://example.com:0/', 'port'],
    ['https://example.com:99999/', 'not a URL'],
    ['https://999.1.1.1/', 'not a URL'],
    ['https://a..b/', 'host is not valid'],
    ['https://\ud800/', 'not well-formed'],
    [`https://example.com/${'a'.repeat(8192)}`, '8192 bytes'],
    [`https://example.com/${'ü'.repeat(2000)}`, '8192 bytes as sent'],
  ])('%j is refused', (text, fault) => {
    expect(parseTargetUrl(text)).toEqual({ ok: false, fault: expect.stringContaining(fault) });
  });
});
