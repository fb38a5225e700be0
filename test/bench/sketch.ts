/**
 * The key sketch under load: records per CPU-second, and its bounds held against exact counts of planted keys.
 */
import { NameSketch } from '../../src/results/sample/name-sketch.ts';

/** Planted keys: key i has every 2^(i + 4)-th record. */
const PLANTED = 8;
const RECORD_BYTES = 200;
/** Places that a sample of one shard has. */
const PLACES = 8192;

export interface Sketched {
  readonly cpuMs: number;
  /** Of different keys, true and estimated. */
  readonly distinct: number;
  readonly estimate: number;
  readonly error: number;
  /** Planted keys whose true counts are outside of their bounds, or that are missing though heavier than the bound. */
  readonly broken: number;
  /** Records that a key that is not held may have at most, and what is promised: 2 W / places. */
  readonly unheld: number;
  readonly promised: number;
}

/** Feeds `records` records, all keys but the planted ones different, and takes the time of the sketch alone. */
export function sketchKeys(records: number): Sketched {
  const sketch = new NameSketch(PLACES);
  const truth = new Float64Array(PLANTED);
  const block = new Array<string>(65_536);
  let cpuMs = 0;
  let distinct = 0;
  for (let from = 0; from < records; from += block.length) {
    const count = Math.min(block.length, records - from);
    for (let i = 0; i < count; i++) {
      const planted = plantedAt(from + i);
      if (planted < PLANTED) truth[planted]++;
      else distinct++;
      block[i] = planted < PLANTED ? `planted-${planted}` : nameOf(from + i);
    }
    const start = process.cpuUsage();
    for (let i = 0; i < count; i++) sketch.add(block[i], RECORD_BYTES);
    const { user, system } = process.cpuUsage(start);
    cpuMs += (user + system) / 1000;
  }
  return { cpuMs, ...judged(sketch, truth), distinct: distinct + seen(truth) };
}

/** Position of the lowest set bit above bit 3: half of the records of one are those of the next. */
function plantedAt(i: number): number {
  return (i & 15) === 7 ? 31 - Math.clz32((i >>> 4) & -(i >>> 4)) : PLANTED;
}

/** Sixteen characters, as an identifier has. */
function nameOf(i: number): string {
  return `dev-${(i + 1e11).toString(10)}`.padEnd(16, '0');
}

function seen(truth: Float64Array): number {
  return truth.filter((records) => records > 0).length;
}

function judged(sketch: NameSketch, truth: Float64Array): Omit<Sketched, 'cpuMs' | 'distinct'> {
  const held = new Map(sketch.held().map((name) => [name.key, name]));
  const { records: unheld } = sketch.unheldAtMost;
  const promised = (2 * sketch.records) / sketch.places;
  let broken = unheld > promised ? 1 : 0;
  truth.forEach((records, i) => {
    const name = held.get(`planted-${i}`);
    const bytes = records * RECORD_BYTES;
    if (name === undefined) broken += records > unheld ? 1 : 0;
    else if (name.atLeast.records > records || name.atMost.records < records) broken++;
    else if (name.atLeast.bytes > bytes || name.atMost.bytes < bytes) broken++;
  });
  return { ...sketch.distinctKeys(), broken, unheld, promised };
}
