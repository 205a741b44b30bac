/** The steps of a test or a call in their order, in the API's words. */
export const STAGE_NAMES = [
  'RESOLVE',
  'CONNECT',
  'PROXY_TLS',
  'PROXY_AUTH',
  'TUNNEL',
  'TARGET_TLS',
  'RESPONSE',
] as const;

/** As the API tells it. */
export interface Stage {
  readonly name: string;
  readonly status: 'PASSED' | 'FAILED' | 'SKIPPED';
  readonly durationMs: number | null;
  readonly detail: string | null;
}

/** A stage with its place on the scale of all. */
export interface Rung {
  readonly name: string;
  readonly status: Stage['status'] | 'PENDING';
  readonly durationMs: number | null;
  readonly detail: string | null;
  /** Parts of the whole scale, 0-1. */
  readonly from: number;
  readonly length: number;
}

/**
 * A waterfall: each stage begins where the one before it ended.
 *
 * @param totalMs of all together, which may be more than the stages took; the scale is as long as the longer of both
 */
export function layStages(stages: readonly Stage[], totalMs = 0): Rung[] {
  const sum = stages.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  const scale = Math.max(sum, totalMs);
  let before = 0;
  return stages.map(({ name, status, durationMs, detail }) => {
    const from = scale > 0 ? before / scale : 0;
    before += durationMs ?? 0;
    const to = scale > 0 ? Math.min(1, before / scale) : 0;
    return { name, status, durationMs, detail, from, length: Math.max(0, to - from) };
  });
}

/** All stages, of which nothing is known yet. */
export const PENDING: readonly Rung[] = STAGE_NAMES.map((name) => ({
  ...{ name, status: 'PENDING' as const, durationMs: null, detail: null },
  ...{ from: 0, length: 0 },
}));
