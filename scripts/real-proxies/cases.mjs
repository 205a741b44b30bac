// What each proxy is asked, once with a plain socket, which tells its bytes, and once by the product, which tells what
// the test reports.
import { connect } from 'node:net';

const ANSWER_MS = 4_000;
const PROBE_MS = 6_000;
export const CREDENTIALS = { user: 'svc', password: 'right' };
const WRONG = { user: 'svc', password: 'wrong' };
/** The host that is refused by those that are given a rule. */
export const FORBIDDEN = 'localhost';
const UNKNOWN = 'no-such-name.invalid';

/**
 * Title, the variant of the proxy that it is for (`open`, `login`, `rule`), its URL, the credentials, the proxy's type.
 * The URL is made from `{ secure, plain, unused }`, ports on loopback: a TLS target, a plain one, and none.
 */
export const CASES = [
  { title: 'An https target that answers', variant: 'open', url: ({ secure }) => `https://127.0.0.1:${secure}/` },
  { title: 'The same by IPv6: [::1]', variant: 'open', url: ({ secure }) => `https://[::1]:${secure}/` },
  { title: 'An https target whose name nobody knows', variant: 'open', url: () => `https://${UNKNOWN}/` },
  {
    title: 'An https target that refuses the connection',
    variant: 'open',
    url: ({ unused }) => `https://127.0.0.1:${unused}/`,
  },
  {
    title: 'An https target that a rule refuses',
    variant: 'rule',
    url: ({ secure }) => `https://${FORBIDDEN}:${secure}/`,
  },
  {
    title: 'No credentials where some are wanted',
    variant: 'login',
    url: ({ secure }) => `https://127.0.0.1:${secure}/`,
  },
  {
    title: 'A wrong password',
    variant: 'login',
    credentials: WRONG,
    url: ({ secure }) => `https://127.0.0.1:${secure}/`,
  },
  {
    title: 'The right password',
    variant: 'login',
    credentials: CREDENTIALS,
    url: ({ secure }) => `https://127.0.0.1:${secure}/`,
  },
  { title: 'An http target that answers', variant: 'open', url: ({ plain }) => `http://127.0.0.1:${plain}/` },
  { title: 'An http target whose name nobody knows', variant: 'open', url: () => `http://${UNKNOWN}/` },
  {
    title: 'An http target that refuses the connection',
    variant: 'open',
    url: ({ unused }) => `http://127.0.0.1:${unused}/`,
  },
  {
    title: 'An http target, no credentials where some are wanted',
    variant: 'login',
    url: ({ plain }) => `http://127.0.0.1:${plain}/`,
  },
  {
    title: 'An http target, a wrong password',
    variant: 'login',
    credentials: WRONG,
    url: ({ plain }) => `http://127.0.0.1:${plain}/`,
  },
  {
    title: 'An http target, the right password',
    variant: 'login',
    credentials: CREDENTIALS,
    url: ({ plain }) => `http://127.0.0.1:${plain}/`,
  },
  {
    title: 'Type HTTPS, where the port speaks no TLS',
    variant: 'open',
    type: 'HTTPS',
    url: ({ secure }) => `https://127.0.0.1:${secure}/`,
  },
];

/** What one proxy answers in one case: `{ answer, marks, verdict, message }`. */
export async function examine({ title, type = 'HTTP', url, credentials }, port, targets, product) {
  const target = new URL(url(targets));
  const seen = type === 'HTTPS' ? { answer: '', marks: [] } : read(await ask(port, request(target, credentials)));
  const result = await product.probe(
    { proxy: { type, host: '127.0.0.1', port, ...(credentials && { credentials }) }, target, timeoutMs: PROBE_MS },
    product.settings,
  );
  return { title, ...seen, verdict: verdictOf(result), message: result.message };
}

function verdictOf({ failure, targetStatus, warnings }) {
  const told = warnings.filter((warning) => !/expires|intercepts TLS/.test(warning));
  return failure ?? `success ${targetStatus}${told.length > 0 ? ', with a warning' : ''}`;
}

function request(target, credentials) {
  const authority = `${target.hostname}:${target.port || (target.protocol === 'https:' ? 443 : 80)}`;
  const login = credentials && Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  const [line, host] =
    target.protocol === 'https:' ? [`CONNECT ${authority}`, authority] : [`GET ${target.href}`, target.host];
  const fields = ['User-Agent: proxy-ledger', ...(login ? [`Proxy-Authorization: Basic ${login}`] : [])];
  return `${[`${line} HTTP/1.1`, `Host: ${host}`, ...fields].join('\r\n')}\r\n\r\n`;
}

/** The head of the answer in Latin-1, or what came until the proxy closed or its time was over. */
function ask(port, text) {
  return new Promise((resolve) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const done = (how) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ got, how });
    };
    const timer = setTimeout(() => done('silence'), ANSWER_MS);
    socket.on('data', (chunk) => {
      got += chunk.toString('latin1');
      if (/\r?\n\r?\n/.test(got)) done('head');
    });
    socket.on('error', () => done('closed'));
    socket.on('close', () => done('closed'));
  });
}

/** Fields that tell whose answer it is, and why. */
const MARKS =
  /^(proxy-authenticate|www-authenticate|proxy-status|x-squid-error|x-smokescreen-error|proxy-error|proxy-agent|warning|server)$/i;

function read({ got, how }) {
  if (got === '') return { answer: how === 'silence' ? 'nothing' : 'closed without a byte', marks: [] };
  const [line = '', ...fields] = got.split(/\r?\n\r?\n/)[0].split(/\r?\n/);
  const marks = fields
    .map((field) => /^([^:]+):\s*(.*)$/.exec(field) ?? [])
    .filter(([, name = '']) => MARKS.test(name))
    .map(([, name, value]) => `${name}: ${tidy(value)}`);
  return { answer: tidy(line), marks: [...new Set(marks)] };
}

/** Without what differs from run to run. */
function tidy(text) {
  const known = text
    .replace(/,? ?(nonce|opaque)=.*$/, '')
    .replace(/(127\.0\.0\.1|localhost):\d+/g, 'HOST:PORT')
    .replace(/\[::1\]:\d+/g, '[::1]:PORT')
    .replace(/on \S+:53/, 'on DNS');
  return known.length > 70 ? `${known.slice(0, 69)}…` : known;
}
