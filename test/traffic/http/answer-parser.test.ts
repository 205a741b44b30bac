import fc from 'fast-check';
import { CutOffError, HeadTooLargeError, MalformedAnswerError } from '../../../src/traffic/http/answer-errors.ts';
import { AnswerParser, HEAD_BYTES_LIMIT } from '../../../src/traffic/http/answer-parser.ts';

interface Asked {
  readonly method?: string;
  readonly limit?: number;
  /** The peer closes behind the last byte. */
  readonly closed?: boolean;
}

function parse(pieces: readonly (string | Buffer)[], { method = 'GET', limit = 1_000, closed = false }: Asked = {}) {
  const parser = new AnswerParser(method, limit);
  for (const piece of pieces) parser.push(Buffer.from(piece as string, 'latin1'));
  if (closed) parser.end();
  const { head, isComplete, keepsConnection } = parser;
  return {
    status: head?.status,
    reason: head?.reason,
    fields: head?.fields,
    isComplete,
    keepsConnection,
    body: parser.body.bytes.toString('latin1'),
    truncated: parser.body.truncated,
    rest: parser.rest.toString('latin1'),
  };
}

const OK = 'HTTP/1.1 200 OK\r\n';

describe('a head', () => {
  test.each([
    ['as usual', 'HTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 0\r\n\r\n'],
    ['with lines that end in LF alone', 'HTTP/1.1 404 Not Found\nA: b\nContent-Length: 0\n\n'],
    ['with both kinds of line ends', 'HTTP/1.1 404 Not Found\nA: b\r\nContent-Length: 0\r\n\r\n'],
    ['with empty lines before it', '\r\n\nHTTP/1.1 404 Not Found\r\nA: b\r\nContent-Length: 0\r\n\r\n'],
    ['with white space around values', 'HTTP/1.1 404  Not Found \r\nA:\t b \t\r\nContent-Length:0\r\n\r\n'],
  ])('%s is read', (_, text) => {
    expect(parse([text])).toMatchObject({ status: 404, reason: 'Not Found', isComplete: true, body: '' });
    expect(parse([text]).fields?.[0]).toEqual(['A', 'b']);
  });

  test('may have a status line without a reason', () => {
    expect(parse(['HTTP/1.0 502\r\n\r\n'], { closed: true })).toMatchObject({
      status: 502,
      reason: '',
      isComplete: true,
    });
  });

  test('has a folded value as one line', () => {
    expect(parse([`${OK}A: b\r\n  c\r\n\td\r\nE: f\r\n\r\n`]).fields).toEqual([
      ['A', 'b c d'],
      ['E', 'f'],
    ]);
  });

  test('behind interim ones is the one that counts', () => {
    const interim = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nConnection: close\r\nLink: x\r\n\r\n';
    expect(parse([`${interim}${OK}Content-Length: 2\r\n\r\nhi`])).toMatchObject({
      status: 200,
      body: 'hi',
      keepsConnection: true,
    });
  });

  test.each([
    ['a status line that is none', 'HTTP/1.1 20 OK\r\n\r\n', /status line/],
    ['a status of 099', 'HTTP/1.1 099 X\r\n\r\n', /status is 099/],
    ['no colon', `${OK}nonsense\r\n\r\n`, /without a colon/],
    ['a blank before the colon', `${OK}A : b\r\n\r\n`, /blank before/],
    ['a name that is no token', `${OK}A(: b\r\n\r\n`, /name that is none/],
    ['a NUL', `${OK}A: b\0\r\n\r\n`, /NUL/],
    ['a CR within a line', `${OK}A: b\rc\r\n\r\n`, /carriage return/],
    ['a fold before any header', `${OK} A: b\r\n\r\n`, /white space before/],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, /lengths that differ/],
    ['a length that is none', `${OK}Content-Length: -1\r\n\r\n`, /no number/],
    ['a length beyond all numbers', `${OK}Content-Length: ${'9'.repeat(40)}\r\n\r\n`, /no number/],
    ['a length beside chunks', `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, /beside/],
    ['another protocol', 'HTTP/1.1 101 X\r\n\r\n', /another protocol/],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', /not HTTP/],
  ])('with %s is malformed, and says how', (_, text, what) => {
    expect(() => parse([text])).toThrow(MalformedAnswerError);
    expect(() => parse([text])).toThrow(what);
  });

  test('of more bytes than the limit is too large, whether it ends or not', () => {
    const filler = `A: ${'a'.repeat(HEAD_BYTES_LIMIT)}`;
    expect(() => parse([OK, filler])).toThrow(HeadTooLargeError);
    expect(() => parse([`${OK}${filler}\r\n\r\n`])).toThrow(HeadTooLargeError);
  });
});

describe('a 2xx to CONNECT opens the tunnel, whatever is told of a body', () => {
  test.each([
    'Content-Length: 0\r\nContent-Length: 0\r\n',
    'Content-Length: 0, 0\r\n',
    'Content-Length: 5\r\nContent-Length: 6\r\n',
    'Content-Length: many\r\n',
    'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n',
    'X-A: b\r\n c\r\n',
  ])('%j', (fields) => {
    const answer = parse([`HTTP/1.1 200 Connection established\r\n${fields}\r\nhello`], { method: 'CONNECT' });
    expect(answer).toMatchObject({ status: 200, isComplete: true, rest: 'hello', body: '' });
  });
});

describe('a body', () => {
  test.each([
    ['of a length', `${OK}Content-Length: 5\r\n\r\nhello`, true],
    ['of a length told twice', `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, true],
    ['of a length told twice in one', `${OK}Content-Length: 5, 5\r\n\r\nhello`, true],
    ['in chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nT: u\r\n\r\n`, true],
    ['on a connection that is to be closed', `${OK}Connection: close\r\nContent-Length: 5\r\n\r\nhello`, false],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', false],
    ['of HTTP/1.0, kept', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello', true],
  ])('%s is read', (_, text, keepsConnection) => {
    expect(parse([text])).toMatchObject({ isComplete: true, body: 'hello', truncated: false, keepsConnection });
  });

  test('without a length ends with the connection', () => {
    const text = `${OK}\r\nhello`;
    expect(parse([text])).toMatchObject({ isComplete: false });
    expect(parse([text], { closed: true })).toMatchObject({ isComplete: true, body: 'hello', keepsConnection: false });
  });

  test.each([
    ['a length', `${OK}Content-Length: 6\r\n\r\nhello`],
    ['chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
    ['a head alone', OK],
  ])('of %s that lacks its end is cut off', (_, text) => {
    expect(() => parse([text], { closed: true })).toThrow(CutOffError);
  });

  test.each([
    ['GET', 204, 'Content-Length: 5\r\n', false],
    ['GET', 204, '', true],
    ['GET', 304, 'Content-Length: 5\r\n', false],
    ['GET', 304, 'Transfer-Encoding: chunked\r\n', false],
    ['GET', 304, 'Content-Length: 0\r\n', true],
    ['HEAD', 200, 'Content-Length: 5\r\n', true],
    ['HEAD', 200, 'Transfer-Encoding: chunked\r\n', true],
  ])('is none in an answer to %s with status %i and %j', (method, status, fields, keepsConnection) => {
    const answer = parse([`HTTP/1.1 ${status} X\r\n${fields}\r\n`], { method });
    expect(answer).toMatchObject({ status, isComplete: true, body: '', keepsConnection });
  });

  test('is read as far as is asked for, and its connection is not used again', () => {
    expect(parse([`${OK}Content-Length: 5\r\n\r\nhello`], { limit: 4 })).toMatchObject({
      isComplete: true,
      body: 'hell',
      truncated: true,
      keepsConnection: false,
    });
    expect(parse([`${OK}Content-Length: 5\r\n\r\nhello`], { limit: 5 })).toMatchObject({ truncated: false });
  });

  test('with something behind it ends its connection', () => {
    expect(parse([`${OK}Content-Length: 2\r\n\r\nhi`, `${OK}\r\n`])).toMatchObject({
      body: 'hi',
      keepsConnection: false,
    });
  });

  test.each([
    ['no size', 'ZZ\r\nhello\r\n'],
    ['a size without end', '0'.repeat(5_000)],
    ['more than its size', '2\r\nhello\r\n'],
  ])('with a chunk of %s is malformed', (_, chunks) => {
    expect(() => parse([`${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}`])).toThrow(MalformedAnswerError);
  });

  test('with trailers without end is too large', () => {
    const chunks = `0\r\n${'T: u\r\n'.repeat(HEAD_BYTES_LIMIT / 6 + 1)}`;
    expect(() => parse([`${OK}Transfer-Encoding: chunked\r\n\r\n${chunks}`])).toThrow(HeadTooLargeError);
  });
});

test('an answer is the same in whatever pieces it comes', () => {
  const field = fc.constantFrom('X-A: b', 'X-Folded: a\r\n b', 'Set-Cookie: c', 'Connection: close', 'X-Empty:');
  const framed = fc
    .tuple(fc.array(field, { maxLength: 4 }), fc.stringMatching(/^[a-z\r\n]{0,40}$/), fc.boolean())
    .map(([fields, body, chunked]) => {
      const head = ['HTTP/1.1 200 OK', ...fields];
      if (!chunked) return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n');
      const chunk = body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`;
      return [...head, 'Transfer-Encoding: chunked', '', `${chunk}0`, '', ''].join('\r\n');
    });
  const interim = fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 103 X\r\nLink: y\r\n\r\n');
  fc.assert(
    fc.property(interim, framed, fc.array(fc.nat(200)), (before, answer, cuts) => {
      const text = `${before}${answer}`;
      const bounds = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b), text.length];
      const pieces = bounds.slice(1).map((end, index) => text.slice(bounds[index], end));
      expect(parse(pieces)).toEqual(parse([text]));
      expect(parse([text]).isComplete).toBe(true);
    }),
  );
});
