import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { chainHash, GENESIS_HASH, type SealedCommit } from '../../src/event-sourcing/event.ts';
import { StoreUnusableError } from '../../src/event-sourcing/event-store.ts';
import { openSqlite } from '../../src/stores/sqlite/open-sqlite.ts';
import { logOf, readAll } from '../contracts/commits.ts';
import { type Child, startChild } from './child.ts';
import { emitStores } from './emitted.ts';

jest.setTimeout(60_000);

let emitted: Awaited<ReturnType<typeof emitStores>>;
beforeAll(async () => {
  emitted = await emitStores();
});
afterAll(() => emitted.remove());

let file: string;
let children: Child[];
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'sqlite-processes-')), 'ledger.db');
  children = [];
});
afterEach(async () => {
  for (const child of children) await child.kill();
  await rm(join(file, '..'), { recursive: true });
});

function start(script: string, limits?: { fileBlocks: number }): Child {
  const child = startChild(
    `import { openSqlite } from '${emitted.module('src/stores/sqlite/open-sqlite.ts')}';
     import { sealCommit, GENESIS_HASH } from '${emitted.module('src/event-sourcing/event.ts')}';
     const file = ${JSON.stringify(file)};
     ${script}`,
    limits,
  );
  children.push(child);
  return child;
}

/** Opens, tells how that went, and holds the file until it is killed. */
const HOLD = `
  let held;
  try {
    held = openSqlite(file);
    console.log('open');
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
  setInterval(() => held, 1_000);
`;

/** Appends until it is killed or fails, and prints each position once it is acknowledged. */
const APPEND = `
  const { events } = openSqlite(file);
  const head = await events.head('p');
  let position = head?.position ?? 0;
  let previousHash = head?.hash ?? GENESIS_HASH;
  for (;;) {
    const commits = [];
    for (let n = 0; n < 3; n += 1) {
      position += 1;
      const sealed = sealCommit({
        project: 'p', position, commitId: 'c' + position, at: '2026-01-01T00:00:00.000Z',
        actor: { kind: 'USER', id: 'x-actor:ada', name: 'ada', auth: 'header' },
        events: [{ type: 'ThingChanged', v: 1, subject: { id: 'thing', name: 'a thing', version: position }, data: { text: 'x'.repeat(2_000) } }],
        previousHash, format: 1,
      });
      previousHash = sealed.hash;
      commits.push(sealed);
    }
    try {
      const { outcome } = await events.append(commits);
      console.log(outcome === 'all' ? position : outcome);
      if (outcome !== 'all') break;
    } catch (error) {
      console.log(error.name);
      break;
    }
  }
  process.exit(0);
`;

test('a file that another process holds is refused, and free again when that process was killed', async () => {
  const holder = start(HOLD);
  expect(await holder.line()).toBe('open');
  expect(() => openSqlite(file)).toThrow(StoreUnusableError);
  expect(() => openSqlite(file)).toThrow('is held by another process');
  await holder.kill();
  const { events } = openSqlite(file);
  await events.ping();
  await events.close();
});

test('a file that this process holds is refused to another one, also after opening it twice was refused here', async () => {
  const { events } = openSqlite(file);
  expect(() => openSqlite(file)).toThrow('is held by another process');
  expect(await start(HOLD).line()).toBe(
    `StoreUnusableError: the database file ${file} is held by another process; stop that one, or set DATA_DIR to another directory`,
  );
  await events.append(logOf('p', 1));
  await events.close();
  expect(await start(HOLD).line()).toBe('open');
});

test('what was acknowledged survives kill -9 in the middle of appends, again and again', async () => {
  let acknowledged = 0;
  for (let round = 1; round <= 5; round += 1) {
    const writer = start(APPEND);
    for (let line = 0; line < round * 12; line += 1) acknowledged = Number(await writer.line());
    await writer.kill();
    for (let line = await writer.line(); line !== undefined; line = await writer.line()) acknowledged = Number(line);

    const { events } = openSqlite(file);
    const log = await readAll(events, 'p');
    expect(log.length).toBeGreaterThanOrEqual(acknowledged);
    // Each append was of three: all of them or none.
    expect(log.length % 3).toBe(0);
    expectSound(log);
    await events.close();
  }
});

test('a full disk is told, and costs nothing that was acknowledged', async () => {
  const writer = start(APPEND, { fileBlocks: 4_000 });
  let acknowledged = 0;
  let end: string | undefined;
  for (let line = await writer.line(); line !== undefined; line = await writer.line()) {
    if (/^\d+$/.test(line)) acknowledged = Number(line);
    else end = line;
  }
  expect(['unknown', 'StoreUnavailableError']).toContain(end);
  expect(acknowledged).toBeGreaterThan(0);
  expect(await writer.ended()).toBe(0);

  const { events } = openSqlite(file);
  const log = await readAll(events, 'p');
  expect(log.length).toBeGreaterThanOrEqual(acknowledged);
  expectSound(log);
  await events.close();
});

function expectSound(log: readonly SealedCommit[]): void {
  let previousHash = GENESIS_HASH;
  log.forEach(({ commit, body, hash }, index) => {
    expect(commit.position).toBe(index + 1);
    expect(commit.previousHash).toBe(previousHash);
    expect(hash).toBe(chainHash(previousHash, body));
    previousHash = hash;
  });
}
