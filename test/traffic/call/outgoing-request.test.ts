import fc from 'fast-check';
import {
  checkBaseUrlForm,
  checkBaseUrlTemplate,
  checkHeaderName,
  checkHeaderValue,
  checkHeaderValueTemplate,
  checkRequestPath,
  checkRequestPathTemplate,
  headerValueOnWire,
  joinUrl,
  mergeHeaders,
  withDefaultHeaders,
} from '../../../src/traffic/call/outgoing-request.ts';

const CRM = 'https://crm.example.com/api/v2';

function joined(baseUrl: string, path: string): string {
  const outcome = joinUrl(baseUrl, path);
  return outcome.ok ? outcome.url.href : `refused: ${outcome.fault}`;
}

describe('joining', () => {
  test.each([
    [CRM, 'contacts', `${CRM}/contacts`],
    [CRM, '/contacts', `${CRM}/contacts`],
    [`${CRM}/`, 'contacts', `${CRM}/contacts`],
    [`${CRM}/`, '/contacts', `${CRM}/contacts`],
    [CRM, '', CRM],
    [`${CRM}/`, '', `${CRM}/`],
    [CRM, '/', `${CRM}/`],
    [CRM, '?q=1', `${CRM}?q=1`],
    [`${CRM}/`, '?q=1', `${CRM}/?q=1`],
    [CRM, 'contacts?q=1&r=/../x', `${CRM}/contacts?q=1&r=/../x`],
    [CRM, 'contacts/7/', `${CRM}/contacts/7/`],
    ['https://api.example.com', '', 'https://api.example.com/'],
    ['https://api.example.com', 'data', 'https://api.example.com/data'],
    ['https://api.example.com', '?q=1', 'https://api.example.com/?q=1'],
    ['http://[::1]:8080/a', 'b', 'http://[::1]:8080/a/b'],
    ['https://Straße.example/a', 'ü', 'https://xn--strae-oqa.example/a/%C3%BC'],
    [CRM, 'documents:batchGet', `${CRM}/documents:batchGet`],
    [CRM, 'compare/v1..v2', `${CRM}/compare/v1..v2`],
    [CRM, 'compare/a...b', `${CRM}/compare/a...b`],
    [CRM, 'users/@me', `${CRM}/users/@me`],
    [CRM, '@evil.example', `${CRM}/@evil.example`],
    [CRM, ':9999/x', `${CRM}/:9999/x`],
    [CRM, 'fetch/https%3A%2F%2Fexample.com', `${CRM}/fetch/https%3A%2F%2Fexample.com`],
  ])('%s and %j are %s', (baseUrl, path, expected) => {
    expect(joined(baseUrl, path)).toBe(expected);
  });

  test('a fault of either text is a refusal', () => {
    expect(joined('ftp://crm.example.com', 'contacts')).toMatch(/^refused: the base URL must begin with http/);
    expect(joined(CRM, '//evil.example')).toMatch(/^refused: a path stays below/);
  });

  /** What moves URLs about, in many encodings. */
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        '..',
        '.',
        '/',
        '//',
        '\\',
        '%2e',
        '%2E',
        '%252e',
        '%2f',
        '%5c',
        '%25',
        '%c0%ae',
        '%u002e',
        ';',
        '?',
        '#',
        '@',
      ],
      ...[
        ':',
        'https:',
        'evil.example',
        '[::1]',
        '%00',
        '\t',
        '\n',
        '\r',
        '\0',
        ' ',
        '\u3002',
        '\uff0e',
        '\uff0f',
        'a',
      ],
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const base = fc.constantFrom(
    CRM,
    `${CRM}/`,
    'http://crm.example.com',
    'https://crm.example.com:8443/a.',
    'http://[::1]/a',
  );

  test('no path moves a request to another origin or out of the base path', () => {
    fc.assert(
      fc.property(base, path, (baseUrl, path) => {
        const outcome = joinUrl(baseUrl, path);
        if (!outcome.ok) return;
        const { url } = outcome;
        const { origin, pathname } = new URL(baseUrl);
        expect(url.origin).toBe(origin);
        expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
        expect(`${url.pathname}/`.startsWith(pathname.endsWith('/') ? pathname : `${pathname}/`)).toBe(true);
        let decoded = url.pathname;
        for (let round = 0; round < 5; round += 1) {
          expect(decoded.split(/[/\\]/)).not.toContain('..');
          decoded = decoded.replace(/%([0-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test('a path of plain segments is appended as it is', () => {
    const segment = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_~.:@!$&()*+,;='), minLength: 1, maxLength: 8 });
    const plain = fc.array(segment.filter((text) => !text.startsWith('.') && !/^(https?|wss?|ftp|file):/.test(text)));
    fc.assert(
      fc.property(plain, (segments) => {
        const text = segments.join('/');
        expect(joined(CRM, text)).toBe(text === '' ? CRM : `${CRM}/${text}`);
      }),
    );
  });
});

describe('base URLs', () => {
  test.each([
    'https://crm.example.com',
    'HTTPS://CRM.example.com/',
    'http://10.0.0.1:8080/a/b/',
    'http://[2001:db8::1]:8080',
    'https://localhost/@me',
    'https://bücher.example/ü',
  ])('%s is fine', (text) => {
    expect(checkBaseUrlForm(text)).toBeUndefined();
  });

  test('a URL with letters beyond ASCII stays fine however many were checked before', () => {
    for (let count = 0; count < 20_000; count += 1) {
      checkBaseUrlForm(`https://crm.example.com/${count}`);
      if (count % 100 === 0) expect(checkBaseUrlForm('https://bücher.example/ü')).toBeUndefined();
    }
  });

  test.each([
    ['', /write a base URL/],
    ['crm.example.com', /must begin with http/],
    ['ftp://crm.example.com', /must begin with http/],
    ['https:crm.example.com', /must begin with http/],
    ['https:///crm.example.com', /must begin with http/],
    ['file:///etc/passwd', /must begin with http/],
    ['https://user:password@crm.example.com', /user information/],
    ['https://user@crm.example.com', /user information/],
    ['https://crm.example.com/?q=1', /no query/],
    ['https://crm.example.com/#a', /no fragment/],
    [' https://crm.example.com', /white space/],
    ['https://crm.example.com/a b', /white space/],
    ['https://crm.example.com\\evil', /backslash/],
    ['https://crm.example.com/\u0000', /control/],
    ['https://crm.example.com/a/../b', /'\.\.' segment/],
    ['https://crm.example.com/%2E%2e/b', /'\.\.' segment/],
    ['https://crm.example.com:0', /port is not valid/],
    ['https://crm.example.com:', /port is not valid/],
    ['https://crm.example.com:65536', /port is not valid/],
    ['https://crm.example.com:80:80', /port is not valid/],
    ['https://-crm.example.com', /host is not valid/],
    ['https://0x7f.1/', /host is not valid/],
    ['https://crm%2eexample.com', /host is not valid/],
    ['https://[::1', /not valid/],
    ['https://\ud800', /well-formed/],
    [`https://crm.example.com/${'a'.repeat(8192)}`, /at most 8192 bytes/],
  ])('%j is refused', (text, fault) => {
    expect(checkBaseUrlForm(text)).toMatch(fault);
    expect(checkBaseUrlTemplate(text)).toMatch(fault);
  });

  test.each([
    '${crm.url}',
    '${crm.url}/v2',
    '${crm.url}/users/@me',
    '${crm.url}/go/https://x',
    '${scheme}://${host}:${port}/${path}',
    'https://${host}/api',
    'https://crm.${region}.example.com:84${digits}/api',
    'https://${origin}',
    'http://[::1]:${port}',
    'http://crm.example.com/$${literal}',
  ])('a template may be %s', (text) => {
    expect(checkBaseUrlTemplate(text)).toBeUndefined();
  });

  test.each([
    ['htt${p}://crm.example.com', /must begin with http/],
    ['ftp://${host}', /must begin with http/],
    ['${a}tps://${host}', /must begin with http/],
    ['crm.${region}.example.com', /must begin with http/],
    ['/${path}', /must begin with http/],
    ['https://${user}@crm.example.com', /user information/],
    ['${user}@crm.example.com', /user information/],
    ['${scheme}://a@${host}', /user information/],
    ['https://${host}/?q=${q}', /no query/],
    ['${url}#a', /no fragment/],
    ['${url} ', /white space/],
    ['${url}\\', /backslash/],
    ['${url}/../x', /'\.\.' segment/],
    ['https://a_$_b.${region}', /host is not valid/],
    ['https://crm.example.com:port/${path}', /port is a whole number/],
    ['https://${host}:${port}x', /port is a whole number/],
    ['https://crm.example.com:99999/${path}', /port is a whole number/],
    ['https://${host', /not closed/],
    ['https://${}', /names no parameter/],
  ])('a template %s is refused', (text, fault) => {
    expect(checkBaseUrlTemplate(text)).toMatch(fault);
  });
});

describe('paths of requests', () => {
  test.each([
    ...['//evil.example', '///evil', 'https://evil.example', 'HTTPS://evil', 'https:evil', 'http:/evil', 'gopher://x'],
    ...['\\\\evil', '/\\evil', 'a\\b', 'a\tb', 'a\rb', 'a\nb', 'a\0b', 'a b', ' a', 'a\u2028b', 'a\u00a0b'],
    ...['..', '../x', 'a/..', 'a/../../b', '/..', '%2e%2e', '%2E%2e/x', '.%2e', '%2e.', 'a/%2e%2e%2fb', 'a%2f..%2fb'],
    ...['%252e%252e', '%25252e%25252e/x', '%%32%65.', '..%5cb', '..;/x', '..;a=b/x', '..%3b/x', '..%00', '%2e%2e?q'],
    ...['%c0%ae%c0%ae/x', '%c0%ae.', '..%c0%afx', '%u002e%u002e/x'],
    ...['#', 'a#b', '\ud800', 'a'.repeat(8193)],
  ])('%j is refused', (path) => {
    expect(checkRequestPath(path)).toEqual(expect.any(String));
    expect(checkRequestPathTemplate(path)).toEqual(expect.any(String));
    expect(joinUrl(CRM, path).ok).toBe(false);
  });

  test('a path that is encoded more often than anybody decodes it is refused', () => {
    expect(checkRequestPath(`a%${'25'.repeat(3)}41`)).toBeUndefined();
    expect(checkRequestPath(`a%${'25'.repeat(30)}41`)).toMatch(/again and again/);
  });

  test('a template is judged by what is around its parameters', () => {
    for (const text of ['contacts/${id}', '${path}', '${a}/${b}?q=${q}', '${a}..', '$${x}', 'x/..${a}', '%2${a}']) {
      expect(checkRequestPathTemplate(text)).toBeUndefined();
    }
    for (const text of ['//${host}/x', '../${id}', '${a}/../x', '${a} ', '${a}#x', 'https://${host}', '${a', 'a/${}']) {
      expect(checkRequestPathTemplate(text)).toEqual(expect.any(String));
    }
  });
});

describe('headers', () => {
  test.each(['X-Key', 'authorization', "!#$%&'*+-.^_`|~09aZ", 'Proxying'])('the name %s is fine', (name) => {
    expect(checkHeaderName(name)).toBeUndefined();
  });

  test.each(['', 'X Key', 'X:', 'X\n', 'ü', 'a'.repeat(101)])('the name %j is refused', (name) => {
    expect(checkHeaderName(name)).toMatch(/name/);
  });

  test.each([
    ...[
      'Host',
      'content-length',
      'TRANSFER-ENCODING',
      'te',
      'Trailer',
      'Upgrade',
      'Connection',
      'Keep-Alive',
      'eXpect',
    ],
    ...['Proxy-Authorization', 'proxy-connection', 'PROXY-anything', 'Proxy-'],
  ])('%s cannot be set', (name) => {
    expect(checkHeaderName(name)).toMatch(/can't be set/);
  });

  test('values hold anything but control characters', () => {
    for (const value of ['', 'a b', 'a\tb', '"\\!$', 'ü 😀']) expect(checkHeaderValue(value)).toBeUndefined();
    for (const value of ['a\rb', 'a\nb', 'a\0b', 'a\u007f', '\u0085', '\u2028']) {
      expect(checkHeaderValue(value)).toMatch(/control characters/);
      expect(checkHeaderValueTemplate(`\${key}${value}`)).toMatch(/control characters/);
    }
    expect(checkHeaderValue('\udc00')).toMatch(/well-formed/);
    expect(checkHeaderValue('ü'.repeat(4096))).toBeUndefined();
    expect(checkHeaderValue(`${'ü'.repeat(4096)}a`)).toMatch(/at most 8192 bytes/);
    expect(checkHeaderValueTemplate('Bearer ${token}')).toBeUndefined();
    expect(checkHeaderValueTemplate('Bearer ${token')).toMatch(/not closed/);
  });

  test("a request's header replaces the data source's of that name, whatever the case", () => {
    const dataSource = [
      header('X-Key', '1'),
      header('Accept', 'text/plain'),
      { ...header('Token', 't'), secret: true },
    ];
    expect(mergeHeaders(dataSource, [header('x-key', '2'), header('X-New', '3')])).toEqual([
      header('x-key', '2'),
      header('Accept', 'text/plain'),
      { ...header('Token', 't'), secret: true },
      header('X-New', '3'),
    ]);
  });

  test('white space around a value is no part of it', () => {
    expect(mergeHeaders([header('X-Key', ' \t ')], [header('X-New', ' a b\t')])).toEqual([
      header('X-Key', ''),
      header('X-New', 'a b'),
    ]);
  });

  test('defaults are sent besides, unless set', () => {
    expect(withDefaultHeaders([header('User-Agent', 'mine'), header('X-Key', '1')])).toEqual([
      header('User-Agent', 'mine'),
      header('Accept', '*/*'),
      header('Accept-Encoding', 'identity'),
      header('X-Key', '1'),
    ]);
  });

  test('values go out in UTF-8', () => {
    expect(Buffer.from(headerValueOnWire('ü😀'), 'latin1').toString('utf8')).toBe('ü😀');
  });
});

function header(name: string, value: string) {
  return { name, value, secret: false };
}
