import { execFile, spawnSync } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CONFIG_VARIABLES } from '../../src/config/variables.ts';
import { type Child, REPOSITORY, runNode } from '../cli/child.ts';

/** The pages' commands are run as they stand, in one shell a page, against ports that are free here. */
const [describeShell, name] = ['bash', 'curl'].every(isInstalled)
  ? [describe, 'what the documents show']
  : [describe.skip, 'what the documents show (skipped: bash or curl is not installed)'];

let scratch: string;
let children: Child[] = [];

beforeEach(async () => {
  const built = await runNode(['scripts/build.mjs']).ended;
  if (built.code !== 0) throw new Error(built.err);
  scratch = await mkdtemp(path.join(tmpdir(), 'docs-'));
}, 60_000);

afterEach(async () => {
  for (const child of children) child.signal('SIGTERM');
  await Promise.all(children.map(({ ended }) => ended));
  children = [];
  await rm(scratch, { recursive: true, force: true });
}, 30_000);

function start(script: string, args: readonly string[], env: Record<string, string> = {}): Child {
  const child = runNode([path.join(REPOSITORY, script), ...args], env, scratch);
  children.push(child);
  return child;
}

async function startServer(settings: Record<string, string> = {}): Promise<string> {
  const server = start('dist/main.js', ['serve'], { PORT: '0', ...settings });
  const [, origin = ''] = await server.says(/GraphQL API at (http:\/\/[^/]+)\/graphql/);
  return origin;
}

describeShell(name, () => {
  test('in the README’s first session is what happens', async () => {
    const origin = await startServer();
    await expectAsShown('README.md', [['http://127.0.0.1:4000', origin]]);
  }, 60_000);

  test('in docs/access.md is what happens, from the first token to the first pipeline', async () => {
    const origin = await startServer({ AUTH: 'required' });
    await expectAsShown('docs/access.md', [
      ['http://127.0.0.1:4000', origin],
      ['npm run -s cli --', `${process.execPath} ${path.join(REPOSITORY, 'dist/main.js')}`],
    ]);
  }, 60_000);

  test('in the guide is what happens, from the first proxy to the first call', async () => {
    const standIns = start('scripts/example/serve-stand-ins.mjs', ['0']);
    const [said, port = ''] = await standIns.says(/https:\/\/localhost:(\d+).*npm start/s);
    const settings = [...said.matchAll(/^ {2}([A-Z_]+)=(\S+) \\$/gm)];
    expect(settings).toHaveLength(3);
    const origin = await startServer(Object.fromEntries(settings.map(([, key, value]) => [key, value])));
    await expectAsShown('docs/guide.md', [
      ['http://127.0.0.1:4000', origin],
      ['18443', port],
    ]);
  }, 60_000);
});

describe('the documents', () => {
  let pages: [page: string, text: string][] = [];

  beforeAll(async () => {
    const files = (await readdir(path.join(REPOSITORY, 'docs')))
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`);
    pages = await Promise.all(
      ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...files].map(async (page) => [page, await textOf(page)]),
    );
  });

  test('link to files that are there', async () => {
    for (const [page, text] of pages) {
      for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
        await access(path.join(REPOSITORY, path.dirname(page), link));
      }
    }
  });

  test('show pictures that weigh little', async () => {
    const folder = path.join(REPOSITORY, 'docs/pictures');
    const sizes = await Promise.all(
      (await readdir(folder)).map(async (file) => (await stat(path.join(folder, file))).size),
    );
    expect(Math.max(...sizes)).toBeLessThan(200_000);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_000_000);
  });

  test('name npm scripts that there are', async () => {
    const { scripts } = JSON.parse(await textOf('package.json')) as { scripts: Record<string, string> };
    for (const [, text] of pages) {
      for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([a-z:-]+)/g))
        expect(scripts).toHaveProperty([script]);
    }
  });
});

describe('the README', () => {
  test('lists every variable of the configuration, with its default and meaning', async () => {
    const rows = (await textOf('README.md')).split('\n');
    for (const { name, defaultsTo, meaning } of CONFIG_VARIABLES) {
      expect(rows).toContain(`| \`${name}\` | ${defaultsTo} | ${meaning} |`);
    }
  });
});

describe('docs/dependencies.md', () => {
  test('has a line for each dependency, and for nothing else', async () => {
    const manifest = JSON.parse(await textOf('package.json')) as Record<string, Record<string, string>>;
    const { dependencies, devDependencies } = manifest;
    const named = [...(await textOf('docs/dependencies.md')).matchAll(/^\| `([^`]+)` \|/gm)].map(
      ([, dependency]) => dependency,
    );
    expect(named.toSorted()).toEqual(Object.keys({ ...dependencies, ...devDependencies }).toSorted());
  });
});

/** Runs the `sh` blocks of a page, and compares what each prints with the `text` block right behind it, if there is one. */
async function expectAsShown(file: string, replacements: readonly (readonly [shown: string, here: string])[]) {
  let page = await textOf(file);
  for (const [shown, here] of replacements) page = page.replaceAll(shown, here);
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms)];
  expect(blocks.length).toBeGreaterThan(0);
  const script = blocks.map(([, commands]) => `${commands}\nprintf '\\036'\n`).join('');
  // Its stderr has curl's progress bar, where that is not silent. A command that fails ends it all.
  const args = ['-euo', 'pipefail', '-c', script];
  const { stdout } = await promisify(execFile)('bash', args, { cwd: scratch, timeout: 50_000 });
  const outputs = stdout.split('\u001e');
  blocks.forEach(([, , shown = ''], index) => {
    expect(steady(outputs[index] ?? '')).toBe(steady(shown));
  });
}

/** What differs from one run to the next, made the same: ids and times. */
function steady(text: string): string {
  return text
    .trim()
    .replace(/'[A-Za-z0-9_-]{50,}'/g, "'(id)'")
    .replace(/'\d{4}-\d\d-\d\dT[\d:.]+Z'/g, "'(time)'");
}

function textOf(file: string): Promise<string> {
  return readFile(path.join(REPOSITORY, file), 'utf8');
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
