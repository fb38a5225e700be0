/**
 * From all that was gathered of a stream to what a scenario says of it.
 */
import { uniformRanges, type HashRange } from '../../model/hash-range.ts';
import type { StreamEvidence } from '../../results/evidence/stream-evidence.ts';
import { alikeShards } from './alike-shards.ts';
import type {
  Capture,
  CaptureBasis,
  CapturedShard,
  CapturedSource,
  CapturedStep,
  CapturedStream,
  CaptureOptions,
} from './capture.ts';
import { capturedArrivalsOf } from './captured-arrivals.ts';
import { capturedConsumersOf, capturedProducerOf } from './captured-clients.ts';
import { ASSUMED_KEY_BYTES, capturedKeysOf, keyBitsOf, type ShardKeys } from './captured-keys.ts';
import { capturedSeriesOf, offeredOf, type CapturedSeries } from './captured-series.ts';
import { capturedSizeOf } from './captured-size.ts';
import { foldSteps } from './fold-steps.ts';
import { overlaps } from './range-heirs.ts';
import { sampledTraffic, type SampledShard, type SampledTraffic } from './sampled-traffic.ts';
import { sum } from './shard-series.ts';

/** Steps of all sources together. */
const MOST_STEPS = 240;
/** Of a record where nothing says how large it is. */
const ASSUMED_BYTES = 1024;

interface Captured {
  readonly series: CapturedSeries;
  readonly offered: readonly Float64Array[];
  readonly sample: SampledTraffic | null;
  readonly stream: CapturedStream;
  readonly keys: readonly ShardKeys[];
  readonly seconds: number;
}

/** @throws Refusal (exit 2) where nothing says what was sent */
export function captureOf(evidence: StreamEvidence, options: CaptureOptions): Capture {
  const stream = capturedStreamOf(evidence);
  const { ranges } = stream;
  const sample = evidence.sample === null ? null : sampledTraffic(evidence.sample, evidence.shards, ranges);
  const series = capturedSeriesOf(evidence, ranges, sample);
  const offered = series.shards.map((counts) => offeredOf(counts, options.offered));
  const seconds = series.steps * series.stepSec;
  const bits = keyBitsOf(ranges);
  const keys = ranges.map((range, index) =>
    capturedKeysOf({ index, range, weight: sum(offered[index]) / seconds }, sample?.shards[index], {
      ...{ bits, keepKeys: options.keepKeys, shards: ranges.length },
    }),
  );
  const all: Captured = { series, offered, sample, stream, keys, seconds };
  const folded = groupsOf(all).map((group, n, groups) => sourceOf(all, group, n, groups.length));
  const sources = folded.map(({ source }) => source);
  const peak = sources.reduce(
    (most, { steps }) => most + Math.max(...steps.map((step) => step.recordsPerSec)),
    0,
  );
  return {
    ...{ options, stream, seconds, sources },
    fromMs: series.fromMs,
    toMs: series.toMs,
    consumers: capturedConsumersOf(evidence),
    producer: capturedProducerOf(evidence.metrics, peak),
    shards: shardsOf(evidence, all, sources),
    basis: basisOf(evidence, all, bits, Math.max(...folded.map(({ off }) => off))),
  };
}

function capturedStreamOf({ stream, shards }: StreamEvidence): CapturedStream {
  const open = shards.filter((shard) => shard.open).map(({ range }) => range);
  const count = Math.max(1, open.length || stream.shards);
  const equal = uniformRanges(count);
  const ranges: readonly HashRange[] = open.length === 0 ? equal : open;
  return {
    name: stream.name,
    mode: stream.mode,
    ignoresKeys: stream.ignoresKeys,
    retentionHours: stream.retentionHours,
    maxRecordBytes: stream.maxRecordBytes,
    ranges,
    isEven: ranges.every(({ start }, i) => start === equal[i].start),
  };
}

/** Shards that were not counted by themselves have the shape of the stream: one group. */
function groupsOf({ series, offered, stream }: Captured): number[][] {
  if (series.shares !== 'metrics' && series.shares !== 'mixed') return [stream.ranges.map((_, i) => i)];
  return alikeShards(
    offered.map((records, i) => ({ offered: records, meanBytes: meanBytesOf(series, [i]) })),
  );
}

/** Data and key of a record of these shards; null where nothing was accepted or bytes were not counted. */
function meanBytesOf({ shards }: CapturedSeries, group: readonly number[]): number | null {
  const total = (of: 'accepted' | 'bytes'): number => group.reduce((all, i) => all + sum(shards[i][of]), 0);
  const [records, bytes] = [total('accepted'), total('bytes')];
  return records > 0 && bytes > 0 ? bytes / records : null;
}

/** @param groups of the stream, among which steps are shared out */
function sourceOf(
  all: Captured,
  group: readonly number[],
  n: number,
  groups: number,
): { readonly source: CapturedSource; readonly off: number } {
  const { series, offered, sample, stream, keys } = all;
  const rates = Float64Array.from({ length: series.steps }, (_, step) =>
    group.reduce((rate, i) => rate + offered[i][step] / series.stepSec, 0),
  );
  const { steps, off } = foldSteps(rates, Math.max(1, Math.floor(MOST_STEPS / groups)));
  const sampled = sampledOf(sample, group);
  const listed = group.flatMap((i) => keys[i].listed);
  const tails = group.flatMap((i) => keys[i].tail ?? []);
  const source: CapturedSource = {
    name: groups === 1 ? stream.name.slice(0, 100) : `shards-${n + 1}`,
    shards: group,
    steps: steps.map(({ from, to, mean }): CapturedStep => ({
      seconds: (to - from) * series.stepSec,
      recordsPerSec: mean,
    })),
    arrivals: capturedArrivalsOf(sampled) ?? capturedArrivalsOf(sampledOf(sample)) ?? { kind: 'poisson' },
    size: capturedSizeOf(
      meanBytesOf(series, group) ?? sampleMean(sampledOf(sample)) ?? ASSUMED_BYTES,
      weighedKeyBytes([...listed, ...tails]),
      sampled.length > 0 ? sampled : sampledOf(sample),
      stream.maxRecordBytes,
    ),
    keys: listed,
    tails,
  };
  return { source, off };
}

