import { isPlain } from '../../words/text.ts';
import type { ObjectPlan } from './plan.ts';

/** Characters of all texts that are kept; those of rows that changed since are counted until they are dropped. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_SELECTIONS = 1_000;
/** Of memory, about, for each text besides its characters. */
const CHARACTERS_OF_A_TEXT = 100;

/** An object that shows one row, which nothing changes any more: a row that changes makes another one. */
export interface RowShown {
  readonly shown: object;
  /** The position that its ids carry; undefined: they carry none. */
  readonly moment: number | undefined;
}

/** The texts of one selection, of rows as of one moment. */
interface Selection {
  /** Those of the same selection, by their moments; it does not lead to the plan, which goes with its operation. */
  readonly siblings: Map<number | undefined, Selection>;
  readonly moment: number | undefined;
  readonly texts: WeakMap<object, RowText>;
  characters: number;
}

/** The JSON of an object of an answer. */
export class RowText {
  readonly isAscii: boolean;

  constructor(
    readonly text: string,
    /** How many fields it has, and how large it counts: see `AnswerSize`. */
    readonly fields: number,
    readonly bytes: number,
  ) {
    // JSON has no control characters.
    this.isAscii = isPlain(text);
  }
}

/** Whether an answer has texts of rows in it: then only `bodyWithTexts` knows how to write it. */
export class AnswerTexts {
  isUsed = false;
}

/**
 * Texts of rows by what is selected of them, and as of which moment, so that a page is put together from what pages before
 * had in common with it. Whose members tell nothing but what their row and the moment tell, says so itself: see
 * `ROW_TELLS_ALL`.
 */
export class RowTexts {
  private readonly byPlan = new WeakMap<ObjectPlan, Map<number | undefined, Selection>>();
  /** The oldest first. */
  private readonly selections = new Set<Selection>();
  private characters = 0;

  find(plan: ObjectPlan, { shown, moment }: RowShown): RowText | undefined {
    return this.byPlan.get(plan)?.get(moment)?.texts.get(shown);
  }

  keep(plan: ObjectPlan, { shown, moment }: RowShown, text: RowText): void {
    const selection = this.byPlan.get(plan)?.get(moment) ?? this.begin(plan, moment);
    const characters = text.text.length + CHARACTERS_OF_A_TEXT;
    selection.texts.set(shown, text);
    selection.characters += characters;
    this.characters += characters;
    while (this.characters > MOST_CHARACTERS) this.dropOldest();
  }

  private begin(plan: ObjectPlan, moment: number | undefined): Selection {
    if (this.selections.size >= MOST_SELECTIONS) this.dropOldest();
    const siblings = this.byPlan.get(plan) ?? new Map<number | undefined, Selection>();
    const selection: Selection = { siblings, moment, texts: new WeakMap(), characters: 0 };
    siblings.set(moment, selection);
    this.byPlan.set(plan, siblings);
    this.selections.add(selection);
    return selection;
  }

  private dropOldest(): void {
    const [oldest] = this.selections;
    if (!oldest) return;
    const { siblings, moment, characters } = oldest;
    this.selections.delete(oldest);
    this.characters -= characters;
    siblings.delete(moment);
  }
}

/** JSON of an answer that has texts of rows in it: the text that `JSON.stringify` would make of it, and the end. */
export function bodyWithTexts(answer: object, end: string): string | Buffer {
  const parts: string[] = [];
  let isAscii = true;
  const add = (text: string) => {
    parts.push(text);
    isAscii &&= isPlain(text);
  };
  const write = (value: unknown): void => {
    if (value instanceof RowText) {
      parts.push(value.text);
      isAscii &&= value.isAscii;
    } else if (typeof value !== 'object' || value === null || 'toJSON' in value) add(JSON.stringify(value) ?? 'null');
    else if (Array.isArray(value)) writeList(value);
    else writeMembers(value);
  };
  const writeList = (list: readonly unknown[]) => {
    parts.push('[');
    for (let index = 0; index < list.length; index += 1) {
      if (index > 0) parts.push(',');
      write(list[index]);
    }
    parts.push(']');
  };
  const writeMembers = (object: object) => {
    let before = '{';
    for (const [name, member] of Object.entries(object)) {
      if (member === undefined) continue;
      add(`${before}${JSON.stringify(name)}:`);
      write(member);
      before = ',';
    }
    parts.push(before === '{' ? '{}' : '}');
  };
  write(answer);
  const text = `${parts.join('')}${end}`;
  // Each character a byte: nothing has to look at it once more.
  return isAscii ? Buffer.from(text, 'latin1') : text;
}
