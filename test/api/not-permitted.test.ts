import { startTestApp, type TestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { ISSUER, KeyFileIssuer } from '../support/key-file-issuer.ts';

let issuer: KeyFileIssuer;
let app: TestApp;

const CREATE = 'mutation { createProject(input: { key: "crm", name: "CRM" }) { userErrors { message } } }';
const GRANT = `mutation($identity: String!) { grantAccess(input: {
  projectKey: "crm", kind: USER, identity: $identity, role: VIEWER }) { userErrors { message } } }`;
const SET = 'mutation { setConfigParameter(input: { projectKey: "crm", key: "k" }) { userErrors { message } } }';
const ACCESS = '{ project(key: "crm") { access { totalCount } } }';

beforeAll(async () => {
  issuer = await KeyFileIssuer.create();
  app = await startTestApp(issuer.env);
  const admin = { headers: await issuer.headers('admin') };
  await app.get(CREATE, {}, admin);
  await app.get(GRANT, { identity: `${ISSUER}#a-machine` }, admin);
});
afterAll(() => issuer.remove());

test('the log says to whom something was not permitted, as grants name them, and which right they lacked', async () => {
  const headers = await issuer.headers('a-machine');
  const codes = (errors: readonly { extensions: { code: string } }[] | undefined) =>
    errors?.map(({ extensions }) => extensions.code);
  const overHttp = await app.ask(SET, {}, { headers });
  const socket = await GraphqlSocket.open(app, headers);
  const overSocket = await socket.ask('1', ACCESS);
  socket.close();
  expect([codes(overHttp.errors), codes(overSocket.errors)]).toEqual([['FORBIDDEN'], ['FORBIDDEN']]);
  const lines = app.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'a request was not permitted');
  const line = { level: 40, actor: `oidc:${ISSUER}#a-machine`, requestId: expect.any(String) };
  expect(lines).toEqual([
    expect.objectContaining({ ...line, right: 'EDIT' }),
    expect.objectContaining({ ...line, right: 'READ_GRANTS' }),
  ]);
});
