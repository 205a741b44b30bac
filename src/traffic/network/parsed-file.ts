import { readFile, stat } from 'node:fs/promises';

/** A small file of the system, parsed anew whenever it has changed. One that can't be read counts as empty. */
export class ParsedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #known: { readonly stamp: string; readonly value: T } | undefined;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  readonly read = async (): Promise<T> => {
    const stamp = await this.#stamp();
    if (this.#known?.stamp !== stamp) {
      const text = await readFile(this.#path, 'utf8').catch(() => '');
      this.#known = { stamp, value: this.#parse(text) };
    }
    return this.#known.value;
  };

  async #stamp(): Promise<string> {
    try {
      const { mtimeNs, size, ino } = await stat(this.#path, { bigint: true });
      return `${mtimeNs} ${size} ${ino}`;
    } catch {
      return 'unreadable';
    }
  }
}
