import type { ServerResponse } from 'node:http';
import type { ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import type { Identity } from '../access/identity.ts';
import type { Soon } from '../words/after.ts';
import { RequestContext, type Services } from './context.ts';
import { KeptAnswers } from './execution/kept-answers.ts';
import type { PreparedOperations, Ready } from './execution/prepared-operations.ts';
import { AnswerTexts, bodyWithTexts } from './execution/row-texts.ts';
import { HttpClient } from './http-client.ts';
import { LARGEST_ANSWER, wholeOrRefused } from './toolkit/answer-size.ts';
import { describeError, logError } from './toolkit/describe-error.ts';

export interface PreparedRouteParts {
  readonly operations: PreparedOperations;
  readonly services: Services;
  readonly logger: Logger;
}

/** A request, as far as it says what is asked. */
export interface Question {
  readonly method: string;
  /** As it was read of JSON. */
  readonly body: unknown;
  /** Of its address; for GET alone. */
  readonly query?: unknown;
}

/** Who asks, and where the answer goes. */
export interface Asked {
  readonly identity: Identity;
  /** Of the request. */
  readonly id: string;
  readonly response: ServerResponse;
}

const MOST_ASKED = 10_000;
const MOST_CHARACTERS = 2 * 1024 * 1024;

/** Answers requests whose operation is prepared; false: Apollo Server has to. */
export class PreparedRoute {
  private readonly kept: KeptAnswers;
  /** What was asked lately, by what its answer would be kept by. */
  private readonly asked = new LRUCache<string, true>({
    max: MOST_ASKED,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_, key) => key.length + 1,
  });

  constructor(private readonly parts: PreparedRouteParts) {
    this.kept = new KeptAnswers((project) => parts.services.ledgers.peek(project));
  }

  /** What can be executed at once; undefined for whatever is not plainly sound. */
  ready({ method, body, query }: Question): Ready | undefined {
    const asked = method === 'GET' ? fromAddress(query) : body;
    if (!isSound(asked)) return undefined;
    const ready = this.parts.operations.find(
      asked.query,
      asked.operationName || undefined,
      asked.variables ?? NO_VARIABLES,
    );
    // What changes something is not asked for by GET.
    return method === 'POST' || ready?.isQuery ? ready : undefined;
  }

  /** The text of the answer. */
  answer(ready: Ready, asked: Asked): Soon<string | Buffer> {
    const { identity } = asked;
    const { kept } = ready;
    if (!kept) return this.made(ready, asked);
    const key = kept.tellsAsker ? `${kept.key} ${textOf(identity)}` : kept.key;
    const found = this.kept.find(key, identity, kept.leastPosition);
    return found ?? this.made(ready, asked, key);
  }

  private async made(ready: Ready, { identity, id, response }: Asked, key?: string): Promise<string | Buffer> {
    const { services, logger } = this.parts;
    const context = new RequestContext(services, identity, id, new HttpClient(response));
    const texts = new AnswerTexts();
    const result = await ready.execute(context, texts);
    const answer = wholeOrRefused(result, context.answer);
    const text = this.bodyOf(answer, context, logger, texts);
    const { readings } = context;
    if (key === undefined || answer.errors || !readings || context.answer.refusal || !this.isAskedAgain(key))
      return text;
    const body = typeof text === 'string' ? Buffer.from(text) : text;
    this.kept.keep(key, identity, readings, body);
    return body;
  }

  /** Of most questions that are asked once, and not again soon, nothing has to be kept. */
  private isAskedAgain(key: string): boolean {
    if (this.asked.get(key)) return true;
    this.asked.set(key, true);
    return false;
  }

  private bodyOf(
    result: ExecutionResult,
    context: RequestContext,
    logger: Logger,
    texts: AnswerTexts,
  ): string | Buffer {
    const said = result.errors ? described(result, context, logger) : result;
    const body = texts.isUsed ? bodyWithTexts(said, END) : lineOf(said);
    // Counted by characters while it was made.
    if (body.length * MOST_BYTES_OF_A_CHARACTER <= LARGEST_ANSWER || Buffer.byteLength(body) <= LARGEST_ANSWER)
      return body;
    context.answer.tooLarge();
    return lineOf(described(wholeOrRefused(result, context.answer), context, logger));
  }
}

/** The same as JSON, for each time that one asks. */
const identityTexts = new WeakMap<Identity, string>();

function textOf(identity: Identity): string {
  let text = identityTexts.get(identity);
  if (text === undefined) {
    text = JSON.stringify(identity);
    identityTexts.set(identity, text);
  }
  return text;
}

/** As Apollo Server ends an answer. */
const END = '\n';

function lineOf(answer: object): string {
  return `${JSON.stringify(answer)}${END}`;
}

/** Of UTF-8, for each unit of UTF-16. */
const MOST_BYTES_OF_A_CHARACTER = 3;

const NO_VARIABLES = Object.freeze({});

interface SoundBody {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** GraphQL over HTTP, "GET": variables as JSON. Undefined where these are none. */
function fromAddress(parameters: unknown): unknown {
  const { variables, ...others } = parameters as Record<string, unknown>;
  if (variables === undefined) return others;
  try {
    return typeof variables === 'string' ? { ...others, variables: JSON.parse(variables) } : undefined;
  } catch {
    return undefined;
  }
}

/** A body of the three members that this server reads, each of its kind. */
function isSound(body: unknown): body is SoundBody {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  const { query, operationName, variables, ...others } = body as Record<string, unknown>;
  return (
    typeof query === 'string' &&
    (operationName === undefined || operationName === null || typeof operationName === 'string') &&
    (variables === undefined || (typeof variables === 'object' && !Array.isArray(variables))) &&
    Object.keys(others).length === 0
  );
}

/** As the client is told: see `api-server.ts` for the same on Apollo's way. */
function described(result: ExecutionResult, context: RequestContext, logger: Logger): object {
  const { data = null, errors = [] } = result;
  const { receipts } = context;
  const told = errors.map((error) => describe(error, context, logger));
  return { errors: receipts.tell(told), data };
}

function describe(error: GraphQLError, context: RequestContext, logger: Logger): GraphQLFormattedError {
  logError(logger, error, context);
  const said = describeError(error.toJSON(), error);
  return said.extensions?.code === 'INTERNAL'
    ? { ...said, extensions: { ...said.extensions, requestId: context.requestId } }
    : said;
}
