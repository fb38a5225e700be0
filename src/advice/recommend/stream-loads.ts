/**
 * What each open shard was offered in every complete step of the evidence, between two ends, with the load of the closed
 * shards that it comes from. One shard at a time: of 10,000 shards and a week no two are held at once.
 */
import type { HashRange } from '../../model/hash-range.ts';
import { shareOf } from '../../model/hash-range.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';
import type { Column, MinuteSeries, ShardMetric } from '../../results/evidence/minute-series.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import {
  columnsOfShard,
  fillStepLoads,
  roomForSteps,
  type LoadColumns,
  type StepLoads,
} from '../evidence/step-loads.ts';
import { keysOfRun, keysOfSample, shareWithin, type ShardKeys } from './key-shares.ts';
import { sampledShares, type SampledShare, type SampledShares, type Share } from './sampled-shares.ts';
import { addPart, addShare, ALL, ratesAt, subtract, type Spread } from './step-shares.ts';
import { lineageOf, type Inheritance } from './shard-lineage.ts';

/** Streams' sums and shards' sums differ by so much where all shards are known: minutes end at other moments. */
const ROUNDING = 0.02;

export class StreamLoads {
  /** Open ones in the order of their ranges. */
  readonly shards: readonly EvidenceShard[];
  /** Complete steps. */
  readonly steps: number;
  readonly secPerStep: number;
  /** Keys of the shards that enough records were read of, closed ones too, or that a run counted. */
  readonly keys: ReadonlyMap<string, ShardKeys>;
  readonly #evidence: StreamEvidence;
  readonly #series: MinuteSeries;
  readonly #lineage: readonly (readonly Inheritance[])[];
  readonly #columns: readonly (LoadColumns | undefined)[];
  /** Load of the stream that no shard with metrics has; undefined where all are known. */
  readonly #rest: StepLoads | undefined;
  readonly #restWidth: number;
  readonly #scratch: StepLoads;
  /** What records tell of the shards that have no metrics. */
  readonly sampled: SampledShares | undefined;

