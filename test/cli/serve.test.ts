import { EventEmitter } from 'node:events';
import { EXIT, type ExitCode } from '../../src/cli/exit-codes.ts';
import { type RunningApp, type ServeContext, type StartApp, serve } from '../../src/cli/serve.ts';
import { StoreUnavailableError, StoreUnusableError } from '../../src/event-sourcing/event-store.ts';
import { TlsFilesError } from '../../src/http/tls-files.ts';
import { SecretsKeyError } from '../../src/secrets/key-ring.ts';

const urls = {
  graphql: 'http://127.0.0.1:4000/graphql',
  console: 'http://127.0.0.1:4000/',
  graphiql: 'http://127.0.0.1:4000/graphiql',
};

const app = (close: () => Promise<void> = async () => {}): RunningApp => ({ urls, close });

function begin(overrides: Partial<ServeContext> & { startApp?: StartApp } = {}) {
  const events = new EventEmitter();
  const lines: string[] = [];
  const complaints: string[] = [];
  const exits: ExitCode[] = [];
  const clock = { now: 0 };
  const ended = serve({
    env: { PORT: '0' },
    startApp: async () => app(),
    process: events,
    logs: { write: (line: string) => lines.push(line) },
    complain: (text) => complaints.push(text),
    exit: (code) => exits.push(code),
    now: () => clock.now,
    ...overrides,
  });
  return {
    ended,
    events,
    exits,
    clock,
    complained: () => complaints.join(''),
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('serving', () => {
  test('tells where the API and its pages are, and ends well when told to', async () => {
    const run = begin();
    await turn();
    expect(run.logged()).toEqual([
      expect.objectContaining({
        level: 30,
        ...urls,
        msg: 'GraphQL API at http://127.0.0.1:4000/graphql, GraphiQL at http://127.0.0.1:4000/graphiql, console at http://127.0.0.1:4000/',
      }),
    ]);
    run.events.emit('SIGTERM');
    expect(await run.ended).toBe(EXIT.ok);
    expect(run.complained()).toBe('');
    expect(run.exits).toEqual([]);
  });

  test('tells how browsers come, and of no page that is not served', async () => {
    const places = { graphql: 'http://0.0.0.0:4000/graphql', public: 'https://ledger.example.com/' };
    const run = begin({ startApp: async () => ({ ...app(), urls: places }) });
    await turn();
    expect(run.logged()).toEqual([
      expect.objectContaining({
        ...places,
        msg: 'GraphQL API at http://0.0.0.0:4000/graphql, browsers come by https://ledger.example.com/',
      }),
    ]);
    run.events.emit('SIGTERM');
    await run.ended;
  });

  test('logs at the level asked for', async () => {
    const run = begin({ env: { LOG_LEVEL: 'warn' } });
    await turn();
    run.events.emit('SIGINT');
    await run.ended;
    expect(run.logged()).toEqual([]);
  });

  test('does not begin with a configuration that is not valid: every fault is told', async () => {
    let started = false;
    const run = begin({
      env: { PORT: 'x', SECRETS_KEYS: 'hunter2', LOG_LEVEL: 'loud' },
      startApp: async () => {
        started = true;
        return app();
      },
    });
    expect(await run.ended).toBe(EXIT.usage);
    expect(started).toBe(false);
    for (const name of ['PORT', 'SECRETS_KEYS', 'LOG_LEVEL']) expect(run.complained()).toContain(`\n  ${name} is `);
    expect(run.complained()).not.toContain('hunter2');
  });

  test.each([
    [new StoreUnusableError('data is held by another process'), EXIT.store, 'data is held by another process'],
    [new StoreUnavailableError('no answer'), EXIT.store, 'no answer'],
    [new SecretsKeyError('the key "k1" is missing here'), EXIT.usage, 'the key "k1" is missing here'],
    [new TlsFilesError('TLS_KEY_FILE cannot be read'), EXIT.usage, 'TLS_KEY_FILE cannot be read'],
    [Object.assign(new Error('listen'), { code: 'EADDRINUSE' }), EXIT.failure, '127.0.0.1:4000 is taken by another'],
    [Object.assign(new Error('listen'), { code: 'EADDRNOTAVAIL' }), EXIT.failure, '127.0.0.1 is no address of this'],
  ])('that cannot begin says why in one line, without a stack: %s', async (error, code, message) => {
    const cause = new Error('what the system says');
    const run = begin({ env: {}, startApp: () => Promise.reject(Object.assign(error, { cause })) });
    expect(await run.ended).toBe(code);
    expect(run.complained()).toMatch(/^[^\n]+\n$/);
    expect(run.complained()).toContain(`proxy-ledger: ${message}`);
    expect(run.logged()).toEqual([
      expect.objectContaining({ level: 60, cause: cause.message, msg: expect.stringContaining(message) }),
    ]);
    expect(run.logged()[0]).not.toHaveProperty('err');
    expect(JSON.stringify(run.logged())).not.toContain('serve.test');
  });

  test('that cannot begin for a reason that nobody expected logs it whole', async () => {
    const run = begin({ env: {}, startApp: () => Promise.reject(new Error('something else')) });
    expect(await run.ended).toBe(EXIT.failure);
    expect(run.complained()).toBe('proxy-ledger: the start failed: something else\n');
    expect(run.logged()).toEqual([expect.objectContaining({ level: 60, msg: 'the start failed' })]);
    expect(run.logged()[0]).toHaveProperty('err.stack');
  });

  test('that is told to stop while it starts, starts and stops', async () => {
    let closed = false;
    let started = (_app: RunningApp) => {};
    const run = begin({
      startApp: () =>
        new Promise((resolve) => {
          started = resolve;
        }),
    });
    await turn();
    run.events.emit('SIGTERM');
    await turn();
    started(
      app(async () => {
        closed = true;
      }),
    );
    expect(await run.ended).toBe(EXIT.ok);
    expect(closed).toBe(true);
  });

  test('that cannot stop says so', async () => {
    const run = begin({ startApp: async () => app(() => Promise.reject(new Error('stuck'))) });
    await turn();
    run.events.emit('SIGTERM');
    expect(await run.ended).toBe(EXIT.failure);
    expect(run.logged().at(-1)).toMatchObject({ level: 60, msg: 'the stop failed', err: { message: 'stuck' } });
  });

  test('ends at once by a second signal, but not by the echo of the first', async () => {
    let close = () => {};
    const run = begin({
      startApp: async () =>
        app(
          () =>
            new Promise((resolve) => {
              close = resolve;
            }),
        ),
    });
    await turn();
    run.events.emit('SIGINT');
    run.clock.now = 999;
    run.events.emit('SIGINT');
    expect(run.exits).toEqual([]);
    run.clock.now = 1000;
    run.events.emit('SIGTERM');
    expect(run.exits).toEqual([EXIT.failure]);
    await turn();
    close();
    await run.ended;
  });

  test.each(['uncaughtException', 'unhandledRejection'])('logs an %s whole and ends', async (event) => {
    const run = begin();
    await turn();
    run.events.emit(event, new Error('unforeseen', { cause: new Error('deeper') }));
    expect(run.exits).toEqual([EXIT.failure]);
    const line = run.logged().at(-1);
    expect(line).toMatchObject({ level: 60, msg: event });
    expect(JSON.stringify(line)).toContain('deeper');
    run.events.emit('SIGTERM');
    await run.ended;
  });
});
