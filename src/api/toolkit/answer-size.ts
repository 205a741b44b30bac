import {
  defaultFieldResolver,
  type ExecutionResult,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { isSliceOver, type Slices } from '../../words/slices.ts';
import { badUserInput } from './errors.ts';
import { HIGHEST_COST } from './query-cost.ts';

/** Bytes of an answer, as JSON. */
export const LARGEST_ANSWER = 32 * 1024 * 1024;

/**
 * What one answer has grown to, counted while it is made: lists without pages are as long as they are, and texts of any
 * length. Once it is too large, `refusal` is the whole answer.
 */
export class AnswerSize {
  bytes = 0;
  fields = 0;
  private error: GraphQLError | undefined;

  constructor(private readonly mostFields = HIGHEST_COST) {}

  get refusal(): GraphQLError | undefined {
    return this.error;
  }

  /** Counts a field by its name in the answer. Throws when the answer is too large, or was so already. */
  addField(name: string): void {
    this.fields += 1;
    this.bytes += name.length + BYTES_OF_A_FIELD;
    if (this.fields > this.mostFields) this.refuse(`its fields are more than ${this.mostFields}`);
    this.check();
  }

  /** Counts fields of one object, and the characters of their names. Throws as `addField` does. */
  addFields(count: number, characters: number): void {
    this.fields += count;
    this.bytes += characters + count * BYTES_OF_A_FIELD;
    if (this.fields > this.mostFields) this.refuse(`its fields are more than ${this.mostFields}`);
    this.check();
  }

  /** Counts what was counted before. Throws as `addField` does. */
  addCounted({ fields, bytes }: Pick<AnswerSize, 'fields' | 'bytes'>): void {
    this.bytes += bytes;
    this.addFields(fields, -fields * BYTES_OF_A_FIELD);
  }

  /** Counts what a field holds, but for what is told of it field by field. Throws as `addField` does. */
  addValue(value: unknown): void {
    this.bytes += bytesOf(value);
    this.check();
  }

  /** Refuses an answer whose text turned out to be too large. */
  tooLarge(): void {
    this.refuse(`it is larger than ${LARGEST_ANSWER / 1024 / 1024} MiB`);
  }

  /** Throws when the answer is too large, or was so already. */
  check(): void {
    if (this.bytes > LARGEST_ANSWER) this.tooLarge();
    if (this.error) throw NO_MORE;
  }

  private refuse(why: string): void {
    this.error ??= badUserInput(`the answer would be too large: ${why}; ask for less at once`);
  }
}

/** The result of an execution, or the refusal in its place. */
export function wholeOrRefused(result: ExecutionResult, { refusal }: AnswerSize): ExecutionResult {
  return refusal ? { data: null, errors: [refusal] } : result;
}

/** Ends each field that is left of an answer; with a path, so that it is not made anew for each. */
const NO_MORE = new GraphQLError('the answer would be too large', {
  path: [],
  extensions: { code: 'BAD_USER_INPUT' },
});

/** The members of a field besides its name and value: quotes, colon and comma. */
const BYTES_OF_A_FIELD = 4;
const BYTES_OF_AN_ITEM = 3;
/** About: numbers, booleans, null. */
const BYTES_OF_A_SCALAR = 4;

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return bytesOfText(value);
  if (!Array.isArray(value)) return BYTES_OF_A_SCALAR;
  return value.reduce<number>((sum, item) => sum + BYTES_OF_AN_ITEM + bytesOf(item), 0);
}

function bytesOfText(text: string): number {
  return PLAIN.test(text) ? text.length + 2 : Buffer.byteLength(JSON.stringify(text), 'utf8');
}

/** What JSON writes as it is, a byte for each character. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** What the resolvers of a schema are handed, as far as its answers are counted. */
export interface Counted {
  readonly answer: AnswerSize;
  readonly slices: Slices;
}

/** Has a schema count its answers, and make them in slices. Its resolvers' context must be `Counted`. */
export function countAnswers(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve = counted(field.resolve ?? defaultFieldResolver);
  }
}

type Resolver = GraphQLFieldResolver<unknown, Counted>;

function counted(resolve: Resolver): Resolver {
  return (source, args, context, info) => {
    const { answer, slices } = context;
    answer.addField(String(info.path.key));
    const count = (value: unknown) => {
      answer.addValue(value);
      // What is told of it would be told in the same go.
      if (typeof value !== 'object' || value === null || !isSliceOver()) return value;
      return (Array.isArray(value) ? slices.next() : slices.some()).then(() => value);
    };
    const value: unknown = resolve(source, args, context, info);
    return value instanceof Promise ? value.then(count) : count(value);
  };
}
