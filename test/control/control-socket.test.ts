import { existsSync, lstatSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { askControlServer, ControlSocketError } from '../../src/control/control-client.ts';
import { type ControlServer, type ControlVerb, startControlServer } from '../../src/control/control-server.ts';
import { controlSocketPath } from '../../src/control/socket-path.ts';
import { StoreUnavailableError } from '../../src/event-sourcing/event-store.ts';

let directory: string;
let socket: string;
let servers: ControlServer[] = [];
let lines: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'control-'));
  socket = path.join(directory, 'proxy-ledger.sock');
  lines = [];
});
afterEach(async () => {
  for (const server of servers) await server.close();
  servers = [];
  rmSync(directory, { recursive: true });
});

async function start(verbs: Record<string, ControlVerb> = {}): Promise<ControlServer> {
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const server = await startControlServer(socket, new Map(Object.entries(verbs)), logger);
  servers.push(server);
  return server;
}

/** Sends bytes as they are, and answers what comes back until the connection ends. */
function send(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const client = connect(socket, () => client.write(text));
    client.setEncoding('utf8').on('data', (part: string) => {
      answer += part;
    });
    client.on('error', () => undefined);
    client.on('close', () => resolve(answer));
  });
}

describe('the control socket', () => {
  test('is for its owner alone, and gone when the server is', async () => {
    const server = await start();
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect((lstatSync(socket).mode & 0o777).toString(8)).toBe('600');
    await server.close();
    expect(existsSync(socket)).toBe(false);
  });

  test('leaves the mode of other files as it was', async () => {
    const before = process.umask();
    await start();
    expect(process.umask()).toBe(before);
  });

  test('carries out a verb with its input', async () => {
    await start({ double: async (input) => ({ is: Number(input) * 2 }) });
    expect(await askControlServer(socket, { verb: 'double', input: 21 })).toEqual({ ok: true, value: { is: 42 } });
  });

  test('tells faults that were expected, and logs the others', async () => {
    await start({
      away: () => Promise.reject(new StoreUnavailableError('the disk is away')),
      broken: () => Promise.reject(new Error('unforeseen')),
    });
    expect(await askControlServer(socket, { verb: 'away' })).toEqual({
      ...{ ok: false, fault: 'store', message: 'the disk is away' },
    });
    expect(await askControlServer(socket, { verb: 'broken' })).toEqual({
      ...{ ok: false, fault: 'failure', message: 'the server failed; its log says why' },
    });
    expect(lines.filter((line) => line.includes('unforeseen'))).toHaveLength(1);
  });

  test.each([
    ['a verb that it does not know', '{"verb":"constructor"}\n', 'without this command'],
    ['what is no JSON', 'hello\n', 'did not understand'],
    ['what has other members', '{"verb":"v","more":1}\n', 'did not understand'],
    ['a line without an end', 'x'.repeat(70_000), ''],
  ])('answers %s, and goes on', async (_, text, message) => {
    await start({ v: async () => 'done' });
    const answer = await send(text);
    if (message === '') expect(answer).toBe('');
    else
      expect(JSON.parse(answer)).toMatchObject({
        ok: false,
        fault: 'failure',
        message: expect.stringContaining(message),
      });
    expect(await askControlServer(socket, { verb: 'v' })).toEqual({ ok: true, value: 'done' });
  });

  test('replaces a socket that nobody listens at any more', async () => {
    // Node removes the socket of a server that closes by its name.
    const killed = createServer();
    await new Promise<void>((resolve) => killed.listen(`${socket}.first`, resolve));
    renameSync(`${socket}.first`, socket);
    await new Promise((resolve) => killed.close(resolve));
    expect(lstatSync(socket).isSocket()).toBe(true);
    expect(await askControlServer(socket, { verb: 'v' })).toBeUndefined();
    await start({ v: async () => 'done' });
    expect(await askControlServer(socket, { verb: 'v' })).toEqual({ ok: true, value: 'done' });
  });

  test('does not replace what is no socket', async () => {
    writeFileSync(socket, 'mine');
    await expect(start()).rejects.toThrow('is in the way');
    expect(await askControlServer(socket, { verb: 'v' })).toBeUndefined();
  });

  test('that a server closes before it answered says so', async () => {
    let server: ControlServer | undefined;
    server = await start({ never: () => new Promise(() => void server?.close()) });
    await expect(askControlServer(socket, { verb: 'never' })).rejects.toThrow(ControlSocketError);
  });

  test('where there is none is no server', async () => {
    expect(await askControlServer(socket, { verb: 'v' })).toBeUndefined();
  });
});

describe('the path of the control socket', () => {
  test('is in the data directory', () => {
    expect(controlSocketPath('/var/lib/proxy-ledger')).toBe('/var/lib/proxy-ledger/proxy-ledger.sock');
  });

  test('is told from the working directory where only that is short enough, else not at all', () => {
    const deep = path.resolve('d'.repeat(80));
    expect(controlSocketPath(deep)).toBe(
      Buffer.byteLength(deep) > 80 ? `${'d'.repeat(80)}/proxy-ledger.sock` : `${deep}/proxy-ledger.sock`,
    );
    expect(controlSocketPath(path.resolve('d'.repeat(100)))).toBeUndefined();
  });
});
