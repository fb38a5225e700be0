/**
 * The load over hash range and time: the hash space cut into bands along the open shards, the window into columns.
 */
import { formatHashKey } from '../../model/hash-key.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { MinuteSeries } from '../../results/evidence/minute-series.ts';
import type { HeatMap } from '../../results/diagnosis-document.ts';
import type { StepLoads } from '../evidence/step-loads.ts';

/** More of either do not help a reader, and make documents of large streams long. */
const MOST_BANDS = 64;
const MOST_COLUMNS = 60;

/** Collects the heat, shard by shard. */
export class HeatSums {
  readonly #open: readonly EvidenceShard[];
  readonly #metrics: MinuteSeries;
  readonly #perBand: number;
  readonly #perColumn: number;
  readonly #bands: number;
  readonly #columns: number;
  readonly #utilization: Float64Array;
  readonly #throttled: Float64Array;

  /** @param open shards in ascending order of hash key */
  constructor(open: readonly EvidenceShard[], metrics: MinuteSeries) {
    this.#open = open;
    this.#metrics = metrics;
    this.#perBand = Math.ceil(open.length / MOST_BANDS);
    this.#perColumn = Math.max(1, Math.ceil(metrics.count / MOST_COLUMNS));
    this.#bands = Math.ceil(open.length / Math.max(1, this.#perBand));
    this.#columns = Math.ceil(metrics.count / this.#perColumn);
    this.#utilization = new Float64Array(this.#bands * this.#columns).fill(-1);
    this.#throttled = new Float64Array(this.#bands * this.#columns);
  }

  /**
   * A shard that is closed counts for every band that it reached into; what it throttled, for the first of them.
   * @param lower its load over the limit, by step
   */
  add(shard: EvidenceShard, { throttled, known }: StepLoads, lower: Float64Array): void {
    const { from, to } = this.#bandsOf(shard);
    const perColumn = this.#perColumn;
    for (let column = 0; column < this.#columns; column++) {
      const end = Math.min(known.length, (column + 1) * perColumn);
      let most = -1;
      let refused = 0;
      for (let step = column * perColumn; step < end; step++) {
        if (known[step] === 0) continue;
        if (lower[step] > most) most = lower[step];
        refused += throttled[step];
      }
      this.#throttled[from * this.#columns + column] += refused * this.#metrics.secPerStep;
      for (let band = from; band <= to; band++) {
        const cell = band * this.#columns + column;
        if (most > this.#utilization[cell]) this.#utilization[cell] = most;
      }
    }
  }

  #bandsOf({ range }: EvidenceShard): { from: number; to: number } {
    const first = this.#holding(range.start);
    const last = this.#holding(range.end);
    return { from: Math.floor(first / this.#perBand), to: Math.floor(last / this.#perBand) };
  }

  /** Number of the open shard whose range a hash key is in. */
  #holding(hashKey: bigint): number {
    let [low, high] = [0, this.#open.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#open[middle].range.end < hashKey) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Bands from the lowest hash keys up. */
  read(): HeatMap {
    const cells = (of: Float64Array, band: number): number[] =>
      Array.from(of.subarray(band * this.#columns, (band + 1) * this.#columns));
    return {
      fromMs: this.#metrics.startMs,
      columnMs: this.#metrics.stepMs * this.#perColumn,
      columns: this.#columns,
      bands: Array.from({ length: this.#bands }, (_, band) => {
        const shards = this.#open.slice(band * this.#perBand, (band + 1) * this.#perBand);
        return {
          startingHashKey: formatHashKey(shards[0].range.start),
          endingHashKey: formatHashKey(shards[shards.length - 1].range.end),
          shards: shards.length,
          ...(shards.length === 1 ? { shardId: shards[0].shardId } : {}),
          utilization: cells(this.#utilization, band).map((value) =>
            value < 0 ? null : Math.round(value * 1e4) / 1e4,
          ),
          throttled: cells(this.#throttled, band).map(Math.round),
        };
      }),
    };
  }
}
