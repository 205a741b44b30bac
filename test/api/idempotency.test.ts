import { coerceInputValue, type GraphQLResolveInfo } from 'graphql';
import { claimIdempotency } from '../../src/api/idempotency.ts';
import { buildApiSchema } from '../../src/api/schema.ts';
import { KeyRing } from '../../src/secrets/key-ring.ts';
import { idAsOf } from '../../src/words/ids.ts';

const schema = buildApiSchema();
const parsed = KeyRing.parse(`k1:${Buffer.alloc(32, 1).toString('base64')}`);
if (!parsed.ok) throw new Error(parsed.faults.join());
const { keyRing } = parsed;

function digestOf(fieldName: string, input: object): string {
  const parentType = schema.getMutationType();
  const type = parentType?.getFields()[fieldName]?.args[0]?.type;
  if (!parentType || !type) throw new Error(`no mutation ${fieldName}`);
  const coerced = coerceInputValue({ ...input, idempotencyKey: 'key' }, type);
  return claimIdempotency({ parentType, fieldName } as unknown as GraphQLResolveInfo, coerced as object, keyRing)
    .digest;
}

/** As the first servers recorded them; retries come days later, and at other versions. */
const RECORDED: [mutation: string, input: Record<string, unknown>, digest: string][] = [
  ['createProject', { key: 'crm', name: 'CRM' }, '7aa107c005c8543ea7cd54bcea813fca97a5b3ba5e5f539d519f202e12e48412'],
  [
    'createProject',
    { key: 'crm', name: 'CRM', description: null, environments: ['prod'], reason: 'why' },
    '252842b80f4d67910a0471ea741eabd04558337062c37fd3b7d641641a45401d',
  ],
  [
    'setConfigParameter',
    { projectKey: 'crm', key: 'k', values: null, defaultValue: 'v', expectedVersion: 0 },
    'c065a7ec28de4b848c32b54b53104b5fa0efee7bfa52053d378e53604e220a67',
  ],
  [
    'createProxyConnection',
    { projectKey: 'crm', name: 'P', type: 'HTTP', host: 'h', port: 1, user: null, password: null },
    '079bc9d02adc48e65e312e8a7a34019253f0cdb3de19a3fa22e97210b8a2d214',
  ],
  [
    'updateProxyConnection',
    { id: 'cHJveHk6Y3JtOmEtMQ', name: 'Q', description: null, expectedVersion: 3 },
    'e6da1e79b075ffbc2f002d6129b2da6d8340b5f3bce7166f232ea926a0b2f3ef',
  ],
  [
    'deleteProxyConnection',
    { id: 'cHJveHk6Y3JtOmEtMQ' },
    'b12bad535c5dbf1c3fad1a1a5ce69908fa4dd6e24491ec408af401c013d006df',
  ],
  [
    'createDataSource',
    {
      projectKey: 'crm',
      name: 'S',
      baseUrl: 'https://x',
      headers: [
        { name: 'X-A', value: 'a' },
        { name: 'X-B', value: 'b', secret: true },
      ],
      connectThroughProxy: true,
      proxyConnectionId: 'cHJveHk6Y3JtOmEtMQ',
    },
    'c246136a8dbe54e23c32524144b73cdc5eed1ae51cb9f5685e9faa073199bf7b',
  ],
  [
    'createDataSource',
    { projectKey: 'crm', name: 'S', baseUrl: 'https://x', proxyConnectionId: null },
    '91a4c5ae0989e1c326d7466576519e53c4ce6cd57ce139eb3888b518eda5f8b6',
  ],
  [
    'restoreDataSource',
    { id: 'c291cmNlOmNybTphLTE', version: null, reason: '' },
    '95268c8c8f785637c6dd35666268ba0ac335276094d2f87a97c439be34de1c26',
  ],
  [
    'issueToken',
    { projectKey: 'crm', name: 'ci', role: 'EDITOR', expiresAt: '2027-01-01T00:00:00Z', neverExpires: null },
    '20f291ab1350f4a663cd75d116496003f4e2bb773cd55016e15626b36d3879b1',
  ],
  [
    'revokeToken',
    { id: 'dG9rZW46Y3JtOjJiVHp2OXFMYzA0WQ', reason: '' },
    'd5e48c34bc5295c2579cc8501b049afd10efca3fa6a3f8c15dc237930473c573',
  ],
];

test.each(RECORDED)('what was recorded for %s %j is recorded still', (mutation, input, digest) => {
  expect(digestOf(mutation, input)).toBe(digest);
});

test("a default, null for it and nothing are one input; an id of the past is the resource's", () => {
  const whole = { projectKey: 'crm', name: 'S', baseUrl: 'https://x' };
  const once = digestOf('createDataSource', whole);
  for (const given of [null, 'RESTFUL_SYSTEM'])
    expect(digestOf('createDataSource', { ...whole, type: given })).toBe(once);
  for (const given of [null, []]) expect(digestOf('createDataSource', { ...whole, headers: given })).toBe(once);
  for (const given of [null, false]) {
    expect(digestOf('createDataSource', { ...whole, connectThroughProxy: given })).toBe(once);
  }
  expect(digestOf('createDataSource', { ...whole, connectThroughProxy: true })).not.toBe(once);
  const [id, other] = ['cHJveHk6Y3JtOmEtMQ', 'cHJveHk6Y3JtOmEtMg'];
  const deleting = digestOf('deleteProxyConnection', { id });
  expect(digestOf('deleteProxyConnection', { id: idAsOf(id, 7), failIfInUse: null })).toBe(deleting);
  expect(digestOf('deleteProxyConnection', { id: other })).not.toBe(deleting);
});
