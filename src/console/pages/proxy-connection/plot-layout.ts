/** A test as far as its place in the plot goes. */
export interface Plotted {
  readonly environment: string;
  readonly durationMs: number;
  readonly success: boolean;
}

/** The tests of one environment, on a lane of their own. */
export interface Lane {
  readonly environment: string;
  readonly points: readonly Point[];
}

export interface Point {
  /** Of the test in the list that the plot was made of. */
  readonly index: number;
  /** 0 for the oldest, 1 for the newest. */
  readonly x: number;
  /** 0 for no time at all, 1 for the longest that the scale has. */
  readonly y: number;
  readonly success: boolean;
}

export interface Plot {
  readonly lanes: readonly Lane[];
  /** Milliseconds at the upper end of each lane. */
  readonly scaleMs: number;
}

/**
 * Times in the order of the tests, with one scale for all environments.
 *
 * @param tests newest first
 * @param environments the lanes, in order; others that tests name come behind
 */
export function layPlot(tests: readonly Plotted[], environments: readonly string[]): Plot {
  const scaleMs = roundUp(Math.max(0, ...tests.map(({ durationMs }) => durationMs)));
  const points = tests.map(({ environment, durationMs, success }, index) => ({
    environment,
    point: {
      ...{ index, success, y: Math.min(1, durationMs / scaleMs) },
      x: tests.length > 1 ? 1 - index / (tests.length - 1) : 0.5,
    },
  }));
  const named = new Set([...environments, ...tests.map(({ environment }) => environment)]);
  const lanes = [...named].map((environment) => ({
    environment,
    points: points.filter((each) => each.environment === environment).map(({ point }) => point),
  }));
  return { lanes: lanes.filter(({ points }) => points.length > 0), scaleMs };
}

/** To 1, 2 or 5 times a power of ten; at least to 1. */
export function roundUp(number: number): number {
  if (number <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(number));
  const factor = [1, 2, 5].find((factor) => factor * power >= number) ?? 10;
  return factor * power;
}

/** The test next to a place. @param x as that of points */
export function nearest(count: number, x: number): number {
  if (count < 2) return 0;
  return Math.round((1 - Math.min(1, Math.max(0, x))) * (count - 1));
}
