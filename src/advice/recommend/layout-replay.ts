/**
 * Both layouts under the same load, second by second through the buckets of their shards, in the worst hours of the
 * evidence (of one shard, and of the stream): no layout is offered that throttles more.
 *
 * The load is the upper end of what is known. A tenth of the seconds (fewer where bursts are higher) of each minute carry
 * it times the burst factor, the others the rest, so that every minute adds up; within a second it flows evenly. Buckets
 * hold a second of refill, start full, and a record takes from both or neither (interface 5), all as real numbers.
 */
import { LIMITS } from '../../model/limits.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { LayoutReplay, PlanningRules } from '../../results/recommendation-document.ts';
import { joinedByShard } from './layout-forecast.ts';
import { gapsOf, measuredThrottling } from './measured-throttling.ts';
import type { Census } from './shard-census.ts';
import type { StreamLoads } from './stream-loads.ts';
import type { TargetLayout } from './target-layout.ts';

/** Minutes on either side of the worst. */
const AROUND = 30;
/** Seconds played per step; a longer step of coarser metrics is as even as its minutes are taken to be. */
const SECONDS = 60;
const BURST_SECONDS = 6;

export function replayLayouts(
  target: TargetLayout,
  loads: StreamLoads,
  census: Census,
  burst: PlanningRules['burstFactor'],
  series: MinuteSeries,
): Omit<LayoutReplay, 'fromMs'> & { readonly fromStep: number } {
  const played = stepsToPlay(census);
  const count = played.length;
  const { pieces, firsts } = target;
  const narrowed = loads.at(played);
  const room = narrowed.room();
  const sum = { records: new Float64Array(count), bytes: new Float64Array(count) };
  let [offered, before, after] = [0, 0, 0];
  firsts.forEach((first, i) => {
    sum.records.fill(0);
    sum.bytes.fill(0);
    const parts = joinedByShard(pieces.slice(first, firsts[i + 1] ?? pieces.length));
    let ofThese = 0;
    for (const { shard, records, bytes } of parts) {
      narrowed.fill(shard, room, 'even');
      // A shard that is cut is played whole, once for each part in turn, and counts as much as the part of it.
      const own = {
        records: room.records.upper,
        bytes: room.bytes.upper,
      };
      const whole = playShard(own, burst);
      ofThese += whole.throttled * records;
      offered += whole.offered * records;
      for (let step = 0; step < count; step++) {
        sum.records[step] += own.records[step] * records;
        sum.bytes[step] += own.bytes[step] * bytes;
      }
    }
    before += ofThese;
    const isKept = parts.length === 1 && parts[0].records === 1;
    after += isKept ? ofThese : playShard(sum, burst).throttled;
  });
  const measured = measuredThrottling(series, played);
  return {
    ...{ fromStep: played[0] ?? 0, steps: count, offered, measured },
    ...{ throttledBefore: before, throttledAfter: after },
    gaps: offered > 0 ? gapsOf(measured, before / offered, loads, burst) : [],
  };
}

interface Rates {
  /** By step, per second. */
  readonly records: Float64Array;
  readonly bytes: Float64Array;
}

/** Records that one shard is offered and refuses. */
export function playShard(
  rates: Rates,
  burst: { readonly records: number; readonly bytes: number },
): { readonly offered: number; readonly throttled: number } {
  const factor = Math.max(burst.records, burst.bytes);
  const busy = Math.max(1, Math.min(BURST_SECONDS, Math.floor(SECONDS / factor)));
  const high = Math.min(factor, SECONDS / busy);
  const low = (SECONDS - busy * high) / (SECONDS - busy);
  const buckets = new FluidShard();
  let [offered, throttled] = [0, 0];
  for (let step = 0; step < rates.records.length; step++) {
    const records = rates.records[step];
    const bytes = rates.bytes[step];
    offered += records * SECONDS;
    if (buckets.restsAt(records * high, bytes * high)) continue;
    for (let second = 0; second < SECONDS; second++) {
      const times = second < busy ? high : low;
      throttled += buckets.second(records * times, bytes * times);
    }
  }
  return { offered, throttled };
}

/** The two buckets of one shard. */
class FluidShard {
  #records: number = LIMITS.writeRecordBurst.value;
  #bytes: number = LIMITS.writeByteBurst.value;

  /** Whether both are full and stay so: nothing happens then. */
  restsAt(records: number, bytes: number): boolean {
    return (
      this.#records === LIMITS.writeRecordBurst.value &&
      this.#bytes === LIMITS.writeByteBurst.value &&
      records <= LIMITS.writeRecordsPerSec.value &&
      bytes <= LIMITS.writeBytesPerSec.value
    );
  }

  /** Records refused in a second in which so many flow in. */
  second(records: number, bytes: number): number {
    const roomRecords = this.#records + LIMITS.writeRecordsPerSec.value;
    const roomBytes = this.#bytes + LIMITS.writeBytesPerSec.value;
    const part = Math.min(1, records > 0 ? roomRecords / records : 1, bytes > 0 ? roomBytes / bytes : 1);
    this.#records = Math.min(LIMITS.writeRecordBurst.value, Math.max(0, roomRecords - records * part));
    this.#bytes = Math.min(LIMITS.writeByteBurst.value, Math.max(0, roomBytes - bytes * part));
    return records * (1 - part);
  }
}

/** Those around the fullest shard's worst step, and around the whole stream's. */
function stepsToPlay({ worst, total }: Census): number[] {
  const chosen = new Set<number>();
  for (const at of [worstStep(worst), worstStep(total.records), worstStep(total.bytes)])
    for (let step = Math.max(0, at - AROUND); step < Math.min(worst.length, at + AROUND); step++)
      chosen.add(step);
  return [...chosen].sort((a, b) => a - b);
}

function worstStep(column: Float64Array): number {
  let at = 0;
  for (let step = 1; step < column.length; step++) if (column[step] > column[at]) at = step;
  return at;
}
