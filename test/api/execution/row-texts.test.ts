import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectPlan } from '../../../src/api/execution/plan.ts';
import { bodyWithTexts, RowText, RowTexts } from '../../../src/api/execution/row-texts.ts';
import { AnswerSize } from '../../../src/api/toolkit/answer-size.ts';
import { startTestApp, type TestApp } from '../../support/app.ts';

/** Tells `JSON.stringify` what it is a text of. */
class Row extends RowText {
  constructor(private readonly of: unknown) {
    super(JSON.stringify(of), 1, 2);
  }

  toJSON(): unknown {
    return this.of;
  }
}

describe('the text of an answer with texts in it', () => {
  test('is what JSON.stringify makes of what they are texts of', () => {
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.jsonValue({ stringUnit: 'binary' }),
        fc.constant(undefined),
        fc.date({ noInvalidDate: true }),
        fc.jsonValue({ stringUnit: 'grapheme' }).map((of) => new Row(of)),
        fc.array(tie('value')),
        fc.dictionary(fc.string({ unit: 'binary' }), tie('value')),
      ),
    }));
    fc.assert(
      fc.property(fc.array(value), (of) => {
        expect(String(bodyWithTexts(of, '\n'))).toBe(`${JSON.stringify(of)}\n`);
      }),
    );
  });

  test('is made of bytes where each character is one', () => {
    expect(bodyWithTexts([new RowText('{"a":"b"}', 1, 1)], '\n')).toEqual(Buffer.from('[{"a":"b"}]\n'));
    expect(bodyWithTexts({ é: new RowText('1', 1, 1) }, '')).toBe('{"é":1}');
    expect(bodyWithTexts([new RowText('"é"', 1, 1), 'é'], '')).toBe('["é","é"]');
  });

  test('counts as what it is a text of does', () => {
    const [once, twice] = [new AnswerSize(10), new AnswerSize(10)];
    once.addFields(3, 20);
    once.addValue('text');
    twice.addCounted({ fields: 3, bytes: once.bytes });
    expect({ ...twice }).toEqual({ ...once });
    for (let row = 0; row < 2; row += 1) twice.addCounted({ fields: 3, bytes: once.bytes });
    expect(() => twice.addCounted({ fields: 3, bytes: once.bytes })).toThrow();
    expect(twice.refusal?.message).toContain('its fields are more than 10');
  });
});

describe('texts of rows', () => {
  const plan = () => ({}) as ObjectPlan;
  const now = (shown: object) => ({ shown, moment: undefined });

  test('are kept by what is selected, up to 16 MiB in all', () => {
    const texts = new RowTexts();
    const plans = Array.from({ length: 20 }, plan);
    const row = now({});
    const large = new RowText('x'.repeat(1024 * 1024), 1, 1);
    for (const each of plans) texts.keep(each, row, large);
    expect(plans.map((each) => texts.find(each, row) !== undefined)).toEqual(plans.map((_, index) => index >= 5));
    expect(texts.find(plans[19] as ObjectPlan, now({}))).toBeUndefined();
  });

  test('are each of one moment, and count together however many moments there are', () => {
    const texts = new RowTexts();
    const [selected, shown] = [plan(), {}];
    const moments = Array.from({ length: 20 }, (_, index) => (index === 0 ? undefined : index));
    const kept = moments.map((moment) => new RowText(`"${moment}"${' '.repeat(1024 * 1024)}`, 1, 1));
    for (const [index, moment] of moments.entries()) texts.keep(selected, { shown, moment }, kept[index] as RowText);
    expect(moments.map((moment) => texts.find(selected, { shown, moment }))).toEqual(
      kept.map((text, index) => (index >= 5 ? text : undefined)),
    );
    texts.keep(selected, now(shown), kept[0] as RowText);
    expect(texts.find(selected, now(shown))).toBe(kept[0]);
  });
});

