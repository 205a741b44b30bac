import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Provider } from 'oidc-provider';

/** As the client asks for it; tokens for it have `AUDIENCE` in `aud`. */
const RESOURCE = 'https://ledger.example.com/graphql';
export const AUDIENCE = 'proxy-ledger';
const REDIRECT = 'http://127.0.0.1:1/callback';
/** Of native applications on loopback it takes any port (RFC 8252 §7.3). */
const PAGES = 'http://127.0.0.1/signed-in';
const SECRET = 'pipeline-secret-of-32-characters';

/** What the token endpoint answers. */
export interface Tokens {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
}

/** @param alg such as ES256 */
export async function providerKey(kid: string, alg = 'ES256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg, use: 'sig' };
}

/** It warns of each Node.js but the newest. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const { warn } = console;
  console.warn = () => {};
  try {
    return await load();
  } finally {
    console.warn = warn;
  }
}

/**
 * The `oidc-provider` of npm on loopback, with a person who consents to everything, and a pipeline. Its first key signs.
 */
export class RealProvider {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** Of tokens that are issued by what `signsWith` makes from then on. */
  accessTokenSeconds = 3_600;
  private listener: RequestListener | undefined;
  private readonly server: Server;

  private constructor(private readonly Made: typeof Provider) {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (this.listener) this.listener(request, response);
      else request.socket.destroy();
    });
  }

  static async start(...keys: readonly JWK[]): Promise<RealProvider> {
    const provider = new RealProvider((await quietly(() => import('oidc-provider'))).Provider);
    await new Promise<void>((resolve) => provider.server.listen(0, '127.0.0.1', resolve));
    provider.signsWith(...keys);
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get fetches(): number {
    return this.asked.filter((path) => path === '/jwks').length;
  }

  /** Comes back with these keys. */
  signsWith(...keys: readonly JWK[]): void {
    const provider = new this.Made(this.issuer, configuration(keys, this.accessTokenSeconds));
    const answer = provider.callback();
    this.listener = (request, response) => {
      if (request.url?.startsWith('/interaction/')) void login(provider, request, response);
      else answer(request, response);
    };
  }

  /** Answers nobody, until it signs again. */
  goesAway(): void {
    this.listener = undefined;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** By client credentials. */
  async pipelineTokens(): Promise<Tokens> {
    return this.tokens({ grant_type: 'client_credentials', resource: RESOURCE }, ['pipeline', SECRET]);
  }

  /** By code and PKCE, as a browser does it. */
  async personTokens(): Promise<Tokens> {
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      ...{ client_id: 'console', response_type: 'code', redirect_uri: REDIRECT, resource: RESOURCE, prompt: 'consent' },
      ...{ scope: 'openid profile offline_access', state: 'state-of-a-sign-in', nonce: 'nonce-of-a-sign-in' },
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const cookies = new Map<string, string>();
    let at = `${this.issuer}/auth?${query}`;
    for (let steps = 0; !at.startsWith(REDIRECT); steps += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
      for (const set of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const location = answer.headers.get('location');
      if (location === null || steps > 10) throw new Error(`no way on: ${answer.status} ${await answer.text()}`);
      at = new URL(location, at).href;
    }
    const code = new URL(at).searchParams.get('code') ?? '';
    const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, code_verifier: verifier };
    return this.tokens({ ...grant, client_id: 'console', resource: RESOURCE });
  }

  private async tokens(form: Record<string, string>, login?: readonly [string, string]): Promise<Tokens> {
    const headers = login && { authorization: `Basic ${Buffer.from(login.join(':')).toString('base64')}` };
    const answer = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
      ...(headers && { headers }),
    });
    if (answer.status !== 200) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Tokens;
  }
}

function configuration(keys: readonly JWK[], accessTokenTTL: number): object {
  return {
    jwks: { keys },
    clients: [
      {
        ...{ client_id: 'console', application_type: 'native', token_endpoint_auth_method: 'none' },
        ...{
          redirect_uris: [REDIRECT, PAGES],
          post_logout_redirect_uris: ['http://127.0.0.1/'],
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
        },
        id_token_signed_response_alg: 'ES256',
      },
      {
        ...{ client_id: 'pipeline', client_secret: SECRET, grant_types: ['client_credentials'] },
        ...{ redirect_uris: [], response_types: [], id_token_signed_response_alg: 'ES256' },
      },
    ],
    cookies: { keys: ['cookies'] },
    // Pages of any origin may ask for tokens.
    clientBasedCORS: () => true,
    interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId }) }),
    loadExistingGrant: consent,
    extraTokenClaims: (_: unknown, token: { accountId?: string }) =>
      token.accountId === undefined ? {} : { name: 'Ada Lovelace', groups: ['/ledger-editors', '/ledger-admins'] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          ...{ scope: '', audience: AUDIENCE, accessTokenFormat: 'jwt', accessTokenTTL },
          jwt: { sign: { alg: keys[0]?.alg } },
        }),
      },
    },
    adapter: MemoryAdapter,
    ttl: {
      AccessToken: accessTokenTTL,
      ClientCredentials: 3_600,
      Session: 600,
      Interaction: 600,
      Grant: 600,
      AuthorizationCode: 60,
      IdToken: 300,
      RefreshToken: 600,
    },
    issueRefreshToken: () => true,
  };
}

/** What it keeps; the one that comes with it warns of itself. */
class MemoryAdapter {
  private readonly kept = new Map<string, object>();

  async upsert(id: string, payload: object): Promise<void> {
    this.kept.set(id, payload);
  }

  async find(id: string): Promise<object | undefined> {
    return this.kept.get(id);
  }

  async findByUid(uid: string): Promise<object | undefined> {
    return [...this.kept.values()].find((payload) => 'uid' in payload && payload.uid === uid);
  }

  async consume(id: string): Promise<void> {
    this.kept.set(id, { ...this.kept.get(id), consumed: true });
  }

  async destroy(id: string): Promise<void> {
    this.kept.delete(id);
  }

  async revokeByGrantId(): Promise<void> {}
}

interface SignIn {
  readonly oidc: {
    readonly provider: Provider;
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
  };
}

async function consent({ oidc: { provider, client, session } }: SignIn): Promise<unknown> {
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid profile offline_access');
  await grant.save();
  return grant;
}

async function login(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await provider.interactionFinished(request, response, { login: { accountId: 'ada' }, consent: {} });
}