function sampledOf(sample: SampledTraffic | null, group?: readonly number[]): SampledShard[] {
  const shards = group === undefined ? sample?.shards : group.map((i) => sample?.shards[i]);
  return (shards ?? []).filter((shard) => shard !== undefined && shard.records > 0) as SampledShard[];
}

function sampleMean(sampled: readonly SampledShard[]): number | null {
  const records = sum(sampled.map((shard) => shard.records));
  return records > 0 ? sum(sampled.map((shard) => shard.bytes)) / records : null;
}

function weighedKeyBytes(keys: readonly { readonly bytes: number; readonly weight: number }[]): number {
  const weight = sum(keys.map((key) => key.weight));
  return weight > 0 ? sum(keys.map((key) => key.bytes * key.weight)) / weight : ASSUMED_KEY_BYTES;
}

function shardsOf(
  { shards }: StreamEvidence,
  all: Captured,
  sources: readonly CapturedSource[],
): CapturedShard[] {
  const { series, offered, stream, seconds } = all;
  const open = shards.filter((shard) => shard.open);
  const off = worstOffs(all, sources);
  return stream.ranges.map((_, i) => ({
    shardId: open.at(i)?.shardId ?? '-',
    acceptedPerSec: sum(series.shards[i].accepted) / seconds,
    throttledPerSec: sum(series.shards[i].throttled) / seconds,
    offeredPerSec: sum(offered[i]) / seconds,
    meanBytes: meanBytesOf(series, [i]),
    worstOff: off[i],
    from: series.shards[i].from,
  }));
}

/** How far the scenario is from what was measured, by shard in its worst step: shares in a source never change. */
function worstOffs({ series, offered }: Captured, sources: readonly CapturedSource[]): Float64Array {
  const off = new Float64Array(offered.length);
  for (const { shards, steps } of sources) {
    const total = sum(shards.map((i) => sum(offered[i])));
    const rates = steps.flatMap(({ seconds, recordsPerSec }) =>
      Array.from({ length: Math.round(seconds / series.stepSec) }, () => recordsPerSec),
    );
    for (const i of shards) {
      const part = total > 0 ? sum(offered[i]) / total : 0;
      rates.forEach((rate, step) => {
        off[i] = Math.max(off[i], Math.abs(rate * part - offered[i][step] / series.stepSec));
      });
    }
  }
  return off;
}

function basisOf(evidence: StreamEvidence, all: Captured, keyBits: number, foldedOff: number): CaptureBasis {
  const { series, sample, keys, stream } = all;
  const sampled = sampledOf(sample);
  const hasBytes =
    meanBytesOf(
      series,
      stream.ranges.map((_, i) => i),
    ) !== null;
  const hidden = keys.some(({ listed }) => listed.some(({ name }) => name === undefined));
  return {
    ...{ rates: series.rates, shares: series.shares, isThrottlingGuessed: series.isThrottlingGuessed },
    ...{ steps: series.steps, stepSec: series.stepSec },
    ...{ emptySteps: series.emptySteps, incompleteSteps: series.incompleteSteps },
    keys: sampled.some(({ userRecords }) => userRecords > 0) ? 'sample' : 'none',
    arrivals: capturedArrivalsOf(sampled) === undefined ? 'none' : 'sample',
    sizes: sampled.length > 0 ? 'sample' : hasBytes ? 'metrics' : 'none',
    keyBits: hidden ? keyBits : 0,
    sampledRecords: sum(sampled.map(({ records }) => Math.round(records))),
    sampledShards: sampled.length,
    placedElsewhere: sample?.placedElsewhere ?? 0,
    distinctKeys:
      sampled.length === 0 ? null : sum(sampled.map(({ distinctKeys }) => Math.round(distinctKeys))),
    foldedOff,
    isLayoutGuessed: !evidence.shards.some(({ open }) => open),
    ...inheritanceOf(evidence, all),
  };
}

/** Closed shards that something was counted or read of, and how those with several heirs were shared out. */
function inheritanceOf(
  { shards, metrics, sample: read }: StreamEvidence,
  { sample, stream }: Captured,
): Pick<CaptureBasis, 'wasResharded' | 'inherited'> {
  const readOf = new Set(read?.shards.flatMap(({ shardId, records }) => (records > 0 ? [shardId] : [])));
  const closed = shards.filter(
    ({ shardId, open }) => !open && (metrics?.shards.has(shardId) === true || readOf.has(shardId)),
  );
  const shared = closed.filter(({ range }) => overlaps(range, stream.ranges).length > 1);
  const byKeys = shared.filter(({ shardId }) => sample?.keysRead.has(shardId)).length;
  return { wasResharded: closed.length > 0, inherited: { byKeys, byWidth: shared.length - byKeys } };
}
