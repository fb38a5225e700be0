/**
 * After an outage of its consumers, a stream's backlog has to drain while traffic goes on: on every shard its rate
 * times 1 + outage / recovery within what a consumer can take. (math.md 2.5) And no record may be lost on the way.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatNumber } from '../../model/quantity.ts';
import type { Constraint } from '../../results/plan-result.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { derivedInput, headroomInput } from './constraint-inputs.ts';
import { bytesPerSec, division, perSec, totalsOf, timeOf } from './constraints.ts';
import { sharedReads, type PlanConsumer } from './plan-consumer.ts';
import type { PlanInput } from './plan-input.ts';
import { recordsByCalls } from './read-calls.ts';
import { hottestText, keyText } from './rule-text.ts';
import type { Bound } from './shard-counts.ts';
import { countsFromAll, countsOfRule, factorOfAll, type PlanKeys, type RuleCounts } from './shard-rule.ts';

const SOURCE =
  'backlog = rate × outage, drained at (what a consumer takes - rate); developer guide, Quotas and limits';
/** A record is lost when it is as old as the retention: AWS's advice is to be warned at half of it. */
const ALARM_PART = 0.5;

export interface Outage {
  readonly outageSec: number;
  readonly recoverSec: number;
}

export function catchUp(input: PlanInput, keys: PlanKeys | undefined): Bound {
  const { outage, consumers } = input;
  if (outage === undefined) {
    const formula = 'not evaluated: without --outage';
    return { constraint: { name: 'catch-up', shards: null, evaluated: false, formula } };
  }
  const judged = consumers.map((consumer) => judge(consumer, outage, input, keys));
  const worst = judged.reduce((most, one) => (askOf(one) > askOf(most) ? one : most));
  const keeps = retentionOf(outage, input);
  const common = {
    name: 'catch-up' as const,
    evaluated: true,
    inputs: inputsOf(worst, outage, input),
    source: SOURCE,
  };
  const constraint: Constraint = keeps.isLong
    ? { ...common, shards: worst.counts.shards, formula: formulaOf(worst, outage, input) }
    : { ...common, shards: null, formula: keeps.formula };
  return {
    constraint,
    factorFor: factorOfAll(judged.map(({ counts }) => counts)),
    countsFrom: countsFromAll(judged.map(({ counts }) => counts)),
    even: Math.max(...judged.map((one) => one.counts.even)),
    shardLimits: judged.map((one) => one.counts.limit),
    remedies: [
      ...(keeps.isLong ? [] : [keeps.remedy]),
      ...(worst.counts.tooHeavy === undefined ? [] : [keyRemedy(worst, outage, input)]),
    ],
    assumptions: [
      {
        text:
          `All consumers are out for ${timeOf(outage.outageSec)} together, and traffic goes on at its peak: the backlog ` +
          'is the largest that such an outage makes.',
        doubt: 'some',
      },
    ],
  };
}

interface Judged {
  readonly consumer: PlanConsumer;
  /** What it takes of one shard per second, before headroom. */
  readonly takes: PerDimension;
  readonly counts: RuleCounts;
}

function judge(
  consumer: PlanConsumer,
  { outageSec, recoverSec }: Outage,
  input: PlanInput,
  keys: PlanKeys | undefined,
): Judged {
  const reads = sharedReads(input.consumers);
  // In Kinesis records, of which each holds so many that its code works off.
  const own =
    consumer.recordsPerSec === undefined
      ? undefined
      : consumer.recordsPerSec / (input.userRecordsPerRecord ?? 1);
  const takes = {
    bytes: consumer.kind === 'efo' ? LIMITS.fanOutBytesPerSec.value : LIMITS.readBytesPerSec.value / reads,
    records: Math.min(recordsByCalls(consumer), own === undefined ? Infinity : own * consumer.parallel),
  };
  const times = (outageSec + recoverSec) / recoverSec;
  const total = totalsOf(input);
  const rule = {
    load: { records: total.records * times, bytes: total.bytes * times },
    limit: takes,
    keyLimit: { ...takes, records: Math.min(takes.records, own ?? Infinity) },
    scale: times,
  };
  return { consumer, takes, counts: countsOfRule(rule, keys, input.headroom) };
}

