// Ways of answering the same, in turn: their rates, and what one's are against another's.
import { median, milliseconds, perSecond } from './measure.mjs';

/** Rounds that count, and those that warm up, at most: */
const [ROUNDS, WARM] = [9, 12];
/** who answered so many times is warm. A server that shares its processor is so later than the clock would tell. */
const WARM_ANSWERS = 10_000;
/** Of one round of one way. */
const SECONDS = 0.5;

/**
 * Runs A B A B … (or A B C A B C …). A way takes seconds, and answers `{ count, seconds, busy }`. Answers of each way the
 * rates of its rounds, and how busy its load was.
 */
export async function rates(ways, { quick, rounds = ROUNDS, warm = WARM, seconds = SECONDS }) {
  const times = quick ? { rounds: 1, warm: 0, seconds: 0.1 } : { rounds, warm, seconds };
  const all = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  const answers = Object.fromEntries(Object.keys(ways).map((name) => [name, 0]));
  const isCold = () => Object.values(answers).some((count) => count < WARM_ANSWERS);
  for (let round = 0; round < times.warm && isCold(); round += 1) {
    for (const [name, way] of Object.entries(ways)) answers[name] += (await way(times.seconds)).count;
  }
  for (let round = 0; round < times.rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const { count, seconds: took, busy } = await way(times.seconds);
      all[name].push({ rate: count / took, busy });
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, runs]) => [
      name,
      { rates: runs.map(({ rate }) => rate), busy: median(runs.map(({ busy }) => busy ?? 0)) },
    ]),
  );
}

/** Cells of a row that is a rate over a rate: more is better. The spread is that of the rounds. */
export function rateCells(ours, theirs, what, goal = '') {
  const [rate, baseline] = [median(ours.rates), median(theirs.rates)];
  const spread = spreadOf(ours.rates.map((each, round) => each / theirs.rates[round]));
  return [loaded(perSecond(rate, 1), ours), `${loaded(perSecond(baseline, 1), theirs)} ${what}`].concat(
    (rate / baseline).toFixed(2),
    goal,
    spread,
  );
}

/** Cells of a row that is a time over a time, of one request with so many clients: less is better. */
export function timeCells(ours, theirs, what, goal = '') {
  const [time, baseline] = [1 / median(ours.rates), 1 / median(theirs.rates)];
  const spread = spreadOf(ours.rates.map((each, round) => theirs.rates[round] / each));
  return [loaded(milliseconds(time), ours), `${loaded(milliseconds(baseline), theirs)} ${what}`].concat(
    (time / baseline).toFixed(2),
    goal,
    spread,
  );
}

export function spreadOf(ratios) {
  return `${Math.min(...ratios).toFixed(2)}-${Math.max(...ratios).toFixed(2)}`;
}

/** Where the load was the limit, it says so. */
function loaded(figure, { busy }) {
  return busy > 0.95 ? `${figure} (as fast as the load)` : figure;
}
