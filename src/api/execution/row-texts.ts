import type { ObjectPlan } from './plan.ts';

/** Characters of all texts that are kept; those of rows that changed since are counted until they are dropped. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
const MOST_SELECTIONS = 1_000;
/** Of memory, about, for each text besides its characters. */
const CHARACTERS_OF_A_TEXT = 100;

/** An object that shows one row, which nothing changes any more: a row that changes makes another one. */
export interface RowShown {
  /** The row; undefined where it is shown in a way that more than the row tells, e.g. with ids of a moment. */
  readonly shown: object | undefined;
}

/** The JSON of an object of an answer. */
export class RowText {
  constructor(
    readonly text: string,
    /** How many fields it has, and how large it counts: see `AnswerSize`. */
    readonly fields: number,
    readonly bytes: number,
  ) {}

  /** For whoever writes an answer without knowing of it. */
  toJSON(): unknown {
    return JSON.parse(this.text);
  }
}

/**
 * Texts of rows by what is selected of them, so that a page is put together from what pages before had in common with it.
 * Whose members tell nothing but what their row tells, says so itself: see `ROW_TELLS_ALL`.
 */
export class RowTexts {
  private readonly selections = new Map<ObjectPlan, { texts: WeakMap<object, RowText>; characters: number }>();
  private characters = 0;

  find(plan: ObjectPlan, row: object): RowText | undefined {
    return this.selections.get(plan)?.texts.get(row);
  }

  keep(plan: ObjectPlan, row: object, text: RowText): void {
    let selection = this.selections.get(plan);
    if (!selection) {
      if (this.selections.size >= MOST_SELECTIONS) this.dropOldest();
      selection = { texts: new WeakMap(), characters: 0 };
      this.selections.set(plan, selection);
    }
    const characters = text.text.length + CHARACTERS_OF_A_TEXT;
    selection.texts.set(row, text);
    selection.characters += characters;
    this.characters += characters;
    while (this.characters > MOST_CHARACTERS) this.dropOldest();
  }

  private dropOldest(): void {
    for (const [plan, { characters }] of this.selections) {
      this.selections.delete(plan);
      this.characters -= characters;
      return;
    }
  }
}

/** JSON of an answer that has texts of rows in it: the text that `JSON.stringify` would make. */
export function jsonWithTexts(value: unknown): string {
  if (value instanceof RowText) return value.text;
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(jsonWithTexts).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonWithTexts(member)}`).join(',')}}`;
}
