import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  /** As a key set has it. */
  readonly jwk: JWK;
  /** @param header laid over its own */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

/** @param alg such as ES256 */
export async function signingKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' };
  return {
    ...{ kid, alg, jwk },
    sign: (claims, header) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, ...header } as JWTHeaderParameters).sign(privateKey),
  };
}

/** An issuer on loopback, of metadata and keys alone; tests sign its tokens, and say how it misbehaves. */
export class LocalIssuer {
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  keys: readonly JWK[] = [];
  /** Laid over its metadata. */
  metadata: Record<string, unknown> = {};
  /** Instead of its answers. */
  answer: ((request: IncomingMessage, response: ServerResponse) => void) | undefined;

  private constructor(private readonly server: Server) {}

  static async start(...keys: readonly SigningKey[]): Promise<LocalIssuer> {
    const issuer: LocalIssuer = new LocalIssuer(createServer((request, response) => issuer.serve(request, response)));
    issuer.keys = keys.map(({ jwk }) => jwk);
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How often its keys were fetched. */
  get fetches(): number {
    return this.asked.filter((path) => path === '/keys').length;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(request.url ?? '');
    if (this.answer) {
      this.answer(request, response);
      return;
    }
    const json = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration') {
      json({ issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.metadata });
    } else if (request.url === '/keys') json({ keys: this.keys });
    else response.writeHead(404).end();
  }
}
