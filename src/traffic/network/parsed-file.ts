import { readFile, stat } from 'node:fs/promises';

/** Whether it has changed is looked at so often at most. */
const LOOK_EVERY_MS = 100;

/** A small file of the system, parsed anew when it has changed. One that can't be read counts as empty. */
export class ParsedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #known: { readonly stamp: string; readonly value: T } | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
  }

  readonly read = async (): Promise<T> => {
    if (this.#known && performance.now() - this.#lookedAt < LOOK_EVERY_MS) return this.#known.value;
    const stamp = await this.#stamp();
    if (this.#known?.stamp !== stamp) {
      const text = await readFile(this.#path, 'utf8').catch(() => '');
      this.#known = { stamp, value: this.#parse(text) };
    }
    this.#lookedAt = performance.now();
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
