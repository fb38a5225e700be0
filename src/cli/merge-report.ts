/**
 * The report of a load that several machines sent, made of theirs.
 */
import { noiseMargin } from '../advice/verdict.ts';
import { hashKeyOf, parseHashKey } from '../model/hash-key.ts';
import type { Shard, ShardMap } from '../model/shard-map.ts';
import { isGeneratorValid } from '../results/generator-validity.ts';
import type { LatencyHistogram } from '../results/latency.ts';
import { isFarApart, type MergedInfo, type MergedWorker } from '../results/merged-info.ts';
import type { GeneratorInfo, Partiality, ReportDocument, ShardRow } from '../results/report-document.ts';
import { mergeWorkers, type MergedLoad } from '../results/worker-merge.ts';
import { FailureLog } from '../run/send/failure-log.ts';
import { countedReport } from './load-report.ts';
import type { MergeInputs, MergePart } from './merge-inputs.ts';
import { mergedConsumers } from './merge-reading.ts';

/** @param thresholds beside those of the parts */
export function mergedReport(inputs: MergeInputs, thresholds: readonly string[]): ReportDocument {
  const { parts, missing } = inputs;
  const { document: first } = parts[0];
  const map = mapOf(first.shards ?? []);
  const countedMs = Math.max(...parts.map(({ document }) => document.durationMs));
  const scenario = first.scenario ?? { durationMs: countedMs, warmupMs: 0, ratePerSec: 0 };
  const merged = mergeWorkers(
    parts.map(({ state }) => state),
    {
      durationSec: scenario.durationMs / 1000,
      z: noiseMargin(map.open.length),
      ...{ hashKeyOf, parseHashKey },
    },
  );
  const generator = generatorOf(parts, missing, merged.lag);
  const consumers = mergedConsumers(inputs);
  const { tally, keyNames, offeredDigest } = merged;
  const counted = countedReport(
    {
      ...{ tally, timed: tally, keyNames, map },
      ...(offeredDigest === undefined ? {} : { offeredDigest }),
      countedUs: countedMs * 1000,
      // A machine that was late spoils the whole, however good the others were.
      ...(generator && { generator: generator.valid === false ? (worstOf(parts) ?? generator) : generator }),
      measuresLatency: true,
      ...(consumers && { consumers }),
    },
    {
      info: scenario,
      seed: first.seed ?? 0,
      thresholds: [...new Set([...parts.flatMap(({ state }) => state.section.thresholds), ...thresholds])],
      retentionHours: consumers?.retentionHours ?? 0,
    },
  );
  const info = {
    ...mergedInfo(parts, missing, merged),
    ...(consumers?.undecided !== undefined && { undecided: consumers.undecided }),
  };
  const partial = partialityOf(parts);
  const ended = parts
    .flatMap(({ document }) => document.ended ?? [])
    .sort((a, b) => a.sinceMs - b.sinceMs)
    .at(0);
  const isWhole = partial === false && missing.length === 0 && !isFarApart(info);
  return {
    ...counted,
    // A gate is about the whole load: what parts of it say decides nothing.
    thresholds: isWhole ? counted.thresholds : counted.thresholds.map((row) => ({ ...row, ok: null })),
    kind: 'run',
    startedAt: parts.map(({ document }) => document.startedAt).sort()[0],
    partial,
    ...(ended && { ended }),
    ...targetOf(parts),
    ...(generator && { generator }),
    errors: errorsOf(parts),
    merged: info,
  };
}

export function mapOf(rows: readonly ShardRow[]): ShardMap {
  const all = rows.map(({ shardId, startingHashKey, endingHashKey }): Shard => ({
    shardId,
    range: { start: BigInt(startingHashKey), end: BigInt(endingHashKey) },
    open: true,
  }));
  return { all, open: all };
}

