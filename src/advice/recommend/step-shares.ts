/**
 * Loads of steps that are parts of others: what a shard has of the stream's load, or of a closed shard's.
 */
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { StepLoads } from '../evidence/step-loads.ts';
import type { SampledShare, Share, StreamRates } from './sampled-shares.ts';

/**
 * How a load is given to a shard that has an unknown part of it: from nothing to all (`ends`), or by the width of its
 * range (`even`), which is what is planned with.
 */
export type Spread = 'ends' | 'even';

/** The whole of what no shard is known to have. */
const WHOLE: Share = { lower: 0, planned: 1, upper: 1 };
export const ALL: Pick<SampledShare, 'retried' | 'fresh'> = {
  retried: { records: WHOLE, bytes: WHOLE },
  fresh: { records: WHOLE, bytes: WHOLE },
};

/**
 * What the shards without metrics had together at a time, or, where that is outside the complete steps or the metrics'
 * clock is not that of the records (a local endpoint's may be faster), in the step that throttled most.
 */
export function ratesAt(
  rest: StepLoads,
  { startMs, stepMs, secPerStep }: MinuteSeries,
  atMs: number,
): StreamRates {
  const isOneClock = stepMs === secPerStep * 1000;
  const found = isOneClock ? Math.floor((atMs - startMs) / stepMs) : -1;
  let step = rest.known[found] === 1 ? found : 0;
  if (step !== found)
    for (let i = 1; i < rest.throttled.length; i++)
      if (
        rest.throttled[i] > rest.throttled[step] ||
        (rest.throttled[i] === rest.throttled[step] && rest.records.lower[i] > rest.records.lower[step])
      )
        step = i;
  return {
    records: rest.records.lower[step] ?? 0,
    bytes: rest.bytes.lower[step] ?? 0,
    throttled: rest.throttled[step] ?? 0,
  };
}

/** A share of the stream's load where all that throttled were retries, and where all were new records: both ends of it. */
export function addShare(from: StepLoads, into: StepLoads, share: SampledShare, spread: Spread): void {
  const { retried, fresh, isFull } = share;
  for (const dimension of ['records', 'bytes'] as const) {
    const [low, high] = [from[dimension].lower, from[dimension].upper];
    const [few, many] = [retried[dimension], fresh[dimension]];
    const sum = into[dimension];
    for (let step = 0; step < into.known.length; step++) {
      const isEven = spread === 'even';
      sum.lower[step] += isEven
        ? few.planned * low[step]
        : Math.min(few.lower * low[step], many.lower * high[step]);
      sum.upper[step] += isEven
        ? many.planned * high[step]
        : Math.max(few.upper * low[step], many.upper * high[step]);
    }
  }
  for (let step = 0; step < into.known.length; step++) {
    into.known[step] |= from.known[step];
    if (isFull) into.throttled[step] += from.throttled[step];
  }
}

/** Adds a part of another's load: between nothing and all of it, or as much as the part says. */
export function addPart(
  from: StepLoads,
  into: StepLoads,
  part: { readonly records: number; readonly bytes: number },
  spread: Spread,
): void {
  const isEven = spread === 'even';
  for (const dimension of ['records', 'bytes'] as const) {
    const lower = isEven ? part[dimension] : 0;
    const upper = isEven ? part[dimension] : 1;
    const source = from[dimension];
    const sum = into[dimension];
    for (let step = 0; step < into.known.length; step++) {
      sum.lower[step] += source.lower[step] * lower;
      sum.upper[step] += source.upper[step] * upper;
    }
  }
  for (let step = 0; step < into.known.length; step++) into.known[step] |= from.known[step];
}

export function subtract(from: StepLoads, other: StepLoads): void {
  for (const dimension of ['records', 'bytes'] as const) {
    for (const end of ['lower', 'upper'] as const) {
      const column = from[dimension][end];
      const less = other[dimension][end];
      for (let step = 0; step < column.length; step++) column[step] = Math.max(0, column[step] - less[step]);
    }
  }
  for (let step = 0; step < from.throttled.length; step++)
    from.throttled[step] = Math.max(0, from.throttled[step] - other.throttled[step]);
}
