/**
 * What a diagnosis rests on: what it had, what is missing and what that costs to get.
 */
import type { EvidenceInfo, SampleInfo } from '../../results/evidence/evidence-info.ts';
import type { MissingEvidence } from '../../results/evidence/missing-evidence.ts';
import { amountOf, bytes, count, duration, listed } from '../figure.ts';
import { showName } from '../name.ts';
import { labelled } from '../paragraph.ts';
import { commandLines } from './command-lines.ts';
import { clockText, momentText } from './diagnosis-words.ts';

const INDENT = 11;

export function evidenceLines(info: EvidenceInfo, columns: number): string[] {
  const lines = (label: string, text: string): string[] => labelled(label, text, INDENT, columns);
  return [
    ...lines('Window', windowOf(info)),
    ...hadOf(info).flatMap((text, i) => lines(i === 0 ? 'Had' : '', text)),
    ...info.missing.flatMap((missing, i) => [
      ...lines(i === 0 ? 'Missing' : '', missingOf(missing)),
      ...(missing.command === undefined ? [] : commandLines(missing.command, columns)),
    ]),
    ...lines('Asked', askedOf(info)),
  ];
}

function windowOf({ fromMs, toMs, steps, stepMs, incompleteSteps, metricsClock }: EvidenceInfo): string {
  const span = `${momentText(fromMs)} to ${clockText(toMs, fromMs + 1)}`;
  if (steps === 0) return `${span}; no metrics`;
  const newest =
    incompleteSteps === 0
      ? ''
      : `; the newest ${incompleteSteps === 1 ? 'one is' : `${incompleteSteps} are`} incomplete`;
  const clock =
    metricsClock === undefined ? '' : `; the metrics' clock runs ${count(metricsClock)} times as fast`;
  return `${span}, ${amountOf(steps, 'step')} of ${duration(stepMs)}${newest}${clock}`;
}

function hadOf(info: EvidenceInfo): string[] {
  const { steps, shardsWithMetrics, shardsInWindow, sample, log, run, holes } = info;
  const metrics =
    steps === 0
      ? []
      : [
          shardsWithMetrics === 0
            ? 'metrics of the stream as a whole, of no single shard'
            : `metrics of the stream, and of ${count(shardsWithMetrics)} of ${amountOf(shardsInWindow, 'shard')}`,
        ];
  const broken =
    holes === undefined
      ? []
      : [
          `in ${amountOf(holes.steps, 'step')} the stream counted ${amountOf(holes.streamRecords, 'record')} and its shards ` +
            `together ${count(holes.shardRecords)}: metrics of shards have holes, and loads are lower bounds there`,
        ];
  const had = [
    ...metrics,
    ...broken,
    ...(sample === undefined ? [] : sampleOf(sample)),
    ...(log === undefined ? [] : [`${showName(log.file, 40)}: ${namedBy(log)}`]),
    ...(run === undefined ? [] : [`report: ${showName(run, 60)}`]),
  ];
  if (had.length > 0) return had;
  return [shardsInWindow === 0 ? 'nothing' : 'nothing but the layout of the stream'];
}

function namedBy({ lines, matches }: NonNullable<EvidenceInfo['log']>): string {
  if (lines === 0) return 'empty, not a single line';
  if (matches === 0) return `not one of ${amountOf(lines, 'line')} names a throttled shard`;
  return `${amountOf(matches, 'line')} of ${count(lines)} name a throttled shard`;
}

/** Coverage: how much of which shards was read, and why not more. */
function sampleOf({
  source,
  slices,
  records,
  bytes: sum,
  aggregates,
  aggregatedRecords,
}: SampleInfo): string[] {
  const how = { polling: 'read by polling', 'fan-out': 'read by a fan-out consumer', file: 'from a file' }[
    source
  ];
  const shards = new Set(slices.map(({ shardId }) => shardId));
  const seconds = slices.reduce((total, { fromMs, toMs }) => total + (toMs - fromMs) / 1000, 0);
  const cut = slices.filter(({ isWhole }) => !isWhole);
  const why = [...new Set(cut.flatMap(({ cutBy }) => cutBy ?? []))];
  const whole =
    cut.length === 0
      ? ''
      : `; ${count(cut.length)} not whole${why.length > 0 ? ` (cut by ${listed(why)})` : ''}`;
  const opened =
    aggregates === 0
      ? ''
      : `; ${amountOf(aggregates, 'aggregate')} opened, ${amountOf(aggregatedRecords, 'record')} in them`;
  return [
    `${amountOf(records, 'record')} (${bytes(sum)}) ${how}: ${amountOf(slices.length, 'slice')} of ` +
      `${amountOf(shards.size, 'shard')}, ${duration(seconds * 1000)} together${whole}${opened}. ` +
      'They are accepted ones only',
  ];
}

const WHATS: Readonly<Record<MissingEvidence['what'], string>> = {
  summary: 'the summary of the stream',
  'shard-metrics': 'metrics of single shards',
  'stream-metrics': 'metrics of the stream',
  records: 'records',
  consumers: 'the list of fan-out consumers',
  tags: "the stream's tags",
  'layout-history': 'closed shards',
  'coarse-metrics': 'older, coarser metrics',
  'fan-out-metrics': 'metrics of fan-out consumers',
};

const WHYS: Readonly<Record<MissingEvidence['why'], string>> = {
  off: 'not switched on',
  denied: 'access denied',
  'not-asked': 'not asked for',
  gone: 'no longer kept',
  failed: 'the call failed',
};

function missingOf({ what, why, permission, usdPerHour, formula, detail }: MissingEvidence): string {
  const needs = permission === undefined ? '' : `, needs ${permission}`;
  const cost =
    usdPerHour === undefined
      ? ''
      : usdPerHour === 0
        ? '; free'
        : `; about $${usdPerHour.toFixed(usdPerHour < 0.1 ? 4 : 2)} an hour${formula === undefined ? '' : ` (${formula})`}`;
  // What was asked for and not agreed to says so itself.
  if (what === 'records' && why === 'not-asked' && detail?.endsWith('needs --yes') === true)
    return `records: not read, for ${showName(detail, 60)}`;
  const more = detail === undefined ? '' : ` (${showName(detail, 60)})`;
  return `${WHATS[what]}: ${WHYS[why]}${needs}${more}${cost}`;
}

function askedOf({ asked: { requests, metrics, usd } }: EvidenceInfo): string {
  if (metrics === 0) return 'nothing of CloudWatch';
  const cost = usd === 0 ? 'free' : `$${usd.toFixed(usd < 0.01 ? 5 : 2)} at list price`;
  return `CloudWatch for ${amountOf(metrics, 'metric')} in ${amountOf(requests, 'request')}: ${cost}`;
}
