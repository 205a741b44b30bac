import { CutOffError, HeadTooLargeError, MalformedAnswerError } from './answer-errors.ts';
import { type AnswerHead, parseAnswerHead } from './answer-head.ts';
import { type BodyFraming, framingOf } from './body-framing.ts';
import { ChunkedBody } from './chunked-body.ts';
import { keepsConnection } from './keep-alive.ts';

/** Of one answer's head, whoever sends it. */
export const HEAD_BYTES_LIMIT = 64 * 1024;

/** Interim answers before one final one. */
const MOST_INTERIM = 100;

export interface AnswerBody {
  readonly bytes: Buffer;
  /** There was more than was to be read. */
  readonly truncated: boolean;
}

const NOTHING = Buffer.alloc(0);
const [LF, CR] = [0x0a, 0x0d];
const BEGINNING = Buffer.from('HTTP/1.');

/**
 * Reads the answer to one request from what a socket gives, in whatever pieces. Interim answers before it are passed over
 * (RFC 9110 §15.2), but for a change of protocols, which nobody asks for here.
 */
export class AnswerParser {
  /** Of the final answer, when it is there. */
  head: AnswerHead | undefined;
  /** Nothing more of this answer is read. */
  isComplete = false;
  /** What came behind the answer, or, of an answer to CONNECT, behind its head. */
  rest: Buffer = NOTHING;
  private held: Buffer = NOTHING;
  private searched = 0;
  private interim = 0;
  private framing: BodyFraming = { kind: 'none' };
  private chunked: ChunkedBody | undefined;
  /** With room for more behind `read`: bodies may come in very small pieces. */
  private kept: Buffer = NOTHING;
  private read = 0;
  private truncated = false;

  constructor(
    private readonly method: string,
    /** Bytes of the body that are kept; what comes behind them is not read. */
    private readonly bodyLimit: number,
  ) {}

  get body(): AnswerBody {
    return { bytes: this.kept.subarray(0, Math.min(this.read, this.bodyLimit)), truncated: this.truncated };
  }

  /** Some of the answer is there. */
  get hasBegun(): boolean {
    return this.head !== undefined || this.held.length > 0;
  }

  /** Whether what comes behind the head is no answer any more: RFC 9110 §9.3.6. */
  get opensTunnel(): boolean {
    return this.method === 'CONNECT';
  }

  /** Whether the connection may carry another exchange when this one is complete. */
  get keepsConnection(): boolean {
    if (!this.head || this.opensTunnel || this.truncated || this.rest.length > 0) return false;
    return keepsConnection(this.head, this.framing);
  }

  /** Throws `MalformedAnswerError` and `HeadTooLargeError`; then it must not be used any more. */
  push(chunk: Buffer): void {
    if (this.isComplete) this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    else if (this.head) this.takeBody(chunk);
    else this.takeHead(chunk);
  }

  /** The peer ends the connection in good order. Throws `CutOffError` when something of the answer lacks. */
  end(): void {
    if (this.isComplete) return;
    if (!this.head || this.framing.kind !== 'close') throw new CutOffError(this.hasBegun);
    this.isComplete = true;
  }

  private takeHead(chunk: Buffer): void {
    let bytes = this.held.length > 0 ? Buffer.concat([this.held, chunk]) : chunk;
    for (;;) {
      // RFC 9112 §2.2 has a recipient pass over an empty line before the first one.
      if (this.searched === 0) bytes = withoutEmptyLines(bytes);
      refuseOtherProtocols(bytes);
      const end = endOfHead(bytes, this.searched);
      if (Math.min(bytes.length, end) > HEAD_BYTES_LIMIT) throw new HeadTooLargeError();
      if (end === Number.POSITIVE_INFINITY) {
        this.held = bytes;
        // The end of a head has at most three bytes of which some may be here already.
        this.searched = Math.max(0, bytes.length - 3);
        return;
      }
      const head = parseAnswerHead(bytes.toString('latin1', 0, end));
      bytes = bytes.subarray(end);
      this.searched = 0;
      if (head.status === 101) throw new MalformedAnswerError('it changes to another protocol, unasked');
      if (head.status < 200) {
        this.interim += 1;
        if (this.interim > MOST_INTERIM) throw new MalformedAnswerError('interim answers without end');
        continue;
      }
      this.held = NOTHING;
      this.begin(head, bytes);
      return;
    }
  }

  private begin(head: AnswerHead, behind: Buffer): void {
    // RFC 9110 §9.3.6: whatever the fields of a 2xx to CONNECT say of a body, there is none; of others none is read.
    if (this.opensTunnel) {
      this.isComplete = true;
      this.rest = behind;
    } else {
      this.framing = framingOf(this.method, head);
      if (this.framing.kind === 'chunked') this.chunked = new ChunkedBody(HEAD_BYTES_LIMIT);
    }
    this.head = head;
    if (!this.isComplete) this.takeBody(behind);
  }

  private takeBody(chunk: Buffer): void {
    const { framing } = this;
    switch (framing.kind) {
      case 'none':
        this.finish(chunk);
        return;
      case 'close':
        this.keep(chunk);
        return;
      case 'length': {
        const lacking = framing.bytes - this.read;
        this.keep(chunk.subarray(0, lacking));
        if (this.read === framing.bytes) this.finish(chunk.subarray(lacking));
        return;
      }
      case 'chunked': {
        const rest = this.chunked?.push(chunk, (piece) => this.keep(piece));
        if (rest && !this.isComplete) this.finish(rest);
      }
    }
  }

  private keep(piece: Buffer): void {
    if (piece.length === 0 || this.isComplete) return;
    const before = this.read;
    this.read += piece.length;
    const end = Math.min(this.read, this.bodyLimit);
    if (this.kept.length < end) {
      const roomier = Buffer.allocUnsafe(Math.min(this.bodyLimit, Math.max(end, 2 * this.kept.length)));
      this.kept.copy(roomier, 0, 0, before);
      this.kept = roomier;
    }
    piece.copy(this.kept, before, 0, end - before);
    if (this.read <= this.bodyLimit) return;
    this.truncated = true;
    this.isComplete = true;
  }

  private finish(rest: Buffer): void {
    if (this.isComplete) return;
    this.isComplete = true;
    this.rest = rest;
  }
}

function withoutEmptyLines(bytes: Buffer): Buffer {
  let at = 0;
  while (bytes[at] === CR || bytes[at] === LF) at += 1;
  return at === 0 ? bytes : bytes.subarray(at);
}

/** What can't become HTTP/1 any more is refused at once: a server of another protocol may wait for us to speak. */
function refuseOtherProtocols(bytes: Buffer): void {
  const length = Math.min(bytes.length, BEGINNING.length);
  if (bytes.compare(BEGINNING, 0, length, 0, length) === 0) return;
  throw new MalformedAnswerError('it is not HTTP/1', bytes.subarray(0, 60));
}

/** Where the empty line ends that ends the head; infinity when it is not there yet. */
function endOfHead(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at + 1] === LF) return at + 2;
    if (bytes[at + 1] === CR && bytes[at + 2] === LF) return at + 3;
  }
  return Number.POSITIVE_INFINITY;
}