  /** @param sampled as found in the whole series, for a part of it */
  constructor(evidence: StreamEvidence, series: MinuteSeries, sampled?: SampledShares) {
    this.#evidence = evidence;
    this.#series = series;
    this.shards = evidence.shards.filter(({ open }) => open);
    this.steps = Math.min(series.complete, series.count);
    this.secPerStep = series.secPerStep;
    const ranges = new Map(evidence.shards.map(({ shardId, range }) => [shardId, range]));
    this.keys = new Map([
      ...keysOfRun(evidence.run, this.shards),
      ...keysOfSample(evidence.sample, (shardId) => ranges.get(shardId)),
    ]);
    this.#lineage = lineageOf(evidence.shards);
    this.#columns = this.shards.map(({ shardId }) => columnsOfShard(series, shardId));
    this.#scratch = roomForSteps(this.steps);
    const unknown = this.shards.filter((_, i) => this.#isUnknown(i));
    this.#rest = unknown.length === 0 ? undefined : this.#restOf(evidence, series);
    const rest = this.#rest;
    this.sampled =
      sampled ??
      (rest === undefined
        ? undefined
        : sampledShares(
            evidence.sample,
            unknown.map(({ shardId }) => shardId),
            (fromMs) => ratesAt(rest, series, fromMs),
          ));
    this.#restWidth = unknown
      .filter(({ shardId }) => this.sampled?.shards.has(shardId) !== true)
      .reduce((sum, { range }) => sum + shareOf(range), 0);
  }

  /** Whether some shards have no metrics of their own nor were read, and a load that only the stream's metrics show. */
  get hasUnknownShards(): boolean {
    return this.#rest !== undefined && this.#restWidth > 0;
  }

  /** What a shard's load is known by: its own metrics, records that were read of it, or the stream's metrics alone. */
  basisOf(shard: number): 'metrics' | 'sample' | 'stream' {
    if (this.#rest === undefined || !this.#isUnknown(shard)) return 'metrics';
    return this.#sampledShare(shard) === undefined ? 'stream' : 'sample';
  }

  /** Whether there is nothing at all to tell a load by. */
  get isBlind(): boolean {
    const { stream, shards } = this.#series;
    return stream.IncomingBytes === undefined && stream.IncomingRecords === undefined && shards.size === 0;
  }

  /** Whether a part of what a shard is said to carry may be another's. */
  isVague(shard: number): boolean {
    return this.#isUnknown(shard) ? this.#rest !== undefined : this.#vague(shard).length > 0;
  }

  /** Whether the vague part of a shard's load is that of closed shards. */
  hasVagueParents(shard: number): boolean {
    return this.#vague(shard).length > 0;
  }

  /** The same loads in some of the steps alone. */
  at(steps: readonly number[]): StreamLoads {
    return new StreamLoads(this.#evidence, onlySteps(this.#series, steps), this.sampled);
  }

  room(): StepLoads {
    return roomForSteps(this.steps);
  }

  /**
   * The load of open shard number `shard`, per second; `throttled` is that of its own name only, and of a shard that was
   * read while it was at its limit, all that the stream throttled.
   */
  fill(shard: number, into: StepLoads, spread: Spread): void {
    const columns = this.#columns[shard];
    fillStepLoads(columns ?? NOTHING, this.secPerStep, into);
    if (columns === undefined && this.#rest !== undefined && this.#isUnknown(shard)) {
      const share = this.#sampledShare(shard) ?? this.#shareOfOthers(shard, spread);
      addShare(this.#rest, into, share, spread);
    }
    for (const { from, part } of this.#lineage[shard]) {
      const inherited = columnsOfShard(this.#series, from.shardId);
      if (inherited === undefined) continue;
      fillStepLoads(inherited, this.secPerStep, this.#scratch);
      const keys = this.keys.get(from.shardId);
      const share =
        keys === undefined
          ? { records: part, bytes: part }
          : shareWithin(keys, overlapOf(from.range, this.shards[shard].range));
      addPart(this.#scratch, into, share, part === 1 || keys !== undefined ? 'even' : spread);
    }
  }

  #sampledShare(shard: number): SampledShare | undefined {
    return this.sampled?.shards.get(this.shards[shard].shardId);
  }

  /** Of a shard that nothing is known of: between nothing and all that the known ones leave, evenly by its width. */
  #shareOfOthers(shard: number, spread: Spread): SampledShare {
    const width = shareOf(this.shards[shard].range) / this.#restWidth;
    const of = ({ planned, upper }: Share): Share =>
      spread === 'even'
        ? { lower: planned * width, planned: planned * width, upper: planned * width }
        : { lower: 0, planned: planned * width, upper };
    const { retried, fresh } = this.sampled?.others ?? ALL;
    return {
      retried: { records: of(retried.records), bytes: of(retried.bytes) },
      fresh: { records: of(fresh.records), bytes: of(fresh.bytes) },
      isFull: false,
    };
  }

  /** Closed ancestors that have metrics, of which an unknown part is this shard's. */
  #vague(shard: number): readonly Inheritance[] {
    return this.#lineage[shard].filter(
      ({ from, part }) =>
        part < 1 && !this.keys.has(from.shardId) && columnsOfShard(this.#series, from.shardId) !== undefined,
    );
  }

  /** Neither it nor a shard that it comes from has metrics. */
  #isUnknown(shard: number): boolean {
    return (
      this.#columns[shard] === undefined &&
      !this.#lineage[shard].some(({ from }) => columnsOfShard(this.#series, from.shardId) !== undefined)
    );
  }

  /** What is left of the stream's load; undefined where that is nothing, for shards that carry nothing have no metrics. */
  #restOf({ shards, stream }: StreamEvidence, series: MinuteSeries): StepLoads | undefined {
    const rest = this.room();
    const of = series.stream;
    const columns = {
      incomingRecords: of.IncomingRecords,
      incomingBytes: of.IncomingBytes,
      throttled: of.WriteProvisionedThroughputExceeded,
    };
    if (columns.incomingRecords === undefined && columns.incomingBytes === undefined) return undefined;
    fillStepLoads(columns, this.secPerStep, rest, this.shards.length);
    const all = { records: sumOf(rest.records.upper), bytes: sumOf(rest.bytes.upper) };
    for (const { shardId } of shards) {
      const known = columnsOfShard(series, shardId);
      if (known === undefined) continue;
      fillStepLoads(known, this.secPerStep, this.#scratch);
      subtract(rest, this.#scratch);
    }
    const isOn =
      stream.shardMetrics.includes('ALL') ||
      ['IncomingBytes', 'IncomingRecords'].every((metric) => stream.shardMetrics.includes(metric));
    const isSmall =
      sumOf(rest.records.upper) <= ROUNDING * all.records && sumOf(rest.bytes.upper) <= ROUNDING * all.bytes;
    return isOn && isSmall ? undefined : rest;
  }
}

/** Steps of a series that lie apart, as if they were all that there is. */
function onlySteps(series: MinuteSeries, steps: readonly number[]): MinuteSeries {
  const { stream, shards } = series;
  const of = (column: Column | undefined): Column | undefined =>
    column === undefined ? undefined : Float64Array.from(steps, (step) => column[step]);
  const three = (columns: Readonly<Partial<Record<ShardMetric, Column>>>): typeof columns =>
    Object.fromEntries(
      WRITES.flatMap((metric) => {
        const column = of(columns[metric]);
        return column === undefined ? [] : [[metric, column]];
      }),
    );
  return {
    ...series,
    count: steps.length,
    complete: steps.length,
    stream: three(stream),
    shards: new Map([...shards].map(([shardId, columns]) => [shardId, three(columns)])),
    fanOut: new Map(),
  };
}

const WRITES = ['IncomingRecords', 'IncomingBytes', 'WriteProvisionedThroughputExceeded'] as const;

const NOTHING: LoadColumns = { incomingRecords: undefined, incomingBytes: undefined, throttled: undefined };

function overlapOf(a: HashRange, b: HashRange): HashRange {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}

function sumOf(column: Float64Array): number {
  let sum = 0;
  for (const value of column) sum += value;
  return sum;
}
