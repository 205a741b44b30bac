import fc from 'fast-check';
import { readBody, sizeOf } from '../../src/console/pages/runtime/answer-body.ts';
import { countNodes, type JsonNode, readJson } from '../../src/console/pages/runtime/json-text.ts';
import { NEW_REQUEST, previewedRequestOf, requestOf } from '../../src/console/pages/runtime/request-values.ts';

/** The same document, without space. */
function written(node: JsonNode): string {
  if (node.kind === 'object') return `{${node.entries.map(({ key, value }) => `${key}:${written(value)}`).join(',')}}`;
  if (node.kind === 'array') return `[${node.items.map(written).join(',')}]`;
  return node.text;
}

const told = (type: string, body: string | null, bodyIsBase64 = false) => ({
  ...{ body, bodyIsBase64 },
  headers: [{ name: 'Content-Type', value: type }],
});

describe('JSON in an answer', () => {
  test('is read as it is written, whatever the space between', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2, '\t'), (value, space) => {
        const tree = readJson(JSON.stringify(value, null, space));
        expect(tree && written(tree)).toBe(JSON.stringify(value));
      }),
    );
  });

  test('keeps what parsing loses', () => {
    const text = '{"2":1.10,"1":12345678901234567890,"1":"\\u00e9\\"\\\\"}';
    const tree = readJson(text);
    expect(tree && written(tree)).toBe(text);
  });

  test('is counted with all that is in it', () => {
    const tree = readJson('{"a":[1,2,{}],"b":null}');
    expect(tree && countNodes(tree)).toBe(6);
  });

  test('is no document when it is none, or nested too deep', () => {
    for (const text of ['', '{', '{"a":}', '[1,]', 'no', '"open', '[1] x']) expect(readJson(text)).toBeUndefined();
    expect(readJson('['.repeat(201) + ']'.repeat(201))).toBeDefined();
    expect(readJson('['.repeat(202) + ']'.repeat(202))).toBeUndefined();
    expect(readJson('['.repeat(100_000) + ']'.repeat(100_000))).toBeUndefined();
  });
});

describe('the body of an answer', () => {
  test('is a tree, a picture of pixels, text, or bytes', () => {
    expect(readBody(told('application/problem+json; charset=utf-8', '{"a":1}')).kind).toBe('json');
    expect(readBody(told('text/json', '{"a":1}')).kind).toBe('json');
    expect(readBody(told('', '[1]')).kind).toBe('json');
    expect(readBody(told('application/json', '{"a":')).kind).toBe('text');
    expect(readBody(told('text/html', '{"a":1}')).kind).toBe('text');
    expect(readBody(told('image/svg+xml', '<svg/>')).kind).toBe('text');
    expect(readBody(told('image/svg+xml', 'PHN2Zy8+', true)).kind).toBe('binary');
    expect(readBody(told('IMAGE/PNG', 'AAEC', true))).toEqual({
      ...{ kind: 'image', type: 'image/png', bytes: new Uint8Array([0, 1, 2]) },
    });
    expect(readBody(told('text/plain', null)).kind).toBe('none');
  });

  test('has the size of its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const base64 = Buffer.from(bytes).toString('base64');
        expect(sizeOf(told('', base64, true))).toBe(bytes.length);
      }),
    );
    expect(sizeOf(told('', 'aé€'))).toBe(6);
  });
});

describe('a request', () => {
  const secret = { row: 'new 1', name: 'X-Token', value: '', secret: true };
  const empty = { row: 'new 2', name: '', value: '', secret: false };
  const values = { ...NEW_REQUEST, headers: [secret, empty], typedSecrets: ['new 1'], body: 'b' };

  test('has the headers of which something was typed, and no body with HEAD', () => {
    expect(requestOf({ ...values, method: 'POST' }, { 'new 1': 's' })).toEqual({
      ...{ method: 'POST', path: '', body: 'b', headers: [{ name: 'X-Token', value: 's', secret: true }] },
    });
    expect(requestOf({ ...values, method: 'HEAD' }, {})).toEqual({
      ...{ method: 'HEAD', path: '', headers: [{ name: 'X-Token', value: null, secret: true }] },
    });
  });

  test('is previewed without its secrets', () => {
    expect(previewedRequestOf(values).headers).toEqual([{ name: 'X-Token', value: 'secret', secret: true }]);
  });
});
