/**
 * GetRecords calls: a shard answers five a second, for all who poll it together, and more shards do not change that,
 * because every consumer asks every shard.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatNumber } from '../../model/quantity.ts';
import type { ConstraintInput } from '../../results/plan-result.ts';
import type { ConsumerPreset } from '../../traffic/scenario.ts';
import { headroomInput, limitInput } from './constraint-inputs.ts';
import { percentOf, shardsFor } from './constraints.ts';
import type { PlanConsumer } from './plan-consumer.ts';
import type { PlanInput } from './plan-input.ts';
import type { Bound } from './shard-counts.ts';

const LIMIT = LIMITS.getRecordsCallsPerSec;

/** The setting by which each polls less often (fact sheets of its makers). */
const SETTINGS: Readonly<Record<ConsumerPreset, string | undefined>> = {
  kcl: 'idleTimeBetweenReadsInMillis',
  flink: 'source.reader.nonempty-records-fetch-interval',
  lambda: undefined,
  firehose: undefined,
  custom: 'the time between its calls',
};

export function readCalls(input: PlanInput): Bound {
  const { consumers, headroom } = input;
  const pollers = consumers.filter(({ kind }) => kind === 'polling');
  const common = {
    name: 'read-calls' as const,
    evaluated: true,
    inputs: [
      ...pollers.map((poller) => callsInput(poller, input)),
      limitInput('calls', LIMIT),
      headroomInput(input),
    ],
    source: LIMIT.source,
  };
  if (pollers.length === 0) return { constraint: { ...common, shards: 1, formula: 'nobody polls' } };
  const sum = pollers.reduce((calls, { callsPerSec }) => calls + callsPerSec, 0);
  const isWithin = sum < Infinity && shardsFor(sum, LIMIT.value, headroom) === 1;
  if (isWithin)
    return { constraint: { ...common, shards: 1, formula: formulaOf(pollers, sum, headroom, true) } };
  if (pollers.length === 1) return { constraint: { ...common, shards: 1, formula: aloneText(pollers[0]) } };
  return {
    constraint: { ...common, shards: null, formula: formulaOf(pollers, sum, headroom, false) },
    remedies: remediesOf(pollers, sum),
  };
}

/** `2 × 1/s + 0.667/s = 2.67/s <= 5/s × 80 % on each shard, however many there are`. */
function formulaOf(
  pollers: readonly PlanConsumer[],
  sum: number,
  headroom: number,
  isWithin: boolean,
): string {
  const greedy = pollers.find(({ callsPerSec }) => callsPerSec === Infinity);
  const budget = `${LIMIT.value}/s × ${percentOf(1 - headroom)}`;
  if (greedy !== undefined)
    return `${greedy.name} polls without a pause and leaves little of the ${LIMIT.value}/s of a shard to the others`;
  const terms = termsOf(pollers);
  const total = terms.includes('+') || terms.includes('×') ? `${terms} = ${formatNumber(sum)}/s` : terms;
  return `${total} ${isWithin ? '<=' : '>'} ${budget} on each shard, however many`;
}

/** Equal rates together: `2 × 1/s + 0.667/s`. */
function termsOf(pollers: readonly PlanConsumer[]): string {
  const times = new Map<number, number>();
  for (const { callsPerSec } of pollers) times.set(callsPerSec, (times.get(callsPerSec) ?? 0) + 1);
  return [...times]
    .map(([calls, count]) => `${count === 1 ? '' : `${count} × `}${formatNumber(calls)}/s`)
    .join(' + ');
}

function aloneText({ name, callsPerSec }: PlanConsumer): string {
  const how = callsPerSec === Infinity ? 'polls without a pause' : `polls ${formatNumber(callsPerSec)}/s`;
  return `${name} ${how} and takes the whole ${LIMIT.value}/s of a shard: alone it throttles only itself`;
}

function remediesOf(pollers: readonly PlanConsumer[], sum: number): string[] {
  const greedy = pollers.find(({ callsPerSec }) => callsPerSec === Infinity);
  if (greedy !== undefined) {
    return [
      `Let ${greedy.name} wait between its calls (${SETTINGS[greedy.preset] ?? 'its polling interval'}, for example 1 s), ` +
        'or read by enhanced fan-out.',
    ];
  }
  const busiest = pollers.reduce((most, poller) => (poller.callsPerSec > most.callsPerSec ? poller : most));
  const settings = [...new Set(pollers.flatMap(({ preset }) => SETTINGS[preset] ?? []))];
  return [
    `Let ${busiest.name} read by enhanced fan-out${settings.length === 0 ? '' : `, or poll less often (${settings.join(', ')})`}.`,
    ...(sum <= LIMIT.value
      ? [`All of them fit into ${LIMIT.value}/s exactly: --headroom 0% plans without any to spare.`]
      : []),
  ];
}

function callsInput({ name, callsPerSec }: PlanConsumer, { origins }: PlanInput): ConstraintInput {
  const isGreedy = callsPerSec === Infinity;
  return {
    name: isGreedy ? `${name}, without a pause` : name,
    value: isGreedy ? LIMIT.value : callsPerSec,
    unit: 'calls/s per shard',
    origin: origins.consumers,
  };
}

/** What a consumer's calls alone let it read of a shard, records per second. */
export function recordsByCalls({ kind, callsPerSec, recordsPerCall }: PlanConsumer): number {
  return kind === 'efo' ? Infinity : Math.min(callsPerSec, LIMIT.value) * recordsPerCall;
}
