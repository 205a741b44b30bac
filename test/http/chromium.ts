import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Undefined where none is installed. */
export const CHROMIUM = (process.env.PATH ?? '')
  .split(path.delimiter)
  .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => path.join(folder, name)))
  .find((file) => existsSync(file));

export interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export interface Page {
  /** Every event of the page so far. */
  readonly events: readonly Message[];
  command(method: string, params?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** The value of a JavaScript expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens a page in a headless Chromium of its own, with a scratch profile, that resolves no name. */
export async function openPage(file: string): Promise<Page> {
  const profile = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  const browser = spawn(
    file,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--no-proxy-server',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--window-size=1400,900',
      `--user-data-dir=${profile}`,
      '--remote-debugging-pipe',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const gone = new Promise<void>((resolve) => browser.once('close', () => resolve()).once('error', () => resolve()));
  const close = async () => {
    browser.kill();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const [, , , input, output] = browser.stdio as unknown as [null, null, null, Writable, Readable];
  const connection = speak(input, output);
  const unusable = gone.then(() => Promise.reject(new Error('Chromium ended')));
  const slow = setTimeout(() => browser.kill(), START_LIMIT);
  try {
    const page = await Promise.race([attach(connection), unusable]);
    return { ...page, close };
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(slow);
  }
}

/** Milliseconds. */
const START_LIMIT = 30_000;

async function attach(connection: ReturnType<typeof speak>): Promise<Omit<Page, 'close'>> {
  const { targetId } = await connection.send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await connection.send('Target.attachToTarget', { targetId, flatten: true });
  const command = (method: string, params = {}) => connection.send(method, params, String(sessionId));
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await command(`${domain}.enable`);
  return {
    events: connection.events,
    command,
    async evaluate(expression) {
      const { result } = await command('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      return (result as { value?: unknown }).value;
    },
  };
}

/** The DevTools protocol over pipes: JSON messages, each ended by a zero byte. */
function speak(input: Writable, output: Readable) {
  const events: Message[] = [];
  const waiting = new Map<number, (message: Message) => void>();
  let buffered = '';
  // Broken when Chromium ends early, which whoever waits is told by its end.
  input.on('error', () => {});
  output.on('error', () => {});
  output.setEncoding('utf8').on('data', (chunk: string) => {
    const texts = (buffered + chunk).split('\0');
    buffered = texts.pop() ?? '';
    for (const text of texts) {
      const message = JSON.parse(text) as Message;
      if (message.id === undefined) events.push(message);
      else waiting.get(message.id)?.(message);
    }
  });
  let last = 0;
  const send = (method: string, params: object, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ result, error }) =>
        result === undefined ? reject(new Error(`${method}: ${error?.message}`)) : resolve(result),
      );
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  return { events, send };
}
