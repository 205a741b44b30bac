import type { ConsoleFiles } from '../../src/http/console-files.ts';
import type { ConsoleSettings } from '../../src/http/console-settings.ts';
import { startServer, type TestServer } from './support.ts';

const files: ConsoleFiles = {
  template:
    '<html data-up="__UP__"><meta nonce="__NONCE__"><script id="settings">"__SETTINGS__"</script><script src="./assets/a-1.js">',
  assets: new Map([['a-1.js', { type: 'text/javascript', codings: new Map([['identity', Buffer.from('plain')]]) }]]),
};

const signIn = (tokenEndpoint: unknown, more: object = {}): ConsoleSettings => ({
  auth: 'required',
  signIn: {
    issuer: 'https://id.example.com',
    clientId: 'console',
    scopes: 'openid',
    authorizeParams: '',
    metadata: async () => ({ token_endpoint: tokenEndpoint, ...more }),
  },
});

describe('the page of the console', () => {
  let server: TestServer | undefined;
  afterEach(() => server?.server.close());

  const start = async (console: ConsoleSettings, more: object = {}) => {
    server = await startServer({ console, consoleFiles: files, ...more });
    return server;
  };
  const connectSrc = async (console: ConsoleSettings) => {
    const { headers } = await (await start(console)).send();
    return /connect-src [^;]*/.exec(String(headers['content-security-policy']))?.[0];
  };

  test.each([
    ['https://id.example.com:8443/token', "connect-src 'self' https://id.example.com:8443"],
    ['http://[::1]:8080/token', "connect-src 'self' http://[::1]:8080"],
    ['https://id.example.com;script-src/token', "connect-src 'self'"],
    ['data:text/html,x', "connect-src 'self'"],
    [undefined, "connect-src 'self'"],
    [17, "connect-src 'self'"],
  ])('connects to a token endpoint at %s, if that is one', async (endpoint, policy) => {
    expect(await connectSrc(signIn(endpoint))).toBe(policy);
  });

  test('holds what the issuer says of itself as data, whatever it says', async () => {
    const odd = '</script><script>$&$1';
    const { body } = await (await start(signIn('https://id.example.com/token', { odd }))).send();
    const [, settings = ''] = /id="settings">(.*?)<\/script>/.exec(body) ?? [];
    expect(JSON.parse(settings)).toMatchObject({ auth: 'required', oidc: { metadata: { odd } }, graphiql: true });
    expect(body.match(/<script/g)).toHaveLength(2);
  });

  test('leads up to where it is served, from however deep an address', async () => {
    const { send } = await start({ auth: 'none', signIn: undefined });
    for (const [path, up] of [
      ['/', './'],
      ['/?a=/b/c', './'],
      ['/signed-in?code=a/b', './'],
      ['/projects/', '../'],
      ['/projects/a//b', '../../../'],
      ['/projects/a/data-sources/b/runtime', '../../../../'],
    ] as const) {
      const { body } = await send({ path });
      expect(body).toContain(`data-up="${up}"`);
      expect(body).toContain(`src="${up}assets/a-1.js"`);
    }
  });

  test('and its files need no credential, and tell whether GraphiQL is there', async () => {
    const credentials = { check: async () => Promise.reject(new Error('asked')) } as never;
    const { send } = await start(signIn(undefined), { credentials, graphiql: undefined });
    const { status, body } = await send();
    expect(status).toBe(200);
    expect(body).toContain('"graphiql":false');
    expect((await send({ path: '/assets/a-1.js' })).status).toBe(200);
    expect((await send({ path: '/graphiql' })).status).toBe(404);
  });

  test('has its files by their exact names alone', async () => {
    const { send } = await start({ auth: 'none', signIn: undefined });
    for (const path of [
      '/assets/a-1.js.br',
      '/assets/A-1.js',
      '/assets/./a-1.js',
      '/assets/a-1.js/',
      '/assets/constructor',
    ])
      expect([path, (await send({ path })).status]).toEqual([path, 404]);
  });
});
