import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { EXAMPLES } from './graphiql-examples.ts';

export interface GraphiqlOptions {
  /** Whether `/graphql` also speaks graphql-ws, so that the page may subscribe. */
  readonly subscriptions: boolean;
  /** Whether the page asks for a token, which it needs where identities are configured. */
  readonly token: boolean;
  /** Whether it is at `/` too, where there is no console. */
  readonly isFrontPage: boolean;
}

/** GraphiQL at `/graphiql`, from the files of its package: it needs nothing from anywhere else. */
export function registerGraphiql(app: FastifyInstance, options: GraphiqlOptions): void {
  for (const address of options.isFrontPage ? ['/', '/graphiql'] : ['/graphiql'])
    serve(app, address, HTML, Buffer.from(page(options)), { 'content-security-policy': PAGE_POLICY });
  serve(app, '/graphiql/boot.js', SCRIPT, Buffer.from(bootScript(options)));
  serve(app, '/graphiql/react.js', SCRIPT, packageFile('react18', 'umd/react.production.min.js'));
  serve(app, '/graphiql/react-dom.js', SCRIPT, packageFile('react-dom18', 'umd/react-dom.production.min.js'));
  serve(app, '/graphiql/graphiql.js', SCRIPT, packageFile('graphiql', 'graphiql.min.js'));
  serve(app, '/graphiql/graphiql.css', 'text/css; charset=utf-8', packageFile('graphiql', 'graphiql.min.css'));
}

const HTML = 'text/html; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

function serve(app: FastifyInstance, url: string, type: string, content: Buffer, headers = {}): void {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
  app.get(url, async (request, reply) => {
    reply.headers({ ...headers, etag, 'cache-control': 'no-cache' });
    const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (known?.includes(etag)) return reply.code(304).send();
    return reply.type(type).send(content);
  });
}

/** By way of the package's folder, as its exports map hides the file. */
function packageFile(name: string, file: string): Buffer {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return readFileSync(path.join(path.dirname(manifest), file));
}

const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // CodeMirror and the icons set styles in place.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const TOKEN_FORM = `
    <form id="token">
      <label>Token <input type="password" autocomplete="off" spellcheck="false" placeholder="plt_… or a JWT"></label>
      <button>Use</button>
      <output>Forgotten when this page is left</output>
    </form>`;

function page({ token }: GraphiqlOptions): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Proxy Ledger</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="graphiql/graphiql.css">
    <style>
      body { margin: 0; display: flex; flex-direction: column; height: 100vh; height: 100dvh; }
      #token { display: flex; gap: 8px; align-items: baseline; padding: 8px 16px; font: 14px sans-serif; }
      #token input { width: 28em; max-width: 50vw; }
      #graphiql { flex: 1; min-height: 0; }
    </style>
  </head>
  <body>${token ? TOKEN_FORM : ''}
    <div id="graphiql"><noscript>GraphiQL needs JavaScript. The API itself is at /graphql.</noscript></div>
    <script src="graphiql/react.js"></script>
    <script src="graphiql/react-dom.js"></script>
    <script src="graphiql/graphiql.js"></script>
    <script src="graphiql/boot.js"></script>
  </body>
</html>
`;
}

function bootScript({ subscriptions }: GraphiqlOptions): string {
  const tabs = EXAMPLES.map(({ query, variables }) => ({
    query,
    variables: variables === undefined ? '' : JSON.stringify(variables, null, 2),
    headers: '',
  }));
  return `'use strict';
const url = new URL('graphql', document.baseURI);
const socketUrl = new URL(url);
socketUrl.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
const send = GraphiQL.createFetcher({
  url: url.href,
  ...(${JSON.stringify(subscriptions)} ? { subscriptionUrl: socketUrl.href } : {}),
});
// Its headers are also what a WebSocket of its own is begun with. One that was typed into a tab counts before the field.
const fetcherWith = (token) => (request, options) => {
  const headers = token === '' ? {} : { authorization: 'Bearer ' + token };
  for (const [name, value] of Object.entries(options?.headers ?? {})) headers[name.toLowerCase()] = value;
  return send(request, { ...options, headers });
};
const settings = {
  defaultTabs: ${JSON.stringify(tabs)},
  defaultQuery: '# A new operation\\n',
  defaultEditorToolsVisibility: 'variables',
  // Passwords are typed into variables: they must not outlive the browser's tab.
  storage: window.sessionStorage,
};
const root = ReactDOM.createRoot(document.getElementById('graphiql'));
// A new fetcher asks for the schema anew.
const use = (token) => {
  const logo = React.createElement(GraphiQL.Logo, null, 'Proxy Ledger');
  root.render(React.createElement(GraphiQL, { ...settings, fetcher: fetcherWith(token) }, logo));
};
const form = document.getElementById('token');
form?.addEventListener('submit', (event) => {
  event.preventDefault();
  // In memory alone.
  use(form.querySelector('input').value.trim().replace(/^Bearer +/i, ''));
});
use('');
`;
}
