import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Identity } from '../access/identity.ts';
import { isLater, type Soon } from '../words/after.ts';
import type { FaultAnswer } from './faults.ts';
import { type PlainHead, plainHead, type SoundHosts } from './plain-arrival.ts';

/** Answers questions that came by POST. */
export interface QuickAnswers {
  /** The path that they are sent to. */
  readonly path: string;
  /** The media type of an answer; undefined: the client takes none. */
  typeFor(accept: string | undefined): string | undefined;
  /** The body of an answer with status 200; undefined: whatever is not plainly sound. */
  answer(body: unknown, asked: QuickQuestion): Soon<string | Buffer> | undefined;
}

export interface QuickQuestion {
  readonly identity: Identity;
  /** Of the request. */
  readonly id: string;
  readonly response: ServerResponse;
}

export interface QuickWayParts {
  readonly answers: QuickAnswers;
  readonly hosts: SoundHosts;
  readonly newId: () => string;
  /** @throws what refuses a credential */
  readonly identify: (authorization: string | undefined, id: string) => Soon<Identity>;
  /** Of each answer to a request for this host, names and values in turn. */
  readonly headers: (host: string) => readonly string[];
  readonly isClosing: () => boolean;
  /** Told of each request that is taken. */
  readonly log: (id: string, request: IncomingMessage, response: ServerResponse) => void;
  readonly faultAnswer: (error: unknown, id: string) => FaultAnswer;
  /** Takes what was begun and is not plainly sound. */
  readonly longWay: (request: IncomingMessage, response: ServerResponse, begun: Begun) => void;
}

/** What is known already of a request that goes the long way. */
export interface Begun {
  readonly id: string;
  readonly identity: Soon<Identity>;
  /** Undefined: it was not read yet. */
  readonly body?: Buffer;
}

/** What is known of an answer before its body. */
interface Reply {
  readonly response: ServerResponse;
  readonly headers: string[];
}

const JSON_TYPE = /^application\/json(?: *; *charset=utf-8)?$/i;
const LENGTH = /^[1-9]\d{0,5}$/;

/** What a reader of JSON could take for a prototype, however it is spelled. */
const SUSPECT = /__proto__|\\u/;

/**
 * Answers most questions ahead of the routes: those that come by POST, plainly, from a host that was found to be ours, and
 * can be answered at once. Their answers are the same to the byte; all others go on to the routes, which word all faults.
 */
export class QuickWay {
  constructor(private readonly parts: QuickWayParts) {}

  /** Whether it took the request. */
  takes(request: IncomingMessage, response: ServerResponse): boolean {
    const { answers, hosts, isClosing } = this.parts;
    if (request.method !== 'POST' || request.url !== answers.path || isClosing()) return false;
    const head = plainHead(request);
    if (!head || !hosts.has(head.host, request) || !hasJson(head)) return false;
    const type = answers.typeFor(head.accept);
    if (type === undefined) return false;
    const id = this.parts.newId();
    this.parts.log(id, request, response);
    const take = (identity: Identity) => {
      const reply = { response, headers: [...this.parts.headers(head.host), 'x-request-id', id, 'content-type', type] };
      readBody(request, (body) => this.answer(request, { identity, id, response }, body, reply));
    };
    const { identify, longWay } = this.parts;
    let identity: Soon<Identity>;
    try {
      identity = identify(head.authorization, id);
    } catch (error) {
      identity = Promise.reject(error);
    }
    if (isLater(identity)) identity.then(take, () => longWay(request, response, { id, identity }));
    else take(identity);
    return true;
  }

  private answer(request: IncomingMessage, asked: QuickQuestion, body: Buffer, reply: Reply): void {
    const { answers, longWay } = this.parts;
    const { identity, id, response } = asked;
    const question = readJson(body);
    let answer: Soon<string | Buffer> | undefined;
    try {
      answer = question === undefined ? undefined : answers.answer(question, asked);
    } catch (error) {
      this.fail(reply, id, error);
      return;
    }
    if (answer === undefined) longWay(request, response, { id, identity, body });
    else if (!isLater(answer)) this.send(reply, answer);
    else {
      answer.then(
        (later) => this.send(reply, later),
        (error) => this.fail(reply, id, error),
      );
    }
  }

  private fail(reply: Reply, id: string, error: unknown): void {
    const { statusCode, headers, body } = this.parts.faultAnswer(error, id);
    reply.headers.push(...Object.entries(headers).flat());
    this.send(reply, JSON.stringify(body), statusCode);
  }

  private send({ response, headers }: Reply, body: string | Buffer, status = 200): void {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    headers.push('content-length', String(length));
    if (this.parts.isClosing()) headers.push('connection', 'close');
    response.writeHead(status, headers).end(body);
  }
}

function hasJson({ contentType, contentLength }: PlainHead): boolean {
  return JSON_TYPE.test(contentType ?? '') && LENGTH.test(contentLength ?? '');
}

/** Of a connection that breaks before its end, nothing is heard. */
function readBody(request: IncomingMessage, take: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
  });
  request.on('end', () => {
    const [first, ...others] = chunks;
    take(first && others.length === 0 ? first : Buffer.concat(chunks));
  });
}

/** Undefined where it is not plainly JSON. */
function readJson(body: Buffer): unknown {
  if (!isUtf8(body)) return undefined;
  const text = body.toString();
  if (SUSPECT.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
