/** So many appends in a row may land before others are given a turn, */
const APPENDS_IN_A_ROW = 8;
/** and so many while nobody else seems to append. */
const APPENDS_ALONE = 32;
/** How long an append that lost its position is remembered as a sign of others. */
const OTHERS_FOR_MS = 10_000;

/**
 * Sees to it that one of several processes does not append for ever: whoever wins a position knows the head at once,
 * while those that lost it have to read it first, and would lose the next one too. A winner of many appends in a row
 * rests for as long as one took, so that another one's read and append can come before its next one.
 */
export class Turns {
  private wins = 0;
  private roundTripMs = 0;
  /** These are times on the clock of `performance.now()`. */
  private endedAt = Number.NEGATIVE_INFINITY;
  private lostAt = Number.NEGATIVE_INFINITY;

  /** Told of each append: whether all of it landed, and when it began. */
  appended(isWin: boolean, begunAt: number): void {
    this.endedAt = performance.now();
    this.roundTripMs = this.endedAt - begunAt;
    this.wins = isWin ? this.wins + 1 : 0;
    if (!isWin) this.lostAt = this.endedAt;
  }

  /** How long to rest before the next append, in milliseconds. */
  pause(): number {
    const now = performance.now();
    const rested = now - this.endedAt;
    if (rested >= this.roundTripMs) this.wins = 0;
    const most = this.lostAt + OTHERS_FOR_MS > now ? APPENDS_IN_A_ROW : APPENDS_ALONE;
    if (this.wins < most) return 0;
    this.wins = 0;
    return this.roundTripMs - rested;
  }
}
