// Makes the pictures of docs/console.md and of README.md: plays the example against a server of its own, fills it with what
// `seed-example` has besides, opens each page in a Chromium, and writes what is seen to docs/pictures. Needs a Chromium.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { graphqlClient } from './example/api.mjs';
import { startServer } from './example/server.mjs';
import { cleanUp, settingsFor, startStandIns } from './example/stand-ins.mjs';
import { playStory } from './example/story.mjs';
import { startGuardedServer } from './pictures/guarded-server.mjs';
import { PICTURES } from './pictures/pages.mjs';

const TARGET = path.resolve(import.meta.dirname, '../docs/pictures');
const SEED = path.resolve(import.meta.dirname, 'seed-example.mjs');
const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** CSS pixels; a picture has twice as many. */
const SIZE = { width: 1280, height: 860 };
const LIMIT_MS = 300_000;

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'])
  process.once(name, () => interrupted.abort(new Error(`told to stop by ${name}`)));
const late = setTimeout(() => interrupted.abort(new Error(`not done after ${LIMIT_MS / 1000} s`)), LIMIT_MS);

const cleanUps = [];
const errors = [];
try {
  await makePictures(process.argv.slice(2), interrupted.signal);
} catch (error) {
  errors.push(error);
}
errors.push(...(await cleanUp(cleanUps)));
clearTimeout(late);
for (const error of errors) process.stderr.write(`${error?.stack ?? error}\n`);
process.exitCode = errors.length === 0 ? 0 : 1;

/** @param names of the pictures to make; none: all */
async function makePictures(names, signal) {
  const scratch = await mkdtemp(path.join(tmpdir(), 'proxy-ledger-pictures-'));
  cleanUps.push(() => rm(scratch, { recursive: true, force: true }));
  const credentials = { user: 'svc-flowx', password: randomBytes(12).toString('base64url') };
  const { ca, crm, proxy } = await startStandIns({ credentials, proxyPort: 0 }, cleanUps);
  const caFile = path.join(scratch, 'ca.pem');
  await writeFile(caFile, ca);
  const server = await startServer({ DATA_DIR: path.join(scratch, 'data'), ...settingsFor(caFile) }, signal);
  cleanUps.push(server.stop);
  const graphql = graphqlClient(server.url, { actor: 'ada', signal });
  await playStory({ graphql, say: () => {}, proxy, crm, credentials });
  await promisify(execFile)(process.execPath, [SEED, server.url], { signal });

  const guarded = await startGuardedServer(scratch, signal);
  cleanUps.push(guarded.stop);

  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: ['--no-sandbox', '--no-proxy-server'] });
  cleanUps.push(() => browser.close());
  await mkdir(TARGET, { recursive: true });
  const open = { origin: new URL(server.url).origin, graphql, credentials };
  const behindSignIn = { origin: new URL(guarded.url).origin, token: guarded.token };
  for (const { name, show, isGuarded } of PICTURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
    signal.throwIfAborted();
    const context = await browser.newContext({
      viewport: SIZE,
      deviceScaleFactor: 2,
      locale: 'en-GB',
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    await context.addInitScript(() => localStorage.setItem('proxy-ledger.your-name', 'ada'));
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await show({ page, ...(isGuarded ? behindSignIn : open) });
    await writeFile(path.join(TARGET, `${name}.webp`), await pictureOf(page));
    process.stdout.write(`${name}\n`);
    await context.close();
  }
}

/** As far down as there is something. WebP, which playwright itself does not make: a third of what it is as PNG. */
async function pictureOf(page) {
  await page.mouse.move(0, 0);
  const bottom = await page.evaluate(() =>
    Math.max(...[...document.querySelectorAll('main *')].map((element) => element.getBoundingClientRect().bottom)),
  );
  const session = await page.context().newCDPSession(page);
  const clip = { x: 0, y: 0, width: SIZE.width, height: Math.min(SIZE.height, Math.ceil(bottom) + 24), scale: 1 };
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 75, clip });
  return Buffer.from(data, 'base64');
}
