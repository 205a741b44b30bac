import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  print,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { rightsOf } from '../access/judge.ts';
import type { FedChange } from '../history/change-feed.ts';
import { eventKey } from '../history/recorded-event.ts';
import { accessOf } from '../project/project-access.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import { RequestContext } from './context.ts';
import { AnswerSize, LARGEST_ANSWER, wholeOrRefused } from './toolkit/answer-size.ts';
import { HIGHEST_COST_OF_AN_EVENT } from './toolkit/query-cost.ts';

const MOST_KEPT = 10_000;

/** A subscription as it is executed for each event. */
export interface SubscriptionArgs extends ExecutionArgs {
  readonly contextValue: RequestContext;
}

/**
 * Answers the events of subscriptions. What one of them reads is kept no longer than it takes; others who ask the same of
 * it get the same answer, and between two answers everybody else has a turn.
 */
export class EventResults {
  private readonly kept = new LRUCache<string, Promise<ExecutionResult>>({ max: MOST_KEPT, maxSize: LARGEST_ANSWER });

  /** The answers to a subscription's events as they come, or why there are none. */
  async subscribe(args: SubscriptionArgs): Promise<AsyncGenerator<ExecutionResult> | ExecutionResult> {
    const events = await createSourceEventStream(args);
    return Symbol.asyncIterator in events ? this.answers(args, events as AsyncIterable<FedChange>) : events;
  }

  private async *answers(args: SubscriptionArgs, events: AsyncIterable<FedChange>): AsyncGenerator<ExecutionResult> {
    const { signal, identity } = args.contextValue;
    const question = keyOf(args);
    for await (const event of events) {
      if (isSliceOver()) await nextSlice();
      // Who have other rights may see other things of it.
      const rights = rightsOf(accessOf(event.newest.view), identity).join(' ');
      const key = [question, rights, event.image.hash, eventKey(event.recorded)].join(' ');
      const answer = await this.answer(args, event, key);
      if (isSliceOver()) await nextSlice();
      if (signal.aborted) return;
      yield answer;
    }
  }

  private answer(args: SubscriptionArgs, event: FedChange, key: string): Promise<ExecutionResult> {
    const found = this.kept.get(key);
    if (found) return found;
    const { services, identity, requestId } = args.contextValue;
    const size = new AnswerSize(HIGHEST_COST_OF_AN_EVENT);
    // It may be for others by the time that the one who asked first has gone.
    const contextValue = new RequestContext(services, identity, requestId, new AbortController(), size);
    // Judged on the state that the key tells the rights of.
    contextValue.pin(event.recorded.sealed.commit.project, event.newest);
    const answer = Promise.resolve(execute({ ...args, rootValue: event, contextValue })).then((result) => {
      // What failed may do better for who asks later.
      if (result.errors) this.kept.delete(key);
      else this.kept.set(key, answer, { size: Math.min(Math.max(1, size.bytes), LARGEST_ANSWER) });
      return wholeOrRefused(result, size);
    });
    this.kept.set(key, answer, { size: 1 });
    return answer;
  }
}

/** Two subscriptions with the same key ask the same. */
function keyOf({ document, operationName, variableValues }: ExecutionArgs): string {
  const asked = JSON.stringify([textOf(document), operationName ?? null, variableValues ?? {}]);
  return createHash('sha256').update(asked).digest('base64');
}

function textOf(document: DocumentNode): string {
  return document.loc?.source.body ?? print(document);
}
