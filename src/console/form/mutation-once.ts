import type { AnyVariables, Client, TypedDocumentNode } from 'urql';
import { backoff } from '../graphql/backoff.ts';
import { type Failure, failureOf } from '../graphql/failure.ts';

/** What the caller can mend, as every payload has it. Ask for `code path message`. */
export interface UserError {
  readonly code: string;
  /** From `input`, such as `["input", "host"]`. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What a payload answers beside its user errors. */
export type Done<Data> = { readonly kind: 'done'; readonly data: Data };
export type Outcome<Data> =
  | Done<Data>
  | { readonly kind: 'mend'; readonly userErrors: readonly UserError[] }
  | { readonly kind: 'failed'; readonly failure: Failure };

interface Attempted {
  readonly input: string;
  readonly key: string;
}

/** Attempts before somebody has to say that it shall be tried again. */
const ATTEMPTS = 4;
/** Nobody knows whether it was carried out; with its key it may be asked again. */
const UNKNOWN = ['OUTCOME_UNKNOWN', 'NOT_REACHED'];

/**
 * Carries out a mutation once, however often it takes to learn its outcome: all attempts with one input have one
 * idempotency key, until one is answered.
 */
export class MutationOnce<Data extends Payloads, Input extends object> {
  private unanswered: Attempted | undefined;

  constructor(
    private readonly client: Client,
    private readonly mutation: TypedDocumentNode<Data, { input: Input }>,
    private readonly wait: (milliseconds: number) => Promise<void> = waited,
  ) {}

  async run(input: Omit<Input, 'idempotencyKey'>): Promise<Outcome<Data>> {
    const text = JSON.stringify(input);
    if (this.unanswered?.input !== text) this.unanswered = { input: text, key: newKey() };
    const variables = { input: { ...input, idempotencyKey: this.unanswered.key } as unknown as Input };
    for (let attempt = 1; ; attempt += 1) {
      const { data, error } = await this.client.mutation<Data, AnyVariables>(this.mutation, variables).toPromise();
      const failure = error && failureOf(error);
      const isUnknown = failure !== undefined && UNKNOWN.includes(failure.code);
      if (!isUnknown) this.unanswered = undefined;
      if (isUnknown && attempt < ATTEMPTS) {
        await this.wait(backoff(attempt - 1));
        continue;
      }
      if (failure) return { kind: 'failed', failure };
      if (!data) throw new Error('a mutation was answered by nothing');
      const userErrors = Object.values(data).flatMap((payload) => payload?.userErrors ?? []);
      return userErrors.length > 0 ? { kind: 'mend', userErrors } : { kind: 'done', data };
    }
  }
}

/** By the names of a mutation's fields. */
export type Payloads = Readonly<Record<string, { readonly userErrors: readonly UserError[] }>>;

function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** `crypto.randomUUID` is there on secure origins alone, and a server may be reached by plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
