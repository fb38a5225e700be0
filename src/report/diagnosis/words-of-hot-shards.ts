/**
 * The words for shards that get more than they can carry: by several keys, or perhaps by one.
 */
import type { DiagnosisFindingOf, JudgedInterval } from '../../results/diagnosis-finding.ts';
import { amountOf } from '../figure.ts';
import { awsKinesis, diagnoseAgain } from './command-lines.ts';
import {
  isOver,
  keyName,
  limitText,
  momentText,
  perSecBetween,
  shardName,
  stepsText,
  timesBetween,
  whenText,
  type DiagnosisWords,
  type WordsContext,
} from './diagnosis-words.ts';

export const HOT_SHARD: DiagnosisWords<'HOT_SHARD'> = {
  title: 'one shard gets more than it can carry; the stream has room',
  page: 'docs/findings/HOT_SHARD.md',
  headline: (finding, context) => `${hotShardHeadline(finding, context)} ${helpsText(finding, context)}`,
  saw: (finding, context) => {
    const { load, throttled, source } = finding.evidence;
    if (load === null)
      return `The log has ${amountOf(throttled, 'line')} that name ${shardName(finding.shardId)} as throttled. How full it is nobody measured.${outsideText(finding, context)}`;
    if (source === 'sample')
      return `${sawOfSample(finding, load)}${sampleTimeText(finding)}${undecidedText(finding)}`;
    const held =
      load.utilization.lower === 1
        ? ' A shard never accepts more than its limit, so that is all that is certain.'
        : '';
    return (
      `${perSecBetween(load)} in the worst step; a shard takes ${limitText(load)}. ` +
      `${amountOf(throttled, 'attempt')} throttled, above the limit in ${stepsText(load.stepsAbove, load.steps, context)}.${held}` +
      sampleTimeText(finding) +
      undecidedText(finding)
    );
  },
  means: (finding, { isOnDemand }) =>
    MEANS[finding.evidence.keys] +
    'The stream as a whole has room; this part of its hash range has ' +
    `not.${isOnDemand ? ' The service splits such a shard by itself, in the middle, within about 15 minutes.' : ''}`,
  split: (finding, context) => splitText(finding, context),
  todo: (finding, context) => {
    if (context.isOnDemand)
      return 'On-demand streams cannot be split by hand. Wait for the service, retry for as long as that takes, or give the heaviest keys finer partition keys.';
    if (finding.evidence.newStartingHashKey === null)
      return finding.splitHelps === 'unknown'
        ? finding.evidence.keys === 'one'
          ? `Do not split yet. Count what your producers send of ${keyName(finding.evidence.undecidedKeys.at(0)?.key)}, ` +
            'first attempts alone: if that is above what a shard takes, a finer partition key is all that helps; if it is ' +
            'below, cut so that the key has a shard to itself.'
          : 'Read records from it, to see its keys:'
        : 'Give the heaviest keys of this shard finer partition keys; they are below.';
    return finding.evidence.cutFrom === 'midpoint'
      ? 'Read records first, to see whether it is one key, and to cut between keys. Only if it is known to be many keys and there is no time, cut in the middle:'
      : 'Split it there. UpdateShardCount later makes all ranges equal again and undoes the cut:';
  },
  commands: (finding, context) => {
    const { newStartingHashKey, cutFrom } = finding.evidence;
    if (context.isOnDemand) return [];
    const sample = diagnoseAgain(context, '--sample --yes');
    if (newStartingHashKey === null)
      return finding.splitHelps === 'unknown' && finding.evidence.keys !== 'one' ? [sample] : [];
    const split = awsKinesis(
      'split-shard',
      context,
      `--shard-to-split ${finding.shardId ?? ''} --new-starting-hash-key ${newStartingHashKey}`,
    );
    return cutFrom === 'midpoint' ? [sample, split] : [split];
  },
};

function hotShardHeadline(finding: DiagnosisFindingOf<'HOT_SHARD'>, context: WordsContext): string {
  const { load, isBrief } = finding.evidence;
  const name = shardName(finding.shardId);
  const when = whenText(finding, context);
  const isPast = isOver(finding, context);
  if (load === null) return `${name} ${isPast ? 'throttled' : 'throttles'}${when}, says the log.`;
  const brief = isBrief ? ', for less than 3 of 5 steps' : '';
  return `${name} ${isPast ? 'got' : 'gets'} ${timesBetween(load.utilization)} what it can carry${brief},${when || ' in the run'}.`;
}

