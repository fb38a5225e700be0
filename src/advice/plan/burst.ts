/**
 * Bursts against the buckets: a shard that starts with full ones takes burst + refill × time, in records and in bytes,
 * and no more. (math.md 2.5)
 */
import { LIMITS } from '../../model/limits.ts';
import { formatBytes, formatNumber } from '../../model/quantity.ts';
import type { Constraint } from '../../results/plan-result.ts';
import { keyLoadsOf, type KeyLoads, type TrafficPart } from '../placement/key-loads.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { BurstWindow } from './burst-window.ts';
import { derivedInput, headroomInput, limitInput } from './constraint-inputs.ts';
import { division, perSec, timeOf } from './constraints.ts';
import type { PlanInput } from './plan-input.ts';
import { hottestText, keyText } from './rule-text.ts';
import type { Bound } from './shard-counts.ts';
import { countsFromAll, countsOfRule, factorOfAll, type PlanKeys, type RuleCounts } from './shard-rule.ts';
import { paddedDataBytesOf, writtenBytesOf } from './written-bytes.ts';

const SOURCE =
  'token bucket: P × d <= burst + refill × d; developer guide, Large records, and the KPL limiter';

export function burst(input: PlanInput, keys: PlanKeys | undefined): Bound {
  if (input.bursts.length === 0) {
    const formula = 'not evaluated: without --burst';
    return { constraint: { name: 'burst', shards: null, evaluated: false, formula } };
  }
  const judged = input.bursts.map((window) => judge(window, input, keys));
  const worst = judged.reduce((most, one) => (askOf(one) > askOf(most) ? one : most));
  return {
    constraint: {
      name: 'burst',
      shards: worst.counts.shards,
      evaluated: true,
      formula: formulaOf(worst, input.headroom),
      inputs: inputsOf(worst, input),
      source: SOURCE,
    },
    factorFor: factorOfAll(judged.map(({ counts }) => counts)),
    countsFrom: countsFromAll(judged.map(({ counts }) => counts)),
    even: Math.max(...judged.map((one) => one.counts.even)),
    shardLimits: judged.map((one) => one.counts.limit),
    remedies: remediesOf(worst, input),
    assumptions: worst.window.kind === 'chance' ? [] : [bucketAssumption(worst)],
  };
}

interface Judged {
  readonly window: BurstWindow;
  /** All that is sent in it. */
  readonly load: PerDimension;
  /** What one shard takes in it, before headroom. */
  readonly takes: PerDimension;
  readonly counts: RuleCounts;
}

function judge(window: BurstWindow, input: PlanInput, keys: PlanKeys | undefined): Judged {
  const { sources, maxRecordBytes, headroom } = input;
  const { lengthSec, peakSeconds } = window;
  const load = { records: 0, bytes: 0 };
  sources.forEach((source, i) => {
    const records = source.recordsPerSec * peakSeconds[i];
    load.records += records;
    load.bytes += records * writtenBytesOf(source);
  });
  const takes = {
    records: LIMITS.writeRecordBurst.value + LIMITS.writeRecordsPerSec.value * lengthSec,
    bytes: Math.max(LIMITS.writeByteBurst.value, maxRecordBytes) + LIMITS.writeBytesPerSec.value * lengthSec,
  };
  const isProportional = peakSeconds.every((one) => Math.abs(one - peakSeconds[0]) <= 1e-12 * one);
  const rule = {
    load,
    limit: takes,
    scale: isProportional ? peakSeconds[0] : 1,
    loads: isProportional || keys === undefined ? undefined : loadsWithin(window, input),
  };
  const counts = countsOfRule(rule, keys, headroom);
  if (isProportional) return { window, load, takes, counts };
  // Some keys burst more than others: a limit for all of them is one for the worst.
  const most = Math.max(...peakSeconds);
  const limit = { records: counts.limit.records / most, bytes: counts.limit.bytes / most };
  return { window, load, takes, counts: { ...counts, limit } };
}

/** What each key carries within the window: its records and bytes, not per second. */
function loadsWithin(
  { peakSeconds }: BurstWindow,
  { sources, placementSeed }: PlanInput,
): KeyLoads | undefined {
  const parts: TrafficPart[] = [];
  for (const [i, source] of sources.entries()) {
    const { keys, recordsPerSec, keyBytes, equalKeyBytes } = source;
    if (keys === undefined) return undefined;
    parts.push({
      keys,
      recordsPerSec: recordsPerSec * peakSeconds[i],
      dataBytes: paddedDataBytesOf(source),
      keyBytes: equalKeyBytes ? keyBytes : undefined,
    });
  }
  return keyLoadsOf(parts, placementSeed);
}

function askOf({ counts }: Judged): number {
  return counts.shards ?? Infinity;
}

/** `20,000/s × 2s = 40,000 ÷ (3,000 × 80 %) = 16.7; full buckets take 3,000 in 2s`. */
function formulaOf({ window, load, takes, counts }: Judged, headroom: number): string {
  const length = timeOf(window.lengthSec);
  const inRecords = load.records / takes.records >= load.bytes / takes.bytes;
  const [amount, limit, format] = inRecords
    ? ([load.records, takes.records, formatNumber] as const)
    : ([load.bytes, takes.bytes, formatBytes] as const);
  const rate = inRecords ? perSec(amount / window.lengthSec) : `${formatBytes(amount / window.lengthSec)}/s`;
  const what =
    window.kind === 'chance' ? 'by chance, in all but one second of a million: ' : `${rate} × ${length} = `;
  return `${what}${division(amount, limit, headroom, format)}${hottestText(counts)}; full buckets take ${format(limit)} in ${length}`;
}

function bucketAssumption({ window }: Judged): NonNullable<Bound['assumptions']>[number] {
  const often =
    window.everySec === undefined
      ? 'Bursts are so rare that the buckets are full again before the next'
      : `Bursts come every ${timeOf(window.everySec)}, which fills the buckets again`;
  return {
    text:
      `${often}, and a full bucket holds ${formatNumber(LIMITS.writeRecordBurst.value)} records and 1 MiB (or the largest ` +
      'record): AWS describes bursts up to 10 MiB and promises none.',
    doubt: 'high',
  };
}

function remediesOf({ window, counts }: Judged, input: PlanInput): string[] {
  if (counts.tooHeavy === undefined) return [];
  const { records, bytes } = counts.tooHeavy;
  return [
    `${keyText(counts.tooHeavy, input)} alone brings ${formatNumber(records)} records (${formatBytes(bytes)}) in ` +
      `${timeOf(window.lengthSec)}, more than full buckets take: spread the burst over a longer time at the producer, or ` +
      'cut the key into several.',
  ];
}

function inputsOf({ window, load, takes }: Judged, input: PlanInput): Constraint['inputs'] {
  return [
    {
      name: 'records of a burst',
      value: load.records,
      unit: 'records',
      origin: input.origins.burst,
    },
    derivedInput('bytes of a burst', load.bytes, 'B'),
    { name: 'length of a burst', value: window.lengthSec, unit: 's', origin: input.origins.burst },
    limitInput('full bucket of records', LIMITS.writeRecordBurst),
    derivedInput(
      'full bucket of bytes',
      Math.max(LIMITS.writeByteBurst.value, input.maxRecordBytes),
      'B per shard',
    ),
    derivedInput('a shard takes', takes.records, 'records'),
    derivedInput('a shard takes', takes.bytes, 'B'),
    headroomInput(input),
  ];
}