/** Lag of all records; the health of the worst machine. Undefined where no machine's report says how it fared. */
function generatorOf(
  parts: readonly MergePart[],
  missing: readonly number[],
  lag: LatencyHistogram,
): GeneratorInfo | undefined {
  const known = parts.flatMap(({ document }) => document.generator ?? []);
  if (known.length === 0) return undefined;
  const most = (of: (generator: GeneratorInfo) => number): number => Math.max(0, ...known.map(of));
  const sum = (of: (generator: GeneratorInfo) => number): number =>
    known.reduce((total, generator) => total + of(generator), 0);
  const lagMs = { p50: lag.percentileMs(50) ?? 0, p99: lag.percentileMs(99) ?? 0, max: lag.maxMs ?? 0 };
  const dispatched = Math.min(1, ...known.map((generator) => generator.dispatched));
  const isLate = !isGeneratorValid(lagMs.p99, dispatched) || known.some(({ valid }) => valid === false);
  const isKnown = missing.length === 0 && known.length === parts.length;
  return {
    valid: isLate ? false : isKnown ? true : null,
    lagMs,
    dispatched,
    workers: sum(({ workers }) => workers),
    cpu: most(({ cpu }) => cpu),
    eventLoopUtilization: most(({ eventLoopUtilization }) => eventLoopUtilization),
    misrouted: sum(({ misrouted }) => misrouted),
    ...(known.some(({ readersUtilization }) => readersUtilization !== undefined) && {
      readersUtilization: most(({ readersUtilization = 0 }) => readersUtilization),
    }),
    ...wireOf(known),
  };
}

/** All threads, what they sent together, and the way of the machine that is farthest off; where every one knows. */
function wireOf(known: readonly GeneratorInfo[]): Partial<GeneratorInfo> {
  const all = <T>(of: (generator: GeneratorInfo) => T | undefined): T[] | undefined => {
    const values = known.map(of);
    return values.length === 0 || values.includes(undefined) ? undefined : (values as T[]);
  };
  const [threads, mbit, connects] = [
    all(({ threads }) => threads),
    all(({ mbitPerSec }) => mbitPerSec),
    all(({ connectMs }) => connectMs),
  ];
  return {
    ...(threads && { threads: threads.flat() }),
    ...(mbit && { mbitPerSec: mbit.reduce((sum, one) => sum + one, 0) }),
    ...(connects && { connectMs: Math.max(...connects) }),
  };
}

function worstOf(parts: readonly MergePart[]): GeneratorInfo | undefined {
  return parts
    .flatMap(({ document }) => document.generator ?? [])
    .filter(({ valid }) => valid === false)
    .sort((a, b) => a.dispatched - b.dispatched || b.lagMs.p99 - a.lagMs.p99)
    .at(0);
}

function mergedInfo(
  parts: readonly MergePart[],
  missing: readonly number[],
  { stepSec, keyFloor }: MergedLoad,
): MergedInfo {
  const startsMs = parts.map(({ document }) => Date.parse(document.startedAt));
  return {
    of: parts[0].state.section.count,
    missing,
    startSpreadMs: Math.max(...startsMs) - Math.min(...startsMs),
    ...{ stepSec, keyFloor },
    workers: parts.map(rowOf),
  };
}

function rowOf({ document, state }: MergePart): MergedWorker {
  const { startedAt, durationMs, partial, ended, generator } = document;
  const { totals, section, lag } = state;
  return {
    index: section.index,
    ...{ startedAt, durationMs, partial },
    ...(ended && { ended }),
    ...{ offered: totals.offered, accepted: totals.accepted },
    lagP99Ms: lag.percentileMs(99) ?? 0,
    ...(generator === undefined
      ? {}
      : {
          valid: generator.valid,
          dispatched: generator.dispatched,
          cpu: generator.cpu,
          eventLoopUtilization: generator.eventLoopUtilization,
        }),
  };
}

/** The worst of all. */
function partialityOf(parts: readonly MergePart[]): Partiality {
  const all = new Set(parts.map(({ document }) => document.partial));
  for (const worst of ['unfinished', 'failed', 'interrupted'] as const) if (all.has(worst)) return worst;
  return false;
}

function targetOf(parts: readonly MergePart[]): Pick<ReportDocument, 'target' | 'latencyBasis'> {
  const { target, latencyBasis } = parts[0].document;
  if (target === undefined || latencyBasis === undefined) return {};
  const distinct = (of: (part: MergePart) => string | undefined): string =>
    [...new Set(parts.flatMap((part) => of(part) ?? []))].join(', ');
  const bases = parts.map(({ document }) => document.latencyBasis);
  return {
    target: {
      ...target,
      transport: distinct(({ document }) => document.target?.transport),
    },
    latencyBasis: bases.includes('measured') ? 'measured' : latencyBasis,
  };
}

function errorsOf(parts: readonly MergePart[]): ReportDocument['errors'] {
  const failures = new FailureLog();
  for (const { document } of parts) failures.addRows(document.errors ?? []);
  return failures.rows();
}
