/**
 * The words for findings about the stream itself: its keys, the sizes of its records, and what it lets be seen.
 */
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import { amountOf, bytes, count, duration, percent } from '../figure.ts';
import { quoteName } from '../name.ts';
import { awsKinesis, diagnoseAgain } from './command-lines.ts';
import {
  isOver,
  limitText,
  percentBetween,
  perSecBetween,
  stepsText,
  timesBetween,
  whenText,
  type DiagnosisWords,
  type WordsContext,
} from './diagnosis-words.ts';

export const FEW_KEYS: DiagnosisWords<'FEW_KEYS'> = {
  title: 'there are too few keys for the load to balance',
  page: 'docs/findings/FEW_KEYS.md',
  headline: ({ evidence: { distinctKeys, shards } }) =>
    `${amountOf(distinctKeys, 'key')} on ${amountOf(shards, 'shard')}: no layout spreads them evenly. A split will not help.`,
  saw: ({ evidence: { distinctKeys, sampledRecords, heaviestKey, heaviestShare, idleShards } }) =>
    `${amountOf(sampledRecords, 'sampled record')} have ${amountOf(distinctKeys, 'different key')}. The heaviest, ` +
    `${quoteName(heaviestKey, 36)}, has ${percentBetween(heaviestShare)} of them.` +
    (idleShards > 0 ? ` ${amountOf(idleShards, 'shard')} had none.` : ''),
  means: () =>
    'A key is on one shard. With so few, chance puts several on one shard and none on another, and there is nothing to cut between.',
  split: () => 'No. More shards than keys stay idle.',
  todo: () =>
    'Use a finer partition key: one of many values, such as the id of a user, an order or a device.',
};

export const LARGE_RECORDS: DiagnosisWords<'LARGE_RECORDS'> = {
  title: 'records so large that few of them fill a shard',
  page: 'docs/findings/LARGE_RECORDS.md',
  headline: ({ evidence: { largeShare, maxBytes, meanBytes } }) =>
    maxBytes === null || largeShare === null
      ? `the mean record has ${bytes(meanBytes)}: one a second fills a shard.`
      : `${percent(largeShare)} of the records are above 1 MiB, the largest has ${bytes(maxBytes)}.`,
  saw: ({ evidence: { source, sampledRecords, meanBytes, maxBytes, largeShare, adviceShare } }) =>
    source === 'metrics'
      ? `IncomingBytes over IncomingRecords is ${bytes(meanBytes)} over the whole window.`
      : `Of ${amountOf(sampledRecords, 'sampled record')} at least ${percent(largeShare ?? 0)} are above 1 MiB ` +
        `(AWS advises at most ${percent(adviceShare)}); the mean is ${bytes(meanBytes)}, the largest ${bytes(maxBytes ?? 0)}. ` +
        'Sampled records are those that were accepted: large ones are refused first, so there may be more.',
  means: () =>
    'A shard takes 1 MiB/s. A record of 10 MiB takes what it may be written in ten seconds; meanwhile small records are throttled.',
  split: () => 'No. A record goes to one shard, whole.',
  todo: () =>
    'Put what is large into S3 and its address into the record, compress it, or give large records keys (or a stream) of their own.',
};

