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

export interface LiveLimitsOptions {
  /** Of all together, under way at the same time. */
  readonly atOnce: number;
  /** What one actor may start in a minute; undefined: no limit. */
  readonly perActorPerMinute: number | undefined;
  /** Whether one actor may have no more than half of what may be under way, at least one: where actors are proven. */
  readonly shared: boolean;
}

/** Bounds live traffic of one kind: how much of it is under way at once, and how much an actor may ask for a minute. */
export class LiveLimits {
  private underWay = 0;
  /** By actor; only those with any. */
  private readonly held = new Map<string, number>();
  private readonly atOnce: number;
  private readonly mostOfOne: number;
  private readonly perActor: MinuteWindows | undefined;

  constructor(
    /** As messages call it, such as `probes`. */
    private readonly kind: string,
    { atOnce, perActorPerMinute, shared }: LiveLimitsOptions,
  ) {
    this.atOnce = atOnce;
    this.mostOfOne = shared ? Math.max(1, Math.floor(atOnce / 2)) : atOnce;
    if (perActorPerMinute !== undefined) {
      this.perActor = new MinuteWindows(perActorPerMinute);
    }
  }

  /** Does the work within the limits, or throws `TooManyRequestsError` before it begins. */
  async run<T>(actorId: string, work: () => Promise<T>): Promise<T> {
    if (this.underWay >= this.atOnce) {
      throw new TooManyRequestsError(`this server runs ${this.atOnce} ${this.kind} at once already`, TRY_AGAIN_MS);
    }
    const held = this.held.get(actorId) ?? 0;
    if (held >= this.mostOfOne) {
      const message = `you have ${held} ${this.kind} under way, and nobody may have more at once on this server`;
      throw new TooManyRequestsError(message, TRY_AGAIN_MS);
    }
    this.underWay += 1;
    this.held.set(actorId, held + 1);
    try {
      this.take(actorId);
      return await work();
    } finally {
      this.underWay -= 1;
      this.letGo(actorId);
    }
  }

  private letGo(actorId: string): void {
    const left = (this.held.get(actorId) ?? 0) - 1;
    if (left > 0) this.held.set(actorId, left);
    else this.held.delete(actorId);
  }

  private take(actorId: string): void {
    const wait = this.perActor?.take(actorId) ?? 0;
    if (wait <= 0) return;
    const message = `${this.perActor?.most} ${this.kind} a minute are allowed for each actor`;
    throw new TooManyRequestsError(message, Math.max(1, Math.ceil(wait)));
  }
}
