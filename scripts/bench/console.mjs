// The console in Chromium: pages of a large project against those of a small one, what a first page takes over the wire,
// and the time slider under a hand that does not wait.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { median, milliseconds } from './measure.mjs';
import { spreadOf } from './rates.mjs';
import { seed } from './server.mjs';
import { Stage } from './stage.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-proxy-server', '--disable-sync'];

const PAGES = [
  ['proxy-connections', 'table tbody tr'],
  ['history', 'main time'],
  ['parameters', 'main h1'],
];
const ROUNDS = 9;
/** Positions that the slider passes, one key after the other. */
const POSITIONS = 100;

export async function measure({ quick, row }) {
  if (!existsSync(CHROMIUM)) {
    row('console', `skipped: there is no ${CHROMIUM}`);
    return;
  }
  const [proxies, commits] = quick ? [100, 500] : [5_000, 100_000];
  await Stage.run(async (stage) => {
    const servers = {};
    for (const [name, length, distinct] of [
      ['small', 11, 10],
      ['large', commits, proxies],
    ]) {
      await mkdir(path.join(stage.directory, name));
      await seed(path.join(stage.directory, name), 'bench', length, distinct);
      servers[name] = await stage.serve({}, name);
    }
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    stage.closes(() => browser.close());
    const home = (name) => `${new URL(servers[name].url).origin}/projects/bench`;

    for (const [page, shown] of PAGES) {
      const times = { small: [], large: [] };
      for (let round = 0; round <= (quick ? 1 : ROUNDS); round += 1) {
        for (const name of ['small', 'large']) {
          const took = await openTime(browser, `${home(name)}/${page}`, shown);
          if (round > 0) times[name].push(took);
        }
      }
      const [small, large] = [median(times.small), median(times.large)];
      row(
        `console: ${page}, ${proxies} proxies, ${commits} commits`,
        milliseconds(large),
        `${milliseconds(small)} 10 proxies`,
        (large / small).toFixed(2),
        '< 1.3',
        spreadOf(times.large.map((each, index) => each / times.small[index])),
      );
    }

    const { bytes, questions } = await firstPage(browser, `${new URL(servers.small.url).origin}/`);
    row('console: scripts and styles of the first page', `${bytes} bytes`, '200000 bytes', '', '<= 200000');
    row('console: questions of the first page', questions, '1', '', '<= 1');

    const { one, many, most } = await slide(browser, `${home('large')}/proxy-connections`, quick ? 20 : POSITIONS);
    row(
      `console: from the last of ${quick ? 20 : POSITIONS} positions to what it shows`,
      milliseconds(many),
      `${milliseconds(one)} after one position`,
      (many / one).toFixed(2),
    );
    row('console: questions under way at once meanwhile', most, '', '', '');
  });
}

/** Seconds until a page that nothing is known of shows what it is for. */
async function openTime(browser, url, shown) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    const begun = performance.now();
    await page.goto(url, { waitUntil: 'commit' });
    await page.locator(shown).first().waitFor();
    return (performance.now() - begun) / 1000;
  } finally {
    await context.close();
  }
}

/** Bytes over the wire, compressed as they come, and requests to the API. */
async function firstPage(browser, url) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const sizes = [];
    let questions = 0;
    page.on('requestfinished', (request) => {
      if (['script', 'stylesheet'].includes(request.resourceType())) sizes.push(request.sizes());
      if (new URL(request.url()).pathname === '/graphql') questions += 1;
    });
    await page.goto(url);
    await page.getByRole('row').nth(1).waitFor();
    const all = await Promise.all(sizes);
    return { bytes: all.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0), questions };
  } finally {
    await context.close();
  }
}

/** Seconds from a step of the slider, alone and as the last of many, until the page shows that moment. */
async function slide(browser, url, positions) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('table tbody tr').first().waitFor();
    const slider = page.getByRole('slider');
    await slider.focus();
    const underWay = new Set();
    let most = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST') underWay.add(request);
      most = Math.max(most, underWay.size);
    });
    for (const event of ['requestfinished', 'requestfailed']) page.on(event, (request) => underWay.delete(request));
    let position = Number(await slider.inputValue());
    const step = async (count) => {
      for (let pressed = 0; pressed < count; pressed += 1) await page.keyboard.press('ArrowLeft');
      const begun = performance.now();
      position -= count;
      await page.getByText(`As of commit ${position}`, { exact: true }).waitFor();
      while (underWay.size > 0) await page.waitForTimeout(5);
      return (performance.now() - begun) / 1000;
    };
    const one = await step(1);
    most = 0;
    return { one, many: await step(positions), most };
  } finally {
    await context.close();
  }
}
