import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The console as it was built. */
export interface ConsoleFiles {
  /** index.html, with places for what differs from answer to answer. */
  readonly template: string;
  /** By their names, which differ whenever their content does. */
  readonly assets: ReadonlyMap<string, ConsoleAsset>;
}

export interface ConsoleAsset {
  readonly type: string;
  /** By the names of RFC 9110 §8.4.1; every one has `identity`. */
  readonly codings: ReadonlyMap<Coding, Buffer>;
}

export type Coding = 'br' | 'gzip' | 'identity';

const SUFFIXES: readonly (readonly [Coding, string])[] = [
  ['br', '.br'],
  ['gzip', '.gz'],
  ['identity', ''],
];

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All of it, into memory. @returns undefined: it was not built */
export function readConsoleFiles(folder: string): ConsoleFiles | undefined {
  const assets = path.join(folder, 'assets');
  if (!existsSync(assets)) return undefined;
  const names = readdirSync(assets);
  const codingsOf = (name: string) =>
    new Map(
      SUFFIXES.filter(([, suffix]) => names.includes(name + suffix)).map(
        ([coding, suffix]) => [coding, readFileSync(path.join(assets, name + suffix))] as const,
      ),
    );
  return {
    template: readFileSync(path.join(folder, 'index.html'), 'utf8'),
    assets: new Map(
      names.flatMap((name) => {
        const type = TYPES[path.extname(name)];
        return type === undefined ? [] : [[name, { type, codings: codingsOf(name) }] as const];
      }),
    ),
  };
}
