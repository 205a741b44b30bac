import { type Data, MUTATIONS, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const send = mutation(app);
const ENVIRONMENTS = Array.from({ length: 50 }, (_, at) => `e${at}`);
await send('createProject', { key: 'large', name: 'Large', environments: ENVIRONMENTS });
const VALUE = 'é'.repeat(8_000);
for (const key of ['a', 'b']) {
  const values = ENVIRONMENTS.map((environment) => ({ environment, value: VALUE }));
  await send('setConfigParameter', { projectKey: 'large', key, values });
}
const MIB = 1024 * 1024;

/** The values of both parameters, so many times: 1.5 MiB each. */
const many = (times: number) =>
  `{ project(key: "large") { ${Array.from({ length: times }, (_, at) => `p${at}: configParameters { nodes { values { value } } }`).join(' ')} } }`;

describe('an answer', () => {
  test('may have 32 MiB', async () => {
    const { data, text } = await app.ask(many(20));
    expect(data.project.p19.nodes[1].values[49].value).toBe(VALUE);
    expect(Buffer.byteLength(text)).toBeGreaterThan(30 * MIB);
  });

  test.each([22, 99])('is refused when it has more, such as %i times 1.5 MiB', async (times) => {
    const { status, data, errors } = await app.ask(many(times));
    expect(status).toBe(200);
    expect(data).toBeNull();
    expect(errors).toEqual([
      {
        message: 'the answer would be too large: it is larger than 32 MiB; ask for less at once',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('of a mutation tells what it stored, and what comes behind is not carried out', async () => {
    const large = Array.from({ length: 22 }, (_, at) => `p${at}: configParameters { nodes { values { value } } }`);
    const set = (name: string, key: string, project: string) =>
      `${name}: setConfigParameter(input: { projectKey: "large", key: "${key}" }) { configParameter { key ${project} } userErrors { code } }`;
    const { data, errors } = await app.ask(
      `mutation { ${set('one', 'c', '')} ${set('two', 'd', `project { ${large.join(' ')} }`)} ${set('three', 'e', '')} }`,
    );
    expect(data).toBeNull();
    const stored = (errors ?? []).map((error: Data) => [error.path, error.extensions.code, error.extensions.commit]);
    expect(stored).toEqual([
      [['one'], 'BAD_USER_INPUT', { projectKey: 'large', position: 4, hash: expect.any(String) }],
      [['two'], 'BAD_USER_INPUT', { projectKey: 'large', position: 5, hash: expect.any(String) }],
    ]);
    const project = await app.get('{ project(key: "large") { position configParameters { nodes { key } } } }');
    expect(project.position).toBe(5);
    expect(project.configParameters.nodes.map(({ key }: Data) => key)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('that fits says nothing of its size', async () => {
    const { data, errors } = await app.ask(MUTATIONS.setConfigParameter, { input: { projectKey: 'large', key: 'f' } });
    expect(errors).toBeUndefined();
    expect(data.setConfigParameter.configParameter.key).toBe('f');
  });
});

test('a document that would take long to validate is refused, however often it comes', async () => {
  const query = `{ ${'project(key: "large") { key } '.repeat(900)} }`;
  for (let round = 0; round < 3; round += 1) {
    const { data, errors } = await app.ask(query);
    expect(data).toBeUndefined();
    expect(errors).toEqual([
      {
        message: 'the document repeats too many fields or fragments; ask for less at once',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  }
});
