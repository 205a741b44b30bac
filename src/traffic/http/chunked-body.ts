import { HeadTooLargeError, MalformedAnswerError } from './answer-errors.ts';

const [CR, LF] = [0x0d, 0x0a];
/** Of a line that tells a chunk's size, its extensions included. */
const SIZE_LINE_LIMIT = 4 * 1024;

/** Reads a body in chunks, and what stands behind it: trailers, which are passed over (RFC 9112 §7.1). */
export class ChunkedBody {
  private place: 'size' | 'data' | 'behind data' | 'trailer' = 'size';
  /** As much of the line at hand as has come. */
  private line = '';
  private lacking = 0;
  private trailerBytes = 0;

  constructor(private readonly trailerLimit: number) {}

  /**
   * Hands over the data in this piece. Answers what stands behind the body's end, undefined while that has not come.
   * Throws `MalformedAnswerError`, and `HeadTooLargeError` for trailers without end.
   */
  push(piece: Buffer, data: (data: Buffer) => void): Buffer | undefined {
    for (let at = 0; at < piece.length; ) {
      if (this.place === 'data') {
        const end = Math.min(piece.length, at + this.lacking);
        data(piece.subarray(at, end));
        this.lacking -= end - at;
        at = end;
        if (this.lacking === 0) this.place = 'behind data';
        continue;
      }
      // As it nearly always is; chunks may be many and small.
      if (this.place === 'behind data' && this.line === '' && piece[at] === CR && piece[at + 1] === LF) {
        at += 2;
        this.place = 'size';
        continue;
      }
      const lineEnd = piece.indexOf(LF, at);
      const end = lineEnd < 0 ? piece.length : lineEnd + 1;
      this.line += piece.toString('latin1', at, end);
      this.boundLine(end - at);
      at = end;
      if (lineEnd < 0) return undefined;
      const { line } = this;
      this.line = '';
      if (this.endLine(line.slice(0, line.endsWith('\r\n') ? -2 : -1))) return piece.subarray(at);
    }
    return undefined;
  }

  private boundLine(grownBy: number): void {
    if (this.place !== 'trailer') {
      if (this.line.length > SIZE_LINE_LIMIT) throw new MalformedAnswerError('a chunk without a size');
      return;
    }
    this.trailerBytes += grownBy;
    if (this.trailerBytes > this.trailerLimit) throw new HeadTooLargeError();
  }

  /** Whether the body ends with this line. */
  private endLine(line: string): boolean {
    switch (this.place) {
      case 'size':
        if (!/^[0-9a-fA-F]{1,13}[ \t]*(?:;|$)/.test(line)) throw new MalformedAnswerError('a chunk without a size');
        this.lacking = Number.parseInt(line, 16);
        this.place = this.lacking === 0 ? 'trailer' : 'data';
        return false;
      case 'behind data':
        if (line !== '') throw new MalformedAnswerError('a chunk that is longer than its size');
        this.place = 'size';
        return false;
      default:
        return line === '';
    }
  }
}
