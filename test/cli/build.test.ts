import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ended, REPOSITORY, runNode } from './child.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(path.join(tmpdir(), 'build-'));
  for (const file of [
    'scripts/build.mjs',
    'tsconfig.json',
    'tsconfig.build.json',
    'package.json',
    'package-lock.json',
  ]) {
    await cp(path.join(REPOSITORY, file), path.join(project, file));
  }
  await symlink(path.join(REPOSITORY, 'node_modules'), path.join(project, 'node_modules'));
  await mkdir(path.join(project, 'src/deep'), { recursive: true });
  await write('src/deep/answer.ts', 'export const answer: number = 1;');
  await write('src/main.ts', "import { answer } from './deep/answer.ts';\nconsole.log(answer);");
});

afterEach(async () => {
  await rm(project, { recursive: true, force: true });
});

const write = (file: string, text: string) => writeFile(path.join(project, file), text);
const build = (): Promise<Ended> => runNode(['scripts/build.mjs'], {}, project).ended;
const run = (): Promise<Ended> => runNode(['dist/main.js'], {}, project).ended;
const folders = async () => (await readdir(project)).filter((name) => name.startsWith('dist')).sort();
const identity = async (file = 'dist') => (await stat(path.join(project, file))).ino;
/** A page with a script, built as the console is. */
async function addConsole(): Promise<void> {
  await mkdir(path.join(project, 'src/console'));
  await cp(path.join(REPOSITORY, 'src/console/vite.config.mjs'), path.join(project, 'src/console/vite.config.mjs'));
  await write('src/console/index.html', '<!doctype html><script type="module" src="./main.tsx"></script>');
  await write('src/console/main.tsx', "document.title = 'one';");
}

const silent = { code: 0, out: '', err: '' };

describe('a build', () => {
  test('makes dist, says nothing, and leaves nothing beside it', async () => {
    expect(await build()).toEqual(silent);
    expect(await run()).toEqual({ code: 0, out: '1\n', err: '' });
    expect(await folders()).toEqual(['dist']);
  }, 60_000);

  test('does nothing when dist is up to date, also when files were touched', async () => {
    await build();
    const before = await identity();
    await write('src/main.ts', await readFile(path.join(project, 'src/main.ts'), 'utf8'));
    expect(await build()).toEqual(silent);
    expect(await identity()).toBe(before);
  }, 60_000);

  test('follows every change: of a file, of its removal, of the settings', async () => {
    await build();
    await write('src/main.ts', 'console.log(2);');
    await rm(path.join(project, 'src/deep'), { recursive: true });
    expect(await build()).toEqual(silent);
    expect(await run()).toMatchObject({ out: '2\n' });
    expect(await readdir(path.join(project, 'dist'))).not.toContain('deep');
    const before = await identity();
    const settings = await readFile(path.join(project, 'tsconfig.json'), 'utf8');
    await write('tsconfig.json', `${settings}\n`);
    await build();
    expect(await identity()).not.toBe(before);
  }, 60_000);

  test('is made again when dist was removed', async () => {
    await build();
    await rm(path.join(project, 'dist'), { recursive: true });
    expect(await build()).toEqual(silent);
    expect(await run()).toMatchObject({ out: '1\n' });
  }, 60_000);

  test('that fails prints the errors, not to stdout, and leaves dist as it was', async () => {
    await build();
    await write('src/deep/answer.ts', "export const answer: number = 'one';");
    const { code, out, err } = await build();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/src\/deep\/answer\.ts\(1,14\): error TS2322: /);
    expect(await folders()).toEqual(['dist']);
    expect(await run()).toMatchObject({ code: 0, out: '1\n' });
  }, 60_000);

  test.each(['the first one', 'one of changed sources', 'one over a dist without a stamp'])(
    'several times at once works each time: %s',
    async (which) => {
      if (which !== 'the first one') await build();
      if (which === 'one of changed sources') await write('src/deep/answer.ts', 'export const answer = 3;');
      if (which === 'one over a dist without a stamp') await rm(path.join(project, 'dist/.stamp'));
      const starts = Array.from({ length: 4 }, async () => [await build(), await run()]);
      const out = which === 'one of changed sources' ? '3\n' : '1\n';
      for (const start of await Promise.all(starts)) expect(start).toEqual([silent, { code: 0, out, err: '' }]);
    },
    60_000,
  );

  test.each([
    ['the console', 'src/console/main.tsx', "document.title = 'two';", 'dist/main.js', 'console/index.html'],
    ['the server', 'src/main.ts', 'console.log(2);', 'dist/console/index.html', 'main.js'],
  ])(
    'makes %s alone when that alone has changed',
    async (_, source, text, untouched, made) => {
      await addConsole();
      expect(await build()).toEqual(silent);
      const [before, was] = [await identity(untouched), await identity(`dist/${made}`)];
      await write(source, text);
      expect(await build()).toEqual(silent);
      expect(await identity(untouched)).toBe(before);
      expect(await identity(`dist/${made}`)).not.toBe(was);
      expect(await run()).toMatchObject({ code: 0 });
      expect(await build()).toEqual(silent);
    },
    60_000,
  );

  test('gives the console names by content, each with what it is compressed', async () => {
    await addConsole();
    await build();
    const assets = await readdir(path.join(project, 'dist/console/assets'));
    const [name = ''] = assets.filter((file) => file.endsWith('.js'));
    expect(name).toMatch(/^index-[\w-]{8}\.js$/);
    expect(assets).toEqual(expect.arrayContaining([name, `${name}.br`, `${name}.gz`]));
    expect(await readFile(path.join(project, 'dist/console/index.html'), 'utf8')).toContain(`"./assets/${name}"`);
  }, 60_000);

  test('of a console that is broken says where, and leaves dist as it was', async () => {
    await build();
    await addConsole();
    await write('src/console/main.tsx', 'const = 1;');
    const { code, out, err } = await build();
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('main.tsx');
    expect(await folders()).toEqual(['dist']);
    expect(await run()).toMatchObject({ code: 0, out: '1\n' });
  }, 60_000);

  test('without a compiler says what to do', async () => {
    await rm(path.join(project, 'node_modules'));
    expect(await build()).toMatchObject({ code: 1, err: expect.stringContaining('npm ci') });
  }, 60_000);
});
