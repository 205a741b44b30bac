import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { TlsFilesError } from '../../src/http/tls-files.ts';
import { type Authority, createAuthority, type KeyedCertificate } from '../support/certificates.ts';
import { startServer, type TestServer, until } from './support.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tls-'));
afterAll(() => rmSync(directory, { recursive: true }));
const tls = { certFile: path.join(directory, 'cert.pem'), keyFile: path.join(directory, 'key.pem') };

function write({ cert, key }: Partial<KeyedCertificate>): void {
  if (cert !== undefined) writeFileSync(tls.certFile, cert);
  if (key !== undefined) writeFileSync(tls.keyFile, key);
}

describe('TLS by the server itself', () => {
  let authority: Authority;
  let server: TestServer;
  let first: KeyedCertificate;
  beforeAll(async () => {
    authority = await createAuthority();
    first = await authority.issue({ names: ['localhost', '127.0.0.1', 'ledger.internal', '*.apps.internal'] });
    write(first);
    server = await startServer({ config: { host: '127.0.0.1', port: 0, tls }, tlsLookMs: 5 });
  });
  afterAll(() => server.server.close());

  function ask(headers: Record<string, string> = {}) {
    const { port } = server;
    const options = {
      host: '127.0.0.1',
      port,
      path: '/health/live',
      headers,
      ca: authority.ca,
      agent: new Agent(),
      checkServerIdentity: () => undefined,
    };
    return new Promise<{ status: number | undefined; hsts: unknown; serial: string }>((resolve, reject) => {
      get(options, (answer) => {
        const { serialNumber: serial } = (answer.socket as TLSSocket).getPeerCertificate();
        answer.resume().on('end', () => {
          resolve({ status: answer.statusCode, hsts: answer.headers['strict-transport-security'], serial });
        });
      }).on('error', reject);
    });
  }

  test('serves https, and has browsers come by that alone', async () => {
    expect(server.origin).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask()).toMatchObject({ status: 200, hsts: 'max-age=31536000' });
  });

  test('is named by its certificate', async () => {
    const status = async (headers: Record<string, string>) => (await ask(headers)).status;
    expect(await status({ host: 'ledger.internal' })).toBe(200);
    expect(await status({ host: 'a.apps.internal:8443', origin: 'https://a.apps.internal:8443' })).toBe(200);
    expect(await status({ host: 'a.b.apps.internal' })).toBe(403);
    expect(await status({ host: 'evil.example' })).toBe(403);
    expect(await status({ origin: 'http://ledger.internal' })).toBe(403);
  });

  test('reads its files again when they change, and goes on with what it has when they are no good', async () => {
    const { serial } = await ask();
    const second = await authority.issue({ names: ['127.0.0.1', 'second.internal'] });
    const warnings = () => server.logged.filter(({ level }) => level === 40).map(({ msg }) => String(msg));
    write({ cert: second.cert });
    await until(() => warnings().length > 0);
    expect(warnings()).toEqual([
      expect.stringMatching(/TLS_CERT_FILE .* are no pair: .*; the certificate read before/),
    ]);
    expect((await ask()).serial).toBe(serial);
    write({ key: second.key });
    await until(async () => (await ask()).serial !== serial);
    expect((await ask({ host: 'second.internal' })).status).toBe(200);
    expect((await ask({ host: 'ledger.internal' })).status).toBe(403);
    rmSync(tls.keyFile);
    await until(() => warnings().length > 1);
    expect(warnings()[1]).toMatch(/^TLS_KEY_FILE cannot be read: /);
    expect((await ask()).status).toBe(200);
  });
});

test.each<[string, Partial<KeyedCertificate>]>([
  ['no PEM', { cert: 'nothing' }],
  ['another key', {}],
])('a server does not start on %s', async (_, files) => {
  const authority = await createAuthority();
  const [{ cert }, { key }] = [await authority.issue(), await authority.issue()];
  write({ cert, key, ...files });
  const started = startServer({ config: { host: '127.0.0.1', port: 0, tls } });
  await expect(started).rejects.toThrow(TlsFilesError);
  await expect(started).rejects.not.toThrow(/BEGIN/);
});

test('a server does not start without its files', async () => {
  const missing = { certFile: path.join(directory, 'none.pem'), keyFile: tls.keyFile };
  const started = startServer({ config: { host: '127.0.0.1', port: 0, tls: missing } });
  await expect(started).rejects.toThrow(/^TLS_CERT_FILE cannot be read: /);
});
