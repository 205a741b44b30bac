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

const all: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .map((file) => {
    const text = readFileSync(path.join('src', file), 'utf8');
    const named = [...text.matchAll(/(?:from|import\(|^import)\s*'([^']+)'/gm)].map(([, name = '']) => name);
    const own = named.filter((name) => name.startsWith('.'));
    return {
      file,
      text,
      imports: own.map((name) => path.join(path.dirname(file), name)),
      packages: named.filter((name) => !name.startsWith('.') && !name.startsWith('node:')),
    };
  });

/** The console is a program of its own, and a client like any other. */
const isOfConsole = (file: string) => file.startsWith('console/');
const sources = all.filter(({ file }) => !isOfConsole(file));
const ofConsole = all.filter(({ file }) => isOfConsole(file));

/** The first part of a path: a folder of `src`, or a file that stands there by itself. */
const roomOf = (file: string) => file.split('/')[0] ?? '';

/** From the roof down. Rooms of one floor do not know each other. */
const FLOORS = [
  ['main.ts'],
  ['cli'],
  ['app'],
  ['config', 'http', 'api', 'control'],
  ['live', 'stores', 'identity'],
  ['history'],
  ['project'],
  ['access', 'projects', 'parameters', 'proxies', 'data-sources'],
  ['secrets', 'traffic'],
  ['event-sourcing'],
  ['words'],
];

/** The same within a large room; what is not named in it (its own files) is the floor that its name in `/` stands for. */
const INNER_FLOORS = [
  [
    'event-sourcing/ledger',
    'event-sourcing/snapshots',
    'event-sourcing/images',
    'event-sourcing/tables',
    'event-sourcing/',
  ],
  ['traffic/probe', 'traffic/curl', 'traffic/call', 'traffic/proxy', 'traffic/network', 'traffic/http', 'traffic/'],
];

const floorOf = (file: string) => FLOORS.findIndex((rooms) => rooms.includes(roomOf(file)));

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
  test('every file is in a room that stands on a floor', () => {
    expect(sources.map(({ file }) => file).filter((file) => floorOf(file) < 0)).toEqual([]);
  });

  test('a room imports only from the floors below it', () => {
    const isUpwards = (name: string, { file }: Source) =>
      roomOf(name) !== roomOf(file) && floorOf(name) <= floorOf(file);
    expect(offenders(() => true, isUpwards)).toEqual([]);
  });

  test.each(INNER_FLOORS)('the same holds from %s down', (...floors) => {
    const inner = (file: string) => floors.findIndex((floor) => file.startsWith(floor));
    const isUpwards = (name: string, { file }: Source) => inner(name) >= 0 && inner(name) < inner(file);
    expect(offenders(({ file }) => inner(file) >= 0, isUpwards)).toEqual([]);
  });

  test('the toolkit of GraphQL knows nothing of the API that it is used for', () => {
    const isToolkit = (file: string) => file.startsWith('api/toolkit/');
    expect(
      offenders(
        ({ file }) => isToolkit(file),
        (name) => roomOf(name) === 'api' && !isToolkit(name),
      ),
    ).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    // Takes away what imports nothing that is left, until only circles (and what leads to them) are left.
    const left = new Map(sources.map(({ file, imports }) => [file, imports.filter((name) => name !== file)]));
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const [file, imports] of left) if (!imports.some((name) => left.has(name))) left.delete(file);
    }
    expect([...left.keys()]).toEqual([]);
  });

  test('only api/ knows GraphQL', () => {
    const knowing = importers('graphql', 'type-graphql', '@apollo/server', 'graphql-ws').map(({ file }) => file);
    expect(knowing.filter((file) => roomOf(file) !== 'api')).toEqual([]);
  });

  test('only stores/ knows a driver, and only the composition root knows stores/', () => {
    expect(importers('libsql', 'mongodb').filter(({ file }) => roomOf(file) !== 'stores')).toEqual([]);
    const outside = ({ file }: Source) => roomOf(file) !== 'stores' && roomOf(file) !== 'app';
    expect(offenders(outside, (name) => roomOf(name) === 'stores')).toEqual([]);
  });
});

describe('the code', () => {
  test.each([
    ['no default exports and no barrels', /^export (default|\* from)/m],
    ['no any, and no compiler error ignored', /\bas any\b|: any\b|<any>|@ts-(ignore|nocheck|expect-error)/],
    ['nothing unfinished', /\b(TODO|FIXME|XXX)\b/],
  ])('has %s', (_, pattern) => {
    expect(all.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test('imports each of its dependencies', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    // Served as files, or asked for by a package's peer dependency.
    const served = ['graphiql', 'react18', 'react-dom18'];
    const unused = Object.keys(dependencies).filter(
      (name) =>
        !served.includes(name) &&
        importers(name).length === 0 &&
        !sources.some(({ text }) => text.includes(`'${name}'`)),
    );
    expect(unused).toEqual([]);
  });
});

describe('the console', () => {
  test('knows nothing of the server, and the server nothing of it', () => {
    const outside = ofConsole.flatMap(({ file, imports }) =>
      imports.filter((name) => !isOfConsole(name)).map(() => file),
    );
    expect(outside).toEqual([]);
    expect(offenders(({ file }) => !isOfConsole(file), isOfConsole)).toEqual([]);
  });

  test('makes no markup, style or script of what it is told', () => {
    const pattern = /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/;
    expect(ofConsole.filter(({ text }) => pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  test('has no large file', () => {
    expect(ofConsole.filter(({ text }) => text.split('\n').length > 260).map(({ file }) => file)).toEqual([]);
  });
});
