import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Source {
  /** From `src`, such as `proxies/proxies.ts`. */
  readonly file: string;
  readonly text: string;
  /** Of ours, from `src`. */
  readonly imports: readonly string[];
  readonly packages: readonly string[];
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(path.join('src', file), 'utf8');
    const named = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) => name);
    const own = named.filter((name) => name.startsWith('.'));
    return {
      file,
      text,
      imports: own.map((name) => path.join(path.dirname(file), name)),
      packages: named.filter((name) => !name.startsWith('.') && !name.startsWith('node:')),
    };
  });

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const FEATURES = ['projects', 'parameters', 'proxies', 'data-sources'];
const isFace = (file: string) => folderOf(file) === 'api';

/** The files that import what they must not, as `file: import`. */
function offenders(
  concerns: (source: Source) => boolean,
  isOffence: (imported: string, source: Source) => boolean,
): string[] {
  return sources
    .filter(concerns)
    .flatMap((source) =>
      source.imports.filter((name) => isOffence(name, source)).map((name) => `${source.file}: ${name}`),
    );
}

const importers = (...names: string[]) =>
  sources.filter(({ packages }) =>
    packages.some((name) => names.some((each) => name === each || name.startsWith(`${each}/`))),
  );

describe('the arrows', () => {
  test('the spine imports nothing of ours', () => {
    expect(
      offenders(
        ({ file }) => folderOf(file) === 'event-sourcing',
        (name) => folderOf(name) !== 'event-sourcing',
      ),
    ).toEqual([]);
  });

  test('traffic imports no feature, and of the rest only the rules of texts', () => {
    const allowed = (name: string) => folderOf(name) === 'traffic' || folderOf(name) === 'words';
    expect(
      offenders(
        ({ file }) => folderOf(file) === 'traffic',
        (name) => !allowed(name),
      ),
    ).toEqual([]);
  });

  test("a feature's rules import of another feature only its events", () => {
    const rules = ({ file }: Source) => FEATURES.some((feature) => file === `${feature}/${feature}.ts`);
    const foreign = (name: string, { file }: Source) =>
      FEATURES.includes(folderOf(name)) && folderOf(name) !== folderOf(file) && !name.endsWith('-events.ts');
    expect(offenders(rules, foreign)).toEqual([]);
  });

  test('what a project folds to is pure: no driver, no HTTP, no GraphQL behind it', () => {
    const pure = ({ file }: Source) =>
      /-(events|view)\.ts$/.test(file) || FEATURES.some((each) => file === `${each}/${each}.ts`);
    const impure = (name: string) => isFace(name) || ['stores', 'http', 'cli', 'history'].includes(folderOf(name));
    expect(offenders(pure, impure)).toEqual([]);
  });

  test('only api/ knows GraphQL', () => {
    const knowing = importers('graphql', 'type-graphql', '@apollo/server', 'graphql-ws').map(({ file }) => file);
    expect(knowing.filter((file) => !isFace(file))).toEqual([]);
  });

  test('only stores/ knows a driver, and only the composition root knows stores/', () => {
    expect(importers('libsql', 'mongodb').filter(({ file }) => folderOf(file) !== 'stores')).toEqual([]);
    const outside = ({ file }: Source) => folderOf(file) !== 'stores' && file !== 'app.ts';
    expect(offenders(outside, (name) => folderOf(name) === 'stores')).toEqual([]);
  });
});

describe('the code', () => {
  test.each([
    ['no default exports and no barrels', /^export (default|\* from)/m],
    ['no any, and no compiler error ignored', /\bas any\b|: any\b|<any>|@ts-(ignore|nocheck|expect-error)/],
    ['nothing unfinished', /\b(TODO|FIXME|XXX)\b/],
  ])('has %s', (_, pattern) => {
    expect(sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test('imports each of its dependencies', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    // Served as files, or asked for by a package's peer dependency.
    const served = ['graphiql', 'react', 'react-dom'];
    const unused = Object.keys(dependencies).filter(
      (name) =>
        !served.includes(name) &&
        importers(name).length === 0 &&
        !sources.some(({ text }) => text.includes(`'${name}'`)),
    );
    expect(unused).toEqual([]);
  });
});
