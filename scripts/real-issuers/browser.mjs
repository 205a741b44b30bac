// As much of a browser as a sign-in needs: cookies of one host, redirects, and one form.
import { createHash, randomBytes } from 'node:crypto';

const MOST_STEPS = 20;

/**
 * Signs a person in by authorization code with PKCE (RFC 7636), as a page with a public client does, and answers the
 * token endpoint's answer. `fill` gives what is typed into a form, by the names of its fields.
 */
export async function signIn(metadata, { clientId, redirectUri, scope, parameters = {}, fill }) {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');
  const url = new URL(metadata.authorization_endpoint);
  url.search = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state, ...parameters },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const back = await visit(url, redirectUri, fill);
  if (back.searchParams.get('state') !== state)
    throw new Error(`the issuer's answer has another state: ${back.search}`);
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(`the issuer gave no code: ${back.search}`);
  return requestToken(metadata, {
    ...{ grant_type: 'authorization_code', client_id: clientId, redirect_uri: redirectUri },
    ...{ code, code_verifier: verifier },
  });
}

/** The token endpoint's answer to a client that shows its secret in the Authorization header. */
export function clientCredentials(metadata, { clientId, secret, parameters = {} }) {
  const authorization = `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;
  return requestToken(metadata, { grant_type: 'client_credentials', ...parameters }, { authorization });
}

async function requestToken(metadata, form, headers = {}) {
  const response = await fetch(metadata.token_endpoint, { method: 'POST', headers, body: new URLSearchParams(form) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`the token endpoint answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Where the issuer sends the browser back to. */
async function visit(start, redirectUri, fill) {
  const cookies = new Map();
  let url = start;
  let request = {};
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...request, redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) keep(cookies, line);
    const location = response.headers.get('location');
    const text = await response.text();
    if (location !== null) {
      url = new URL(location, url);
      request = {};
      if (url.href.startsWith(redirectUri)) return url;
    } else {
      const action = /<form\b[^>]*\baction="([^"]+)"/.exec(text)?.[1];
      if (!response.ok || action === undefined || request.method === 'POST') {
        throw new Error(`no way on from ${url.origin}${url.pathname}, which answered ${response.status}`);
      }
      url = new URL(action.replaceAll('&amp;', '&'), url);
      request = { method: 'POST', body: new URLSearchParams(fill) };
    }
  }
  throw new Error('the sign-in led from page to page without an end');
}

/** They are all of one host here, under paths that are all asked. */
function keep(cookies, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (value === undefined) return;
  if (value === '' || /;\s*max-age=0\b/i.test(line)) cookies.delete(name);
  else cookies.set(name, value);
}
