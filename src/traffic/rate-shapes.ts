/**
 * Rates that are written as a shape, as linear stages: what everything else reads.
 *
 * Steps, weekly hours, spikes and replays are exact. A sine becomes straight lines whose ends are moved so that the
 * records due by each end are exact; in between the rate is within (h²/8 + h²/12) of the amplitude, h the angle of a
 * piece: 2e-6 with 2,048 pieces a period, 1.3e-4 with 256, the least.
 */
import type { Stage } from './scenario.ts';
import { cosineOf, sineOf } from './sine.ts';

const HOUR_US = 3_600_000_000;
const HOURS_OF_WEEK = 168;

/** A rate from a time on, records per second. */
export interface RatePoint {
  readonly timeUs: number;
  readonly rate: number;
}

export interface Sine {
  readonly mean: number;
  /** At most the mean. */
  readonly amplitude: number;
  readonly periodUs: number;
}

/** Most pieces of a shape, and fewest and most of a sine's period. */
export const MOST_PIECES = 500_000;
const FEWEST_PER_PERIOD = 256;
const MOST_PER_PERIOD = 2048;
export const MOST_PERIODS = Math.floor(MOST_PIECES / FEWEST_PER_PERIOD);

/** mean + amplitude × sin(2π t / period), which begins at the mean and rises. */
export function sineStages({ mean, amplitude, periodUs }: Sine, durationUs: number): Stage[] {
  const periods = durationUs / periodUs;
  const perPeriod = Math.min(MOST_PER_PERIOD, Math.max(FEWEST_PER_PERIOD, Math.floor(MOST_PIECES / periods)));
  const pieces = Math.ceil(periods * perPeriod);
  const turns = periods / pieces;
  // The trapezoid under a chord of a sine has h/2 / tan(h/2) of the area under the arc, wherever on it the chord is.
  const half = turns / 2;
  const stretch = sineOf(half) / (half * TURN * cosineOf(half));
  // A wave that touches 0 is not stretched below it; whole periods are exact all the same.
  const height = Math.min(mean, amplitude * stretch);
  const rateAt = (i: number): number => Math.max(0, mean + height * sineOf(i * turns));
  const timeAt = (i: number): number => (i === pieces ? durationUs : (durationUs / pieces) * i);
  return Array.from({ length: pieces }, (_, i) => ({
    durationUs: timeAt(i + 1) - timeAt(i),
    from: rateAt(i),
    to: rateAt(i + 1),
  }));
}

const TURN = 6.283185307179586;

/** One rate per hour of the week, from Monday 00:00, over and over. */
export function weeklyStages(rates: readonly number[], durationUs: number): Stage[] {
  return repeated(
    rates.map((rate) => flat(HOUR_US, rate)),
    durationUs,
  );
}

/** The 168 hours of five equal days and two others. */
export function weekOf(weekday: readonly number[], weekend: readonly number[]): number[] {
  return Array.from({ length: HOURS_OF_WEEK }, (_, hour) => (hour < 120 ? weekday : weekend)[hour % 24]);
}

export interface Spikes {
  readonly base: number;
  readonly to: number;
  readonly everyUs: number;
  readonly forUs: number;
}

/** Each period ends in a spike. */
export function spikeStages({ base, to, everyUs, forUs }: Spikes, durationUs: number): Stage[] {
  const calm = everyUs > forUs ? [flat(everyUs - forUs, base)] : [];
  return repeated([...calm, flat(forUs, to)], durationUs);
}

/** Each rate holds until the next time; the last one for as long as the one before it. At least two. */
export function replayStages(points: readonly RatePoint[]): Stage[] {
  return points.map(({ timeUs, rate }, i) => {
    const last = i === points.length - 1;
    return flat(last ? timeUs - points[i - 1].timeUs : points[i + 1].timeUs - timeUs, rate);
  });
}

export function flat(durationUs: number, rate: number): Stage {
  return { durationUs, from: rate, to: rate };
}

/** A cycle of constant stages until a duration is full; the last one is cut. */
function repeated(cycle: readonly Stage[], durationUs: number): Stage[] {
  const stages: Stage[] = [];
  for (let left = durationUs, i = 0; left > 0; i = (i + 1) % cycle.length) {
    const stage = flat(Math.min(left, cycle[i].durationUs), cycle[i].from);
    stages.push(stage);
    left -= stage.durationUs;
  }
  return stages;
}