function askOf({ counts }: Judged): number {
  return counts.shards ?? Infinity;
}

/** `lambda: 4.96 MiB/s × (1 + 1h / 30m) = 14.9 MiB/s ÷ (2 MiB/s × 80 %) = 9.3`. */
function formulaOf({ consumer, takes, counts }: Judged, outage: Outage, input: PlanInput): string {
  const { outageSec, recoverSec } = outage;
  const total = totalsOf(input);
  const times = (outageSec + recoverSec) / recoverSec;
  const inRecords = total.records / takes.records > total.bytes / takes.bytes;
  const [load, limit, format] = inRecords
    ? ([total.records, takes.records, perSec] as const)
    : ([total.bytes, takes.bytes, bytesPerSec] as const);
  const factor = `(1 + ${timeOf(outageSec)} / ${timeOf(recoverSec)})`;
  return (
    `${consumer.name}: ${format(load)} × ${factor} = ${division(load * times, limit, input.headroom, format)}` +
    hottestText(counts)
  );
}

/** The oldest record that waits is as old as the outage when it ends: what is read then is older than what is left. */
function retentionOf(
  { outageSec }: Outage,
  { retentionHours }: PlanInput,
): { readonly isLong: boolean; readonly formula: string; readonly remedy: string } {
  const neededHours = Math.ceil(outageSec / ALARM_PART / 3600);
  const most = LIMITS.retentionHoursMax.value;
  return {
    isLong: neededHours <= retentionHours,
    formula:
      `records up to ${timeOf(outageSec)} old wait to be read when the outage ends, more than half of the ` +
      `${formatNumber(retentionHours)} h that they are kept`,
    remedy:
      neededHours <= most
        ? `Keep records for --retention ${neededHours}h: twice the outage, so that an alarm at half of it comes in time.`
        : `No retention is twice as long as such an outage: ${formatNumber(most)} h are the most. Plan for a shorter one.`,
  };
}

/** The recovery that lets the heaviest key drain: outage / (limit / load - 1). */
function keyRemedy({ consumer, takes, counts }: Judged, outage: Outage, input: PlanInput): string {
  const key = counts.tooHeavy;
  if (key === undefined) return '';
  const times = (outage.outageSec + outage.recoverSec) / outage.recoverSec;
  const speed = (consumer.recordsPerSec ?? Infinity) / (input.userRecordsPerRecord ?? 1);
  const own = Math.min(takes.records, speed);
  const kept = 1 - input.headroom;
  const fill = Math.max(key.bytes / (takes.bytes * kept), key.records / (own * kept)) / times;
  const what = `${keyText(key, input)} alone takes ${consumer.name} longer than ${timeOf(outage.recoverSec)} to catch up with`;
  if (fill >= 1) return `${what}: it is read no faster than it is written.`;
  const seconds = Math.ceil((outage.outageSec * fill) / (1 - fill) / 60 + 1e-9) * 60;
  return `${what}: allow --recover-in ${timeOf(seconds)}${consumer.kind === 'polling' ? ', or let it read by enhanced fan-out' : ''}.`;
}

function inputsOf({ consumer, takes }: Judged, outage: Outage, input: PlanInput): Constraint['inputs'] {
  return [
    derivedInput('bytes written', totalsOf(input).bytes, 'B/s'),
    derivedInput('records written', totalsOf(input).records, 'records/s'),
    { name: 'outage', value: outage.outageSec, unit: 's', origin: 'flag' },
    { name: 'recovery', value: outage.recoverSec, unit: 's', origin: 'flag' },
    derivedInput(`${consumer.name} takes`, takes.bytes, 'B/s per shard'),
    ...(takes.records === Infinity
      ? []
      : [derivedInput(`${consumer.name} takes`, takes.records, 'records/s per shard')]),
    { name: 'retention', value: input.retentionHours, unit: 'h', origin: input.origins.retention },
    headroomInput(input),
  ];
}