describe('a list whose rows are kept as texts', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
    const { errors } = await app.ask(`mutation {
      p: createProject(input: { key: "crm", name: "CRM", environments: ["dev", "prod"] }) { userErrors { code } }
      s: setConfigParameter(input: { projectKey: "crm", key: "a.key", values: [{ environment: "dev", value: "1" }, { environment: "prod", value: "2" }] }) { userErrors { code } }
      a: createProxyConnection(input: { projectKey: "crm", name: "P", type: HTTP, host: "h", port: 1 }) { userErrors { code } }
      b: createProxyConnection(input: { projectKey: "crm", name: "\\u2028 Q", type: HTTPS, host: "q", port: "8443", authType: BASIC, user: "u", password: "secret-password" }) { userErrors { code } }
      d: createDataSource(input: { projectKey: "crm", name: "D", baseUrl: "https://d.example.com/" }) { userErrors { code } }
    }`);
    expect(errors).toBeUndefined();
  });

  const LISTS = `
    id key name position editedAt environments
    proxyConnections(filter: { state: ANY }) {
      nodes { __typename id resourceId name description type host port authType user hasPassword version
        createdAt editedAt deletedAt createdBy { name identity kind } editedBy { name } deletedBy { name } }
      edges { node { id who: editedBy { __typename identity } usedBy { totalCount } lastTest { success } } }
    }
    dataSources { nodes { id name routing connectThroughProxy version headers { name value } proxyConnection { id name } } edges { node { id name routing } } }
    configParameters { nodes { id key secret defaultValue hasDefaultValue values { environment value } } }`;

  /** @param extensions a member that is of no effect, but has Apollo Server answer */
  const textOfLists = async (position: number | undefined, extensions?: object) => {
    const moment = position === undefined ? '' : `, asOf: { position: ${position} }`;
    const query = `{ project(key: "crm"${moment}) { ${LISTS} } }`;
    const response = await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, ...(extensions && { extensions }) }),
    });
    return response.text();
  };

  test('is after each change what it would be without', async () => {
    const ids = () =>
      app.get(
        '{ project(key: "crm") { proxyConnections(filter: { state: ANY }) { nodes { id name deletedAt } } dataSources { nodes { id } } } }',
      );
    const change = async (text: string) => {
      const { errors } = await app.ask(`mutation { ${text} { userErrors { code } commit { position } } }`);
      expect(errors).toBeUndefined();
    };
    const { dataSources } = await ids();
    const source = dataSources.nodes[0].id;
    const kinds = ['rename', 'delete', 'restore', 'attach', 'detach', 'environments'] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(...kinds), fc.nat(1), fc.nat(9)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          for (const [kind, which, number] of changes) {
            const { id } = (await ids()).proxyConnections.nodes[which];
            const input = `input: { id: "${id}"`;
            if (kind === 'rename') await change(`updateProxyConnection(${input}, description: "${number}" })`);
            if (kind === 'delete') await change(`deleteProxyConnection(${input} })`);
            if (kind === 'restore') await change(`restoreProxyConnection(${input} })`);
            if (kind === 'attach')
              await change(
                `updateDataSource(input: { id: "${source}", connectThroughProxy: true, proxyConnectionId: "${id}" })`,
              );
            if (kind === 'detach')
              await change(`updateDataSource(input: { id: "${source}", connectThroughProxy: false })`);
            if (kind === 'environments') {
              const order = number % 2 === 0 ? '["dev", "prod"]' : '["prod", "dev"]';
              await change(`updateProject(input: { key: "crm", environments: ${order} })`);
            }
            const position = JSON.parse(await textOfLists(undefined)).data.project.position;
            for (const moment of [undefined, position, Math.max(1, position - number)]) {
              const fresh = await textOfLists(moment, {});
              expect(JSON.parse(fresh).errors).toBeUndefined();
              expect(await textOfLists(moment)).toBe(fresh);
              expect(await textOfLists(moment)).toBe(fresh);
            }
          }
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);
});
