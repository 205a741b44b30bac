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

/** @param Payload what the mutation's one field answers */
export type Outcome<Payload> =
  | { readonly kind: 'done'; readonly payload: Payload }
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
export class MutationOnce<Data extends OnePayload, Input extends object> {
  private unanswered: Attempted | undefined;

  constructor(
    private readonly client: Client,
    private readonly mutation: TypedDocumentNode<Data, { input: Input }>,
    private readonly wait: (milliseconds: number) => Promise<void> = waited,
  ) {}

  async run(input: Omit<Input, 'idempotencyKey'>): Promise<Outcome<PayloadOf<Data>>> {
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
      const payload = data && payloadOf(data);
      if (payload === null || payload === undefined) return { kind: 'failed', failure: failure ?? UNANSWERED };
      const { userErrors } = payload;
      return userErrors.length > 0 ? { kind: 'mend', userErrors } : { kind: 'done', payload };
    }
  }
}

/** By the name of the mutation's one field; null where it failed. */
export type OnePayload = Readonly<Record<string, { readonly userErrors: readonly UserError[] } | null>>;
export type PayloadOf<Data extends OnePayload> = NonNullable<Data[keyof Data]>;

function payloadOf<Data extends OnePayload>(data: Data): PayloadOf<Data> | null {
  return (Object.values(data)[0] ?? null) as PayloadOf<Data> | null;
}

const UNANSWERED: Failure = { message: 'The server answered nothing.', code: 'INTERNAL', requestId: undefined };

function waited(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** `crypto.randomUUID` is there on secure origins alone, and a server may be reached by plain HTTP. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
