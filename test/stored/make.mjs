/**
 * Makes a data directory for this folder: `node test/stored/make.mjs DIST NEW_DIRECTORY`. It starts the server that is
 * built in DIST, drives it over HTTP until its log holds every kind of event that a person can cause, and writes beside
 * its data what it then answered (`answers.json`). Run once for each stored form; what was made is never made anew.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { ACCESS, AS_OF, KEY, LOOKED_AT, NOW, RETRIED } from './questions.mjs';

const [dist, directory] = process.argv.slice(2).map((path) => resolve(path));
const GRAPHQL_PORT = 41_999;

const target = await listening(createServer((_, response) => response.end('hello')));
const proxy = createServer();
proxy.on('connect', ({ url }, client) => {
  const [host, port] = url.split(':');
  const upstream = connect(Number(port), host, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    upstream.pipe(client).pipe(upstream);
  });
  for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
});
const proxyPort = (await listening(proxy)).port;

mkdirSync(directory, { recursive: true });
const server = spawn(process.execPath, [join(dist, 'main.js'), 'serve'], {
  env: { DATA_DIR: directory, PORT: String(GRAPHQL_PORT), EGRESS_ALLOW: '127.0.0.0/8', LOG_LEVEL: 'warn' },
  stdio: 'inherit',
});
const gone = new Promise((done) => server.once('exit', done));

try {
  await started();
  await fill();
  const answers = { now: await ask(NOW, { key: KEY }), access: await ask(ACCESS, { key: KEY }), asOf: [] };
  for (const position of LOOKED_AT) answers.asOf.push(await ask(AS_OF, { key: KEY, position }));
  writeFileSync(join(directory, 'answers.json'), `${JSON.stringify(answers, null, 1)}\n`);
} finally {
  server.kill('SIGTERM');
  await gone;
  for (const each of [target.server, proxy]) {
    each.closeAllConnections();
    each.close();
  }
}

async function fill() {
  const project = { projectKey: KEY };
  await change('createProject', 'CreateProjectInput', {
    key: KEY,
    name: 'Retail banking',
    environments: ['dev', 'prod'],
    reason: 'first of all',
  });
  await change('updateProject', 'UpdateProjectInput', {
    key: KEY,
    description: 'What the branch calls',
    environments: ['dev', 'staging', 'live'],
    renameEnvironments: [{ from: 'prod', to: 'live' }],
  });
  await parameter({ key: 'proxy.host', defaultValue: '127.0.0.1' });
  await parameter({ key: 'proxy.port', values: [{ environment: 'dev', value: String(proxyPort) }] });
  await parameter({ key: 'target', defaultValue: `127.0.0.1:${target.port}` });
  await parameter({ key: 'token', secret: true, values: [{ environment: 'dev', value: 'stored-token-of-dev' }] });
  await parameter({ key: 'old', defaultValue: 'gone soon', description: 'Not for long' });
  await change('deleteConfigParameter', 'DeleteConfigParameterInput', { ...project, key: 'old' });

  const corporate = await proxyConnection(RETRIED.input, 'grace');
  await change('updateProxyConnection', 'UpdateProxyConnectionInput', {
    id: corporate,
    description: 'Out to the internet',
    reason: 'Größe, \u{1F600} and "quotes"',
  });
  await change('testProxy', 'TestProxyInput', {
    ...project,
    proxyConnectionId: corporate,
    targetUrl: `http://127.0.0.1:${target.port}/`,
  });
  const second = await proxyConnection({
    ...project,
    name: 'Second',
    type: 'HTTPS',
    host: 'b.example.com',
    port: '8443',
  });
  await change('deleteProxyConnection', 'DeleteProxyConnectionInput', { id: second });
  await change('restoreProxyConnection', 'RestoreInput', { id: second });
  await change('deleteProxyConnection', 'DeleteProxyConnectionInput', {
    id: await proxyConnection({ ...project, name: 'Third', type: 'HTTP', host: 'c.example.com', port: 8080 }),
  });

  const crm = await dataSource({
    ...project,
    name: 'CRM',
    baseUrl: 'http://${target}/api',
    connectThroughProxy: true,
    proxyConnectionId: corporate,
    headers: [{ name: 'Authorization', value: 'Bearer ${token}', secret: true }],
    idempotencyKey: 'crm',
  });
  await change('updateDataSource', 'UpdateDataSourceInput', { id: crm, proxyConnectionId: second });
  await change('updateDataSource', 'UpdateDataSourceInput', {
    id: crm,
    connectThroughProxy: false,
    description: 'Direct',
  });
  await change('updateDataSource', 'UpdateDataSourceInput', {
    id: crm,
    connectThroughProxy: true,
    proxyConnectionId: corporate,
  });
  await change('deleteDataSource', 'DeleteInput', { id: crm });
  await change('restoreDataSource', 'RestoreInput', { id: crm });
  await change('restoreDataSource', 'RestoreInput', { id: crm, version: 2, reason: 'as it was' });
  await change('updateDataSource', 'UpdateDataSourceInput', { id: crm, proxyConnectionId: corporate });
  await grant({ kind: 'USER', identity: 'https://id.example.com#ada', role: 'OWNER', reason: 'Her project' });
  await grant({ kind: 'GROUP', identity: '/crm/Größe', role: 'OPERATOR' });
  await grant({ kind: 'CLIENT', identity: 'https://id.example.com#pipeline', role: 'EDITOR' });
  await grant({ kind: 'GROUP', identity: '/crm/Größe', role: 'VIEWER' });
  const { kind, identity } = { kind: 'CLIENT', identity: 'https://id.example.com#pipeline' };
  await change('revokeAccess', 'RevokeAccessInput', { ...project, kind, identity, reason: 'No longer used' });
  await token({ name: 'deploy', role: 'EDITOR' });
  await change('revokeToken', 'RevokeTokenInput', { id: await token({ name: 'mistake', role: 'OWNER' }) });
  await change('issueToken', 'IssueTokenInput', { name: 'root' });
}

function grant(input) {
  return change('grantAccess', 'GrantAccessInput', { projectKey: KEY, ...input });
}

async function token(input) {
  return (await change('issueToken', 'IssueTokenInput', { projectKey: KEY, ...input })).token.id;
}

function parameter(input) {
  return change('setConfigParameter', 'SetConfigParameterInput', { projectKey: KEY, ...input });
}

async function proxyConnection(input, actor) {
  return (await change('createProxyConnection', 'CreateProxyConnectionInput', input, actor)).proxyConnection.id;
}

async function dataSource(input) {
  return (await change('createDataSource', 'CreateDataSourceInput', input)).dataSource.id;
}

/** Fails unless it appended. */
async function change(mutation, type, input, actor = 'ada') {
  const resource = {
    createProxyConnection: 'proxyConnection { id }',
    createDataSource: 'dataSource { id }',
    issueToken: 'token { id }',
  }[mutation];
  const query = `mutation($input: ${type}!) {
    ${mutation}(input: $input) { ${resource ?? ''} commit { position } userErrors { path message } }
  }`;
  const payload = (await ask(query, { input }, actor))[mutation];
  if (!payload.commit) throw new Error(`${mutation} appended nothing: ${JSON.stringify(payload.userErrors)}`);
  return payload;
}

async function ask(query, variables, actor = 'ada') {
  const response = await fetch(`http://127.0.0.1:${GRAPHQL_PORT}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-actor': actor },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

async function started() {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const ready = await fetch(`http://127.0.0.1:${GRAPHQL_PORT}/health/ready`).catch(() => undefined);
    if (ready?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('the server did not start');
}

async function listening(http) {
  await new Promise((done) => http.listen(0, '127.0.0.1', done));
  return { server: http, port: http.address().port };
}
