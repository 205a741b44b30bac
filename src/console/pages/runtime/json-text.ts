/** JSON as it is written: numbers keep their digits, and keys their order and number. */
export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly JsonEntry[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  /** A string with its quotes and escapes, a number, or a word. */
  | { readonly kind: 'string' | 'number' | 'word'; readonly text: string };

export interface JsonEntry {
  /** With its quotes and escapes. */
  readonly key: string;
  readonly value: JsonNode;
}

/** What is nested deeper is no document that anybody reads. */
const DEEPEST = 200;

/** Undefined: the text is no JSON, or nested too deep. */
export function readJson(text: string): JsonNode | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  try {
    return new Reader(text).value(0);
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}

/** Of a document and all that is in it. */
export function countNodes(node: JsonNode): number {
  const below =
    node.kind === 'object' ? node.entries.map(({ value }) => value) : node.kind === 'array' ? node.items : [];
  return below.reduce((count, each) => count + countNodes(each), 1);
}

class TooDeep extends Error {}

/** Of a text that is known to be JSON. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(depth: number): JsonNode {
    if (depth > DEEPEST) throw new TooDeep();
    const first = this.next();
    if (first === '{') {
      const entries = this.list('}', () => {
        const key = this.string();
        this.next();
        this.at += 1;
        return { key, value: this.value(depth + 1) };
      });
      return { kind: 'object', entries };
    }
    if (first === '[') return { kind: 'array', items: this.list(']', () => this.value(depth + 1)) };
    if (first === '"') return { kind: 'string', text: this.string() };
    const from = this.at;
    while (this.at < this.text.length && !/[\s,\]}]/.test(this.text.charAt(this.at))) this.at += 1;
    return { kind: /[-\d]/.test(first) ? 'number' : 'word', text: this.text.slice(from, this.at) };
  }

  /** What stands between an opening and its closing one. */
  private list<Item>(closing: string, read: () => Item): Item[] {
    const items: Item[] = [];
    this.at += 1;
    while (this.next() !== closing) {
      if (this.text[this.at] === ',') this.at += 1;
      this.next();
      items.push(read());
    }
    this.at += 1;
    return items;
  }

  private string(): string {
    const from = this.at;
    for (this.at += 1; this.text[this.at] !== '"'; this.at += 1) {
      if (this.text[this.at] === '\\') this.at += 1;
    }
    this.at += 1;
    return this.text.slice(from, this.at);
  }

  /** The character that comes behind the space here. */
  private next(): string {
    while (/[ \t\n\r]/.test(this.text.charAt(this.at))) this.at += 1;
    return this.text.charAt(this.at);
  }
}
