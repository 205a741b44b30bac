// What the checks ask the server, and hold its answers to.
import { isDeepStrictEqual } from 'node:util';
import { ask, change, post } from './server.mjs';

export const PROJECT = 'crm-integration';

/** Whom the server takes a token's holder for: `{ kind, identity, name, isAdministrator, roles }`. */
export async function whoIs(url, token) {
  const query = `{ viewer { actor { kind identity name } isAdministrator roles(projectKey: "${PROJECT}") } }`;
  const { actor, ...rest } = (await ask(url, token, query)).viewer;
  return { ...actor, ...rest };
}

export function createProject(url, token) {
  const mutation = `mutation { createProject(input: { key: "${PROJECT}", name: "CRM" }) {
    commit { authority { role via } } project { access { nodes { principal { kind identity } role } } } ${REFUSALS} } }`;
  return change(url, token, mutation);
}

export function grant(url, token, kind, identity, role) {
  const mutation = `mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { commit { position } ${REFUSALS} } }`;
  return change(url, token, mutation, { input: { projectKey: PROJECT, kind, identity, role } });
}

export function revoke(url, token, kind, identity) {
  const mutation = `mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { commit { position } ${REFUSALS} } }`;
  return change(url, token, mutation, { input: { projectKey: PROJECT, kind, identity } });
}

/** The authority of a change that an EDITOR may make. */
export async function edit(url, token, value) {
  const { commit } = await change(url, token, EDIT, { input: inputOf(value) });
  return commit.authority;
}

/** The codes of the errors of the same. */
export async function refusedEdit(url, token) {
  const { body } = await post(url, token, EDIT, { input: inputOf('refused') });
  const [payload] = Object.values(body.data ?? {});
  const codes = (body.errors ?? []).map(({ extensions }) => extensions?.code);
  return [...codes, ...(payload?.userErrors ?? []).map(({ code }) => code)];
}

/** Whether the project is there, for whoever asks. */
export async function seesProject(url, token) {
  return (await ask(url, token, `{ project(key: "${PROJECT}") { key } }`)).project !== null;
}

/** Holds what a credential is answered to 401; the log's reason for it to a pattern. */
export async function refused(server, token, reason) {
  const from = server.logged();
  const { status, challenge, body } = await post(server.url, token, '{ viewer { actor { identity } } }');
  const codes = body.errors?.map(({ extensions }) => extensions?.code);
  same({ status, codes }, { status: 401, codes: ['UNAUTHENTICATED'] });
  if (!challenge?.startsWith('Bearer')) throw new Error(`WWW-Authenticate is ${challenge}`);
  await server.says(reason, from);
  return body.errors[0].message;
}

export function same(seen, expected) {
  if (!isDeepStrictEqual(seen, expected)) {
    throw new Error(`saw ${JSON.stringify(seen)}, expected ${JSON.stringify(expected)}`);
  }
}

const REFUSALS = 'userErrors { code path message }';

const EDIT = `mutation ($input: SetConfigParameterInput!) {
  setConfigParameter(input: $input) { commit { authority { role via } } ${REFUSALS} } }`;

function inputOf(defaultValue) {
  return { projectKey: PROJECT, key: 'crm.host', defaultValue };
}