export const MONITORING_OFF: DiagnosisWords<'MONITORING_OFF'> = {
  title: 'metrics of single shards are off',
  page: 'docs/findings/MONITORING_OFF.md',
  headline: (finding, context) =>
    finding.evidence.says !== 'skew-or-burst'
      ? 'which shard is hot cannot be seen: shard-level metrics are off.'
      : finding.evidence.records === 'told'
        ? 'the stream throttles; which shard, the records read from it say alone.'
        : `the stream ${isOver(finding, context) ? 'throttled' : 'throttles'}${whenText(finding, context)}, with room as a whole: a hot shard, a hot key or bursts. Its own metrics cannot say which${
            finding.evidence.records === 'unread'
              ? '; records read from it can:'
              : `, nor do the records that were read: ${untoldText(finding)}.`
          }`,
  saw: (finding, context) => sawOff(finding, context),
  means: ({ evidence: { says } }) =>
    ({
      nothing: 'Nothing was measured that a verdict could rest on.',
      calm: 'The stream is calm as a whole. A shard that is nearly full would not show.',
      full: 'The stream as a whole is full; whether single keys or shards are hot besides does not show.',
      'skew-or-burst':
        'Either some shards get more than they can carry (a split may help, or no split if it is one key), or bursts ' +
        'shorter than a minute hit all of them. Records read from the stream tell at once; shard metrics from now on.',
    })[says],
  todo: ({ evidence: { usdPerHour, formula, metrics, records } }) =>
    `${records === 'unread' ? 'Read records now, or switch' : records === 'told' ? 'Switch' : 'Read what comes while it throttles, let the log of a producer name the shard (--log), or switch'} on the ${count(metrics.length)} metrics that matter` +
    (usdPerHour === null
      ? ' (they cost by shard and metric)'
      : `, for about $${usdPerHour.toFixed(usdPerHour < 0.1 ? 4 : 2)} an hour${formula === null ? '' : ` (${formula})`}`) +
    '; they show what happens from then on:',
  commands: ({ evidence: { metrics, records } }, context) => [
    ...SAMPLE[records].map((flags) => diagnoseAgain(context, flags)),
    awsKinesis('enable-enhanced-monitoring', context, `--shard-level-metrics ${metrics.join(' ')}`),
  ],
};

/** Never what has just been done. */
const SAMPLE: Readonly<
  Record<DiagnosisFindingOf<'MONITORING_OFF'>['evidence']['records'], readonly string[]>
> = {
  unread: ['--sample --yes'],
  untold: ['--sample-now 30s'],
  told: [],
};

/** Why the records that were read did not decide. */
function untoldText({
  evidence: { shardsRead, secondsRead, fullest, shards },
}: DiagnosisFindingOf<'MONITORING_OFF'>): string {
  const read = `${count(shardsRead ?? 0)} of ${amountOf(shards, 'shard')} for ${duration((secondsRead ?? 0) * 1000)} or more`;
  if (fullest === null) return `${read}, too short to tell a load`;
  return `${read}, none of them at its limit (the fullest at ${percent(fullest)})`;
}

function sawOff({ evidence }: DiagnosisFindingOf<'MONITORING_OFF'>, context: WordsContext): string {
  const { load, throttled, stepsThrottled, shards, metrics } = evidence;
  const off = `${metrics.join(', ')} of single shards ${metrics.length === 1 ? 'is' : 'are'} off (${amountOf(shards, 'shard')}).`;
  if (load === null) return `${off} There are no metrics of the stream as a whole either.`;
  const whole = `The whole stream took ${perSecBetween(load)} in its worst step, ${timesBetween(load.utilization)} of ${limitText(load)}.`;
  const refused =
    throttled === 0
      ? ' Nothing throttled.'
      : ` ${amountOf(throttled, 'attempt')} throttled, in ${stepsText(stepsThrottled, load.steps, context)}.`;
  return `${off} ${whole}${refused}`;
}

export const KEYS_IGNORED: DiagnosisWords<'KEYS_IGNORED'> = {
  title: 'the stream spreads records by itself (AUTO)',
  page: 'docs/findings/KEYS_IGNORED.md',
  headline: () => 'the stream ignores partition keys: none can be hot, and records have no order.',
  saw: () => 'Its record distribution strategy is AUTO.',
  means: () =>
    'The service spreads records over the shards whatever their keys are. There is no order, not even within a key, and ' +
    'records may come without a key. KPL aggregation is not supported: such records may be lost to readers.',
  todo: () => 'Nothing, if order does not matter. Else go back to partition keys:',
  commands: (_finding, context) => [
    `aws kinesis update-stream-record-distribution-strategy --stream-arn ${context.arn ?? 'ARN-OF-THE-STREAM'} --region ${context.region} ` +
      `${context.endpoint === undefined ? '' : `--endpoint-url ${context.endpoint} `}--record-distribution-strategy USER_PARTITION_KEY`,
  ],
};
