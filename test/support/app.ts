import { chmodSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type App, startApp } from '../../src/app/start-app.ts';
import { readConfig } from '../../src/config/config.ts';

// biome-ignore lint/suspicious/noExplicitAny: what a query answers has the shape that its test asks for.
export type Data = any;

export interface Answer {
  readonly status: number;
  readonly data: Data;
  readonly errors: readonly { readonly message: string; readonly extensions: Data }[] | undefined;
  /** The whole answer as it came. */
  readonly text: string;
}

export interface Asking {
  /** Whom X-Actor names. */
  readonly actor?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server in this process, on a free port and a scratch directory. */
export class TestApp {
  /** Every line that it logged, at the finest level. */
  readonly lines: string[] = [];
  readonly directory = mkdtempSync(join(tmpdir(), 'proxy-ledger-'));
  private app: App | undefined;

  private constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** @param from a data directory; it begins with a copy of its files */
  static async start(env: Readonly<Record<string, string>> = {}, from?: string): Promise<TestApp> {
    const app = new TestApp({ EGRESS_ALLOW: '127.0.0.0/8,::1/128', ...env });
    if (from !== undefined) app.fill(from);
    await app.open();
    return app;
  }

  get url(): string {
    if (!this.app) throw new Error('the server is not running');
    return this.app.urls.graphql;
  }

  async ask(query: string, variables: object = {}, { actor, headers = {} }: Asking = {}): Promise<Answer> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(actor !== undefined && { 'x-actor': Buffer.from(actor).toString('latin1') }),
        ...headers,
      },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const { data, errors } = JSON.parse(text) as Pick<Answer, 'data' | 'errors'>;
    return { status: response.status, data, errors, text };
  }

  /** The one field that a query or mutation asks for; fails when there are errors. */
  async get(query: string, variables: object = {}, asking: Asking = {}): Promise<Data> {
    const { data, errors } = await this.ask(query, variables, asking);
    if (errors) throw new Error(JSON.stringify(errors));
    const [field] = Object.values(data);
    return field;
  }

  /** The types of a project's events, oldest first. */
  async log(project: string): Promise<string[]> {
    const history = await this.get(
      'query($key: String!) { project(key: $key) { history(first: 100, direction: ASC) { nodes { type } } } }',
      { key: project },
    );
    return (history?.history.nodes ?? []).map((node: { type: string }) => node.type);
  }

  async restart(): Promise<void> {
    await this.app?.close();
    await this.open();
  }

  async close(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }

  async stop(): Promise<void> {
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Everything in the data directory, one after another. Only to be read while the server is stopped. */
  storedBytes(): Buffer {
    return Buffer.concat(readdirSync(this.directory).map((name) => readFileSync(join(this.directory, name))));
  }

  private fill(from: string): void {
    for (const file of readdirSync(from)) {
      copyFileSync(join(from, file), join(this.directory, file));
      // A checkout keeps no modes, and a key that others may read is refused.
      chmodSync(join(this.directory, file), 0o600);
    }
  }

  private async open(): Promise<void> {
    const read = readConfig({ ...this.env, PORT: '0', DATA_DIR: this.directory, LOG_LEVEL: 'trace' });
    if (!read.ok) throw new Error(read.faults.join('\n'));
    const logger = pino({ level: 'trace' }, { write: (line) => void this.lines.push(line) });
    this.app = await startApp(read.config, logger);
  }
}

const running: TestApp[] = [];
afterAll(() => Promise.all(running.map((app) => app.stop())));

/** Starts one, and stops it when its test file is done. See `TestApp.start`. */
export async function startTestApp(env: Readonly<Record<string, string>> = {}, from?: string): Promise<TestApp> {
  const app = await TestApp.start(env, from);
  running.push(app);
  return app;
}

const ERRORS = 'userErrors { code path message }';
const COMMIT =
  'commit { position hash reason actor { identity } changes { type version subjectName fields { field before after secret } } }';

/** Mutations as tests send them, with all that their payloads have. */
export const MUTATIONS = {
  createProject: `mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id key name description environments version position } ${COMMIT} ${ERRORS} } }`,
  updateProject: `mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { name description environments version } ${COMMIT} ${ERRORS} } }`,
  setConfigParameter: `mutation($input: SetConfigParameterInput!) { setConfigParameter(input: $input) { configParameter { id key description secret defaultValue values { environment value } version deletedAt } ${COMMIT} ${ERRORS} } }`,
  deleteConfigParameter: `mutation($input: DeleteConfigParameterInput!) { deleteConfigParameter(input: $input) { configParameter { id key version deletedAt } ${COMMIT} ${ERRORS} } }`,
  createProxyConnection: `mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { proxyConnection { id name description type host port authType user hasPassword version editedBy { identity } deletedAt } ${COMMIT} ${ERRORS} } }`,
  updateProxyConnection: `mutation($input: UpdateProxyConnectionInput!) { updateProxyConnection(input: $input) { proxyConnection { id name description type host port authType user hasPassword version editedBy { identity } } ${COMMIT} ${ERRORS} } }`,
  deleteProxyConnection: `mutation($input: DeleteProxyConnectionInput!) { deleteProxyConnection(input: $input) { proxyConnection { id version deletedAt deletedBy { identity } } affectedDataSources { name routing } ${COMMIT} ${ERRORS} } }`,
  restoreProxyConnection: `mutation($input: RestoreInput!) { restoreProxyConnection(input: $input) { proxyConnection { id name host version deletedAt hasPassword } ${COMMIT} ${ERRORS} } }`,
  testProxy: `mutation($input: TestProxyInput!) { testProxy(input: $input) { test { success failure message retryable stages { name status durationMs detail } warnings durationMs proxyUrl targetUrl targetStatus proxyAuthSchemes proxyTls { protocol issuer } targetTls { protocol } environment proxyVersion stale at by { identity } } ${COMMIT} ${ERRORS} } }`,
  createDataSource: `mutation($input: CreateDataSourceInput!) { createDataSource(input: $input) { dataSource { id name baseUrl headers { name value secret } connectThroughProxy routing proxyConnection { id } version } ${COMMIT} ${ERRORS} } }`,
  updateDataSource: `mutation($input: UpdateDataSourceInput!) { updateDataSource(input: $input) { dataSource { id name baseUrl headers { name value secret } connectThroughProxy routing proxyConnection { id } version } ${COMMIT} ${ERRORS} } }`,
  deleteDataSource: `mutation($input: DeleteInput!) { deleteDataSource(input: $input) { dataSource { id version deletedAt } ${COMMIT} ${ERRORS} } }`,
  restoreDataSource: `mutation($input: RestoreInput!) { restoreDataSource(input: $input) { dataSource { id name routing version deletedAt } ${COMMIT} ${ERRORS} } }`,
  callDataSource: `mutation($input: CallDataSourceInput!) { callDataSource(input: $input) { response { status headers { name value } body bodyIsBase64 bodyTruncated } routing curl failure message durationMs stages { name status detail } ${ERRORS} } }`,
} as const;

/** Sends one of `MUTATIONS` with this input. */
export function mutation(app: TestApp) {
  return (name: keyof typeof MUTATIONS, input: object, asking: Asking = {}): Promise<Data> =>
    app.get(MUTATIONS[name], { input }, asking);
}

/** User errors as `CODE at path`. */
export function errorsOf(payload: Data): string[] {
  return payload.userErrors.map(({ code, path }: { code: string; path: string[] }) => `${code} ${path.join('.')}`);
}