/** What a hot shard's keys make of it. */
const MEANS: Readonly<Record<DiagnosisFindingOf<'HOT_SHARD'>['evidence']['keys'], string>> = {
  unseen:
    'One key or several: no keys were seen, so that is not known. If it is one alone, no split helps it. ',
  fit: 'Its keys would each fit, but not all on one shard. ',
  undecided: 'Several keys share it; whether the heaviest fits on a shard of its own is not known. ',
  one:
    'Two explanations are left: that key alone is more than a shard can carry, and no split helps; or it just fits, and ' +
    'what is with it on the shard is what is too much. ',
};

/** A log has a clock of its own. */
function outsideText(
  { sinceMs, untilMs }: DiagnosisFindingOf<'HOT_SHARD'>,
  { fromMs, toMs }: WordsContext,
): string {
  if (sinceMs === undefined || untilMs === undefined) return ' Its lines carry no times.';
  if (untilMs >= fromMs && sinceMs < toMs) return '';
  return ` Its times, ${momentText(sinceMs)} to ${momentText(untilMs)}, are outside of the window.`;
}

/** What was read of a shard without metrics; what throttled, the stream alone has counted. */
function sawOfSample(
  { evidence: { throttled } }: DiagnosisFindingOf<'HOT_SHARD'>,
  load: JudgedInterval,
): string {
  const stream =
    throttled > 0
      ? ` The stream throttled ${amountOf(throttled, 'attempt')} in the window, all or some of them here: it has no metrics of single shards.`
      : '';
  return (
    `${perSecBetween(load)} while it was read: at least what was accepted, at most that with all that the stream ` +
    `throttled a second; a shard takes ${limitText(load)}.${stream}`
  );
}

function sampleTimeText({ evidence: { sampleTime } }: DiagnosisFindingOf<'HOT_SHARD'>): string {
  if (sampleTime === 'outside')
    return ' The records that were read are of other times than this one, mostly: they were not used, for its keys may have been others.';
  return sampleTime === 'unknown'
    ? ' The records that were read carry no times that fit the metrics: that they are of this time is taken for granted.'
    : '';
}

function helpsText(
  { splitHelps, evidence: { keys, undecidedKeys } }: DiagnosisFindingOf<'HOT_SHARD'>,
  { isOnDemand }: WordsContext,
): string {
  if (isOnDemand) return 'The service alone can split it.';
  if (keys === 'one')
    return `A hot shard, or the one key ${keyName(undecidedKeys.at(0)?.key)} on it: do not split yet.`;
  return {
    yes: 'A split helps.',
    partly: 'A split helps; one may not be enough.',
    no: 'A split will not help.',
    unknown: 'It may be one key, which no split helps: no keys were seen.',
    'no-matter': '',
  }[splitHelps];
}

function splitText(finding: DiagnosisFindingOf<'HOT_SHARD'>, { isOnDemand }: WordsContext): string {
  const { load, lowerPart, upperPart, newStartingHashKey, sampledRecords, cutFrom } = finding.evidence;
  if (isOnDemand) return 'Not one of yours: the service alone cuts the shard, in the middle.';
  if (load === null)
    return 'Unknown. The log does not say which keys it was; if it is one alone, none helps.';
  if (finding.evidence.keys === 'one')
    return 'Unknown. It moves the key, whole, to one of the halves; if the key alone is above the limit, none helps.';
  if (newStartingHashKey === null) return 'No. No cut divides this load: it stays together on one side.';
  if (lowerPart === null || upperPart === null)
    return 'Unknown. No keys were seen; if it is one alone, none helps. A cut in the middle leaves the heavier half between half of the load and all of it.';
  const half = (part: number): string =>
    timesBetween({ lower: part * load.utilization.lower, upper: part * load.utilization.upper });
  const answer =
    finding.splitHelps === 'yes'
      ? 'Yes.'
      : 'In part; it takes more than one if the load is nearer to its upper end.';
  const basis = cutFrom === 'run' ? 'the run' : amountOf(sampledRecords, 'sampled record');
  return (
    `${answer} Cut at ${newStartingHashKey}: the lower half carries ${half(lowerPart)}, the upper half ` +
    `${half(upperPart)} of a shard's limit (by ${basis}).`
  );
}

function undecidedText({ evidence: { undecidedKeys } }: DiagnosisFindingOf<'HOT_SHARD'>): string {
  if (undecidedKeys.length === 0) return '';
  const [{ key, utilization }] = undecidedKeys;
  return (
    ` Undecided: ${keyName(key)} alone is ${timesBetween(utilization)} of a shard's limit, for retries are counted ` +
    'again. If it is above, no split helps it.'
  );
}
