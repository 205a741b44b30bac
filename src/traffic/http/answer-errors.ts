/** An answer that is no HTTP/1, or breaks its rules. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';

  constructor(
    /** What is wrong, as the end of a sentence; quotes nothing of the answer. */
    readonly what: string,
    /** The first bytes of what is no HTTP at all; undefined when some of it was HTTP. */
    readonly seen?: Uint8Array,
  ) {
    super(`the answer is malformed: ${what}`);
  }
}

/** A head with more than `HEAD_BYTES_LIMIT` bytes. */
export class HeadTooLargeError extends Error {
  override readonly name = 'HeadTooLargeError';
}

/** The peer closed the connection before the whole answer had come. */
export class CutOffError extends Error {
  override readonly name = 'CutOffError';

  constructor(
    /** Some of an answer had come. */
    readonly hadBegun: boolean,
  ) {
    super('the connection was closed before the whole answer had come');
  }
}
