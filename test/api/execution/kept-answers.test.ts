import fc from 'fast-check';
import { startTestApp } from '../../support/app.ts';
import { ISSUER, KeyFileIssuer } from '../../support/key-file-issuer.ts';

const QUESTIONS = [
  '{ project(key: "K") { position proxyConnections { totalCount nodes { name version editedBy { name } } } } }',
  '{ project(key: "K") { history(first: 3) { totalCount nodes { type commit { position } } } } }',
  '{ project(key: "K") { access { nodes { role } } } }',
  '{ project(key: "K", asOf: { position: 2 }) { position history(first: 50) { nodes { type } } } }',
  '{ viewer { actor { identity } role(projectKey: "K") } project(key: "K") { position } }',
  '{ projects { totalCount nodes { key position } } }',
  '{ one: project(key: "one") { position } two: project(key: "two") { position } }',
];

describe('a kept answer', () => {
  test('is what would be answered anew, whatever was changed and granted meanwhile, and whoever asks', async () => {
    const issuer = await KeyFileIssuer.create();
    const app = await startTestApp(issuer.env);
    const people = ['admin', 'ada', 'bob'] as const;
    const headers = new Map<string, Record<string, string>>();
    for (const name of people) headers.set(name, await issuer.headers(name));
    const change = (query: string, variables: object = {}) =>
      app.ask(query, variables, { headers: headers.get('admin') ?? {} });
    for (const key of ['one', 'two']) {
      await change(
        'mutation($key: String!) { createProject(input: { key: $key, name: "P" }) { userErrors { message } } }',
        { key },
      );
    }
    let names = 0;
    const ask = async (query: string, who: string, extensions?: object) => {
      const response = await fetch(app.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers.get(who) },
        body: JSON.stringify({ query, ...(extensions && { extensions }) }),
      });
      return response.text();
    };
    const step = fc.record({
      kind: fc.constantFrom('ask', 'ask', 'ask', 'create', 'grant', 'revoke'),
      key: fc.constantFrom('one', 'two'),
      who: fc.constantFrom(...people),
      question: fc.constantFrom(...QUESTIONS),
      role: fc.constantFrom('VIEWER', 'AUDITOR', 'EDITOR'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 25 }), async (steps) => {
        for (const { kind, key, who, question, role } of steps) {
          const identity = `${ISSUER}#${who}`;
          if (kind === 'ask') {
            const query = question.replaceAll('"K"', JSON.stringify(key));
            const told = [await ask(query, who), await ask(query, who)];
            // This member has Apollo Server answer, which keeps nothing.
            const anew = await ask(query, who, {});
            expect(told).toEqual([anew, anew]);
          } else if (kind === 'create') {
            names += 1;
            const input = { projectKey: key, name: `p${names}`, type: 'HTTP', host: 'h', port: 1 };
            await change(
              'mutation($i: CreateProxyConnectionInput!) { createProxyConnection(input: $i) { userErrors { message } } }',
              { i: input },
            );
          } else if (kind === 'grant') {
            await change(`mutation($i: GrantAccessInput!) { grantAccess(input: $i) { userErrors { message } } }`, {
              i: { projectKey: key, kind: 'USER', identity, role },
            });
          } else {
            await change(`mutation($i: RevokeAccessInput!) { revokeAccess(input: $i) { userErrors { message } } }`, {
              i: { projectKey: key, kind: 'USER', identity },
            });
          }
        }
      }),
      { numRuns: 25 },
    );
    issuer.remove();
  });
});
