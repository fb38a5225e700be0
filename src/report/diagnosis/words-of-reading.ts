/**
 * The words for findings about reading: bandwidth, calls, and consumers that are behind.
 */
import { LIMITS } from '../../model/limits.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import { amountOf, duration, listed, NBSP, percent, perSec, times } from '../figure.ts';
import { quoteName, showName } from '../name.ts';
import { awsKinesis } from './command-lines.ts';
import { shardName, stepsText, whenText, type DiagnosisWords } from './diagnosis-words.ts';

const rate = (amount: number, limit: number): string => perSec('bytes', amount, limit);

export const READ_BOUND: DiagnosisWords<'READ_BOUND'> = {
  title: 'reading is at the limit of bandwidth',
  page: 'docs/findings/READ_BOUND.md',
  headline: (finding, context) => {
    const { utilization, of } = finding.evidence;
    const where = finding.shardId === undefined ? 'the stream' : shardName(finding.shardId);
    return of === 'given'
      ? `the given consumers need ${times(utilization)} what can be read from ${where}.`
      : `${whoReads(finding)} read ${times(utilization)} of what ${where} gives,${whenText(finding, context)}.`;
  },
  saw: (finding, context) => {
    const { evidence } = finding;
    const { bytesPerSec, limitPerSec, stepsAbove, steps, isMean, of, readers } = evidence;
    const load = `${rate(bytesPerSec, limitPerSec)} of ${rate(limitPerSec, limitPerSec)}`;
    if (of === 'given')
      return `${amountOf(readers ?? 0, 'consumer')} that poll would read ${load}: each reads all that the shard accepts.`;
    const mean = isMean ? ' This is the mean of all shards; a single one may be worse.' : '';
    return `${sentence(whoReads(finding))} read ${load} in the worst step, 0.9 or more of it in ${stepsText(stepsAbove, steps, context)}.${mean}`;
  },
  means: ({ evidence: { of } }) =>
    of === 'fan-out'
      ? 'A fan-out consumer has 2 MiB/s of each shard for itself. At that it can follow writing, but hardly catch up.'
      : 'All that poll share 2 MiB/s of each shard. Beyond that reads are throttled, and consumers fall behind together.',
  split: () => 'In part. Two shards give twice the bandwidth, where writing is spread over both.',
  todo: ({ evidence: { of } }) =>
    of === 'fan-out'
      ? 'Split the shards that it reads, or let it read less.'
      : 'Let all but two of the consumers read by enhanced fan-out, or read once and pass the records on.',
};

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function whoReads({ evidence: { of, consumer } }: DiagnosisFindingOf<'READ_BOUND'>): string {
  return of === 'fan-out' && consumer !== null
    ? `fan-out consumer ${quoteName(consumer, 40)}:`
    : 'consumers that poll';
}

export const READ_BUDGET_EXHAUSTED: DiagnosisWords<'READ_BUDGET_EXHAUSTED'> = {
  title: 'reads are throttled',
  page: 'docs/findings/READ_BUDGET_EXHAUSTED.md',
  headline: (finding, context) =>
    `${amountOf(finding.evidence.throttledCalls, 'GetRecords call')} throttled${whenText(finding, context)}. ` +
    (finding.evidence.given === null
      ? 'By an unknown consumer.'
      : `Given: ${finding.evidence.given.join(', ')}.`),
  saw: ({ evidence }, context) => {
    const { stepsThrottled, steps, callsPerSec, callLimitPerSec, cause, shardIds } = evidence;
    const calls =
      callsPerSec === null
        ? ''
        : ` At most ${callsPerSec.toFixed(1)}${NBSP}calls/s per shard on average; a shard answers ${callLimitPerSec}.`;
    const why = {
      calls: ' The calls are what runs out.',
      bandwidth: ` Bandwidth is what runs out: ${rate(LIMITS.readBytesPerSec.value, LIMITS.readBytesPerSec.value)} per shard.`,
      unknown:
        ' Neither calls nor bytes reach the limit on average: it happens on single shards, or in single seconds.',
    }[cause];
    const where = shardIds.length === 0 ? '' : ` Most on ${listed(shardIds.map((id) => showName(id, 24)))}.`;
    return `Throttled in ${stepsText(stepsThrottled, steps, context)}.${calls}${why}${where}`;
  },
  means: ({ evidence: { given, givenCallsPerSec } }) =>
    "All that poll share a shard's calls; metrics do not say who they are. " +
    (given === null || givenCallsPerSec === null
      ? 'Calls per second add up: Lambda 1, Firehose 1 (2 with backup), KCL 0.7, Flink up to 5, this tool while it samples.'
      : `The given consumers make about ${givenCallsPerSec.toFixed(1)}${NBSP}calls/s on each shard` +
        (givenCallsPerSec > LIMITS.getRecordsCallsPerSec.value
          ? ': more than there are.'
          : '; if that fits, someone else reads too.')),
  split: () => 'No. Each consumer asks every shard, so that every shard gets as many calls.',
  todo: ({ evidence: { given } }) =>
    (given === null
      ? 'Find out who reads: CloudTrail data events of GetRecords name the caller, the lists below what is attached; or say ' +
        'it with --consumers. '
      : '') + 'Then poll less often, or move consumers to enhanced fan-out.',
  commands: ({ evidence: { given } }, context) =>
    given === null
      ? [
          `aws lambda list-event-source-mappings --region ${context.region} --query ` +
            `"EventSourceMappings[?contains(EventSourceArn,'${context.stream}')].FunctionArn"`,
          awsKinesis('describe-stream-summary', context),
        ]
      : [],
};

