/**
 * A load as it stands while it goes on, as if it ended now: records whose reply is still to come are unknown, because
 * whoever reads this may never learn of it.
 */
import type { TimedReading } from './count-tally.ts';
import { LoadMeter } from './load-meter.ts';
import { WINDOW_SEC } from './sliding-sums.ts';
import { playLoads, readSteps } from './trace-player.ts';
import type { OutcomeCounts } from './outcome-counts.ts';

/** A tally of single records. */
export interface CountedLoad extends TimedReading {
  readonly shards: OutcomeCounts;
  readonly keys: OutcomeCounts;
  readonly load: LoadMeter;
}

/**
 * The tally itself goes on unchanged.
 * @param countedSec whole seconds that are over
 * @param z standard deviations that a finding must stand above counting noise
 */
export function unfinishedLoad(tally: CountedLoad, countedSec: number, z: number): CountedLoad {
  const { sketch, shardOfKey, series, requests, isPacked, kinesisRecords, ignoresKeys } = tally;
  const load = judgedSoFar(tally, countedSec, z);
  const { response, service, queue, stays, openedUs, closedUs, usedClosed } = tally;
  return {
    ...{ sketch, shardOfKey, load, series, requests, isPacked, kinesisRecords, response, service, queue },
    ...(ignoresKeys === undefined ? {} : { ignoresKeys }),
    ...(stays && { stays }),
    ...(openedUs && { openedUs }),
    ...(closedUs && { closedUs }),
    ...(usedClosed && { usedClosed }),
    shards: withoutOpen(tally.shards),
    keys: withoutOpen(tally.keys),
  };
}

/** Before the first whole window the seconds that there are make one. */
function judgedSoFar(
  { load, shards, sketch, shardOfKey }: CountedLoad,
  countedSec: number,
  z: number,
): LoadMeter {
  const steps = load.trace && readSteps(load.trace.saved);
  if (countedSec >= WINDOW_SEC || steps === undefined || 'damaged' in steps) return load;
  const soFar = new LoadMeter(shards.rows, sketch, shardOfKey, countedSec, z);
  const stepSec = load.trace?.stepSec ?? 1;
  playLoads(soFar, sketch, [{ stepSec, steps: steps.filter(({ step }) => step * stepSec < countedSec) }]);
  soFar.finish(countedSec);
  return soFar;
}

function withoutOpen(counts: OutcomeCounts): OutcomeCounts {
  const copy = counts.copy();
  copy.loseOpen();
  return copy;
}
