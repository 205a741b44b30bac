import { MinuteWindows } from './minute-windows.ts';

/** A limit of live traffic is reached. Nothing was sent. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsError';

  constructor(
    message: string,
    /** When another try may do better, in milliseconds. */
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/** What is under way now ends within about this time: there is no knowing when. */
const TRY_AGAIN_MS = 1_000;

/** Bounds live traffic of one kind: how much of it is under way at once, and how much an actor may ask for a minute. */
export class LiveLimits {
  private underWay = 0;
  private readonly perActor: MinuteWindows | undefined;

  constructor(
    /** As messages call it, such as `probes`. */
    private readonly kind: string,
    private readonly atOnce: number,
    /** Undefined: no limit. */
    perActorPerMinute: number | undefined,
  ) {
    if (perActorPerMinute !== undefined) {
      this.perActor = new MinuteWindows(perActorPerMinute);
    }
  }

  /** Does the work within the limits, or throws `TooManyRequestsError` before it begins. */
  async run<T>(actorId: string, work: () => Promise<T>): Promise<T> {
    if (this.underWay >= this.atOnce) {
      throw new TooManyRequestsError(`this server runs ${this.atOnce} ${this.kind} at once already`, TRY_AGAIN_MS);
    }
    this.underWay += 1;
    try {
      this.take(actorId);
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }

  private take(actorId: string): void {
    const wait = this.perActor?.take(actorId) ?? 0;
    if (wait <= 0) return;
    const message = `${this.perActor?.most} ${this.kind} a minute are allowed for each actor`;
    throw new TooManyRequestsError(message, Math.max(1, Math.ceil(wait)));
  }
}