export const LAGGING_CONSUMER: DiagnosisWords<'LAGGING_CONSUMER'> = {
  title: 'a consumer is behind',
  page: 'docs/findings/LAGGING_CONSUMER.md',
  headline: (finding, context) => {
    const { ageMs, lostInMs, growthMsPerSec, isRegular } = finding.evidence;
    if (!isRegular)
      return `someone read records that were ${duration(ageMs)} old,${whenText(finding, context).replace(', and still', '')}: a consumer that is behind, or a moment's look at old positions.`;
    const lost =
      lostInMs === null || growthMsPerSec < 50
        ? ''
        : ` Records are lost unread in ${duration(lostInMs)} if it goes on so.`;
    return `${whoLags(finding)} is ${duration(ageMs)} behind,${whenText(finding, context)}.${lost}`;
  },
  saw: ({ evidence: { ageMs, maxAgeMs, retentionMs, growthMsPerSec } }) =>
    `The oldest record that it had still to read was ${duration(ageMs)} old at the end, ${duration(maxAgeMs)} at most: ` +
    `${percent(ageMs / retentionMs)} of the ${duration(retentionMs)} that the stream keeps. It ` +
    (growthMsPerSec >= 50
      ? `grows by ${duration(Math.round(growthMsPerSec))} every second.`
      : growthMsPerSec <= -50
        ? 'is catching up.'
        : 'does not grow.'),
  means: (finding) =>
    !finding.evidence.isRegular
      ? 'The age is there in few steps. Reading old positions for a moment, as diagnose --sample does, leaves the same; so ' +
        'does a consumer that seldom reads. Metrics do not say who it was.'
      : finding.evidence.consumer === null
        ? 'It is the one furthest behind of all that poll; metrics do not say which. What leaves the stream by age is lost for it.'
        : 'What leaves the stream by age before it is read is lost for this consumer.',
  todo: ({ evidence: { ageMs, retentionMs, isRegular } }) =>
    !isRegular
      ? 'Look again in some minutes, without --sample: an age that stays is of a consumer.'
      : 'Look whether it fails on a record, waits for something, or has too little of anything to keep up.' +
        (ageMs >= retentionMs / 4
          ? ' If it takes time, keep records longer first (it costs by the shard and hour):'
          : ''),
  commands: ({ evidence: { ageMs, retentionMs, isRegular } }, context) =>
    isRegular && ageMs >= retentionMs / 4 && retentionMs < LIMITS.retentionHoursMax.value * 3_600_000
      ? [
          awsKinesis(
            'increase-stream-retention-period',
            context,
            `--retention-period-hours ${Math.min(LIMITS.retentionHoursMax.value, Math.round((retentionMs / 3_600_000) * 2))}`,
          ),
        ]
      : [],
};

function whoLags({ evidence: { consumer } }: DiagnosisFindingOf<'LAGGING_CONSUMER'>): string {
  return consumer === null
    ? 'a consumer that polls (metrics do not say which)'
    : `fan-out consumer ${quoteName(consumer, 40)}`;
}
