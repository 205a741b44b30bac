/** The media types that answers have. */
export type AnswerType = (typeof ANSWER_TYPES)[number];

const ANSWER_TYPES = ['application/json', 'application/graphql-response+json'] as const;

/**
 * The media type that a client likes best (RFC 9110 §12.5.1); of those that it likes alike, the one that it names more
 * exactly, then the one that it names first, then JSON. Undefined when it takes none of them.
 */
export function chooseAnswerType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept.trim() === '') return ANSWER_TYPES[0];
  if (chosen.has(accept)) return chosen.get(accept);
  const type = choose(accept);
  if (chosen.size < MOST_CHOSEN) chosen.set(accept, type);
  return type;
}

/** Most clients send one of few texts. */
const chosen = new Map<string, AnswerType | undefined>();
const MOST_CHOSEN = 64;

function choose(accept: string): AnswerType | undefined {
  const ranges = accept.split(',').map(readRange);
  const liked = ANSWER_TYPES.flatMap((type) => {
    const [best] = ranges
      .map((range, place) => ({ type, place, quality: range.quality, exactness: exactnessOf(range.name, type) }))
      .filter(({ exactness }) => exactness >= 0)
      .sort((one, other) => other.exactness - one.exactness);
    return best && best.quality > 0 ? [best] : [];
  });
  const [first] = liked.sort(
    (one, other) => other.quality - one.quality || other.exactness - one.exactness || one.place - other.place,
  );
  return first?.type;
}

/** Whether a client asks for server-sent events. */
export function asksForEvents(accept: string | undefined): boolean {
  return accept?.split(',').some((range) => readRange(range).name === 'text/event-stream') ?? false;
}

interface MediaRange {
  readonly name: string;
  /** From 0, never, to 1. */
  readonly quality: number;
}

/** Other parameters than the quality, such as a charset, are not told apart: all answers are UTF-8. */
function readRange(text: string): MediaRange {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const given = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  return { name, quality: given === undefined ? 1 : Number(given) || 0 };
}

const EXACTNESS = ['*/*', 'application/*'];

/** Negative: the range does not hold the type. */
function exactnessOf(range: string, type: AnswerType): number {
  return range === type ? EXACTNESS.length : EXACTNESS.indexOf(range);
}
