import { type ExecutionResult, GraphQLError } from 'graphql';

/** What is told of an operation while its results are taken. */
export interface ResultsObserver {
  /** A result is handed over, to be sent. */
  sending(): void;
  /** There will be no more: they came to their end, failed, or nobody waits for them. May be told more than once. */
  over(): void;
}

/**
 * The results of one operation over a WebSocket. An error of what they come from is the last of them; the connection and
 * its other operations stay. Leaving does not wait for the next result: a generator would finish its pull first.
 */
export class OperationResults implements AsyncIterableIterator<ExecutionResult, undefined, undefined> {
  private isOver = false;
  private leave: () => void = () => undefined;

  constructor(
    private readonly source: AsyncIterator<ExecutionResult>,
    private readonly observer: ResultsObserver,
  ) {}

  next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    if (this.isOver) return Promise.resolve(DONE);
    return new Promise((resolve) => {
      this.leave = () => resolve(DONE);
      void this.pull().then(resolve);
    });
  }

  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    this.end();
    this.leave();
    await this.source.return?.();
    return DONE;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async pull(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      const { done, value } = await this.source.next();
      if (!done) {
        this.observer.sending();
        return { done: false, value };
      }
      this.end();
      return DONE;
    } catch (error) {
      this.end();
      return { done: false, value: { errors: [unexpected(error)] } };
    }
  }

  private end(): void {
    this.isOver = true;
    this.observer.over();
  }
}

/** One result, of work that begins when it is asked for. */
export async function* resultOf(
  work: () => ExecutionResult | Promise<ExecutionResult>,
): AsyncGenerator<ExecutionResult, undefined> {
  yield await work();
  return undefined;
}

/** Whatever was thrown, as an error of GraphQL that keeps it. */
export function unexpected(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError('', { originalError: error instanceof Error ? error : new Error(String(error)) });
}

const DONE = { done: true, value: undefined } as const;
