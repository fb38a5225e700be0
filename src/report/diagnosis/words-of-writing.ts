/**
 * The words for findings about writing: hot keys and shards, too few or too many shards, bursts and retries.
 */
import type { DiagnosisFindingOf, JudgedInterval } from '../../results/diagnosis-finding.ts';
import { amountOf, count, duration, NBSP, percent, perSec, times } from '../figure.ts';
import { PRACTICAL_SALTS } from '../../advice/placement/salts.ts';
import { awsKinesis, diagnoseAgain, shardwise } from './command-lines.ts';
import {
  isOver,
  keyName,
  limitText,
  momentText,
  percentBetween,
  perSecBetween,
  shardName,
  stepsText,
  timesBetween,
  whenText,
  type DiagnosisWords,
  type WordsContext,
} from './diagnosis-words.ts';

export const HOT_KEY: DiagnosisWords<'HOT_KEY'> = {
  title: 'one key is more than a shard can carry',
  page: 'docs/findings/HOT_KEY.md',
  headline: (finding, context) =>
    `${keyName(finding.key)} on ${shardName(finding.shardId)} ${isOver(finding, context) ? 'was' : 'is'} ${timesBetween(finding.evidence.load.utilization)} ` +
    `what one shard can carry,${whenText(finding, context) || ' in the run'}. A split will not help.`,
  saw: ({ evidence, key }) =>
    evidence.basis === 'run'
      ? `The run counted ${perSecBetween(evidence.load)} of the key in its busiest window. A shard takes ` +
        `${limitText(evidence.load)}.`
      : `${keyName(key)} has ${evidence.share === null ? 'a part' : percentBetween(evidence.share)} of what its shard ` +
        `accepted (${amountOf(evidence.sampledRecords ?? 0, 'sampled record')}` +
        `${evidence.isBeforeOnset ? ', from before it throttled' : ''}): ${perSecBetween(evidence.load)} in the worst ` +
        `step, between what was accepted and that with all that was throttled. A shard takes ${limitText(evidence.load)}. ` +
        sureOf(evidence),
  means: () =>
    'All records of a key go to one shard, so what is above that limit is throttled, and the other keys on the shard ' +
    'suffer with it. More shards, retries and on-demand mode do not change that, unless the stream spreads records by ' +
    'itself (the record distribution strategy AUTO, on-demand only).',
  split: () => 'No. A split moves the key, whole, to one of the two halves.',
  todo: ({ evidence }) => saltingText(evidence),
};

/** How sure it is, and why. */
function sureOf({ basis, attempts, likelyPerSec, load }: DiagnosisFindingOf<'HOT_KEY'>['evidence']): string {
  switch (basis) {
    case 'accepted':
      return 'What was accepted of it alone is above that.';
    case 'fills-shard':
      return (
        'What was accepted is never more than the limit; this key alone fills it to at least ' +
        `${percent(load.utilization.lower)} while the shard throttles, so that no shard can hold anything beside it.`
      );
    case 'attempts':
      return (
        `How much of what was throttled were retries is not known. If a record is tried at most ${attempts ?? 1} times ` +
        `(the default of AWS's SDKs), the key is at least ${perSec(load.dimension, likelyPerSec ?? 0, load.limitPerSec)}; ` +
        'with more tries it may just fit.'
      );
    case 'run':
      return '';
  }
}

function saltingText({
  saltsChosen,
  saltsRandom,
  headroom,
}: DiagnosisFindingOf<'HOT_KEY'>['evidence']): string {
  const finer = 'Give these records a finer partition key';
  if (saltsChosen === null && saltsRandom === null)
    return `${finer}. Spreading the key by suffixes (salting) does not fit on the shards that there are: add shards first.`;
  const random =
    saltsRandom === null || saltsRandom > PRACTICAL_SALTS
      ? 'random suffixes are not practical on so few shards'
      : `${count(saltsRandom)} with random ones`;
  const chosen =
    saltsChosen === null
      ? ''
      : `${amountOf(saltsChosen, 'suffix', 'suffixes')} chosen so that each falls on another shard, `;
  return (
    `${finer}, or spread the key over suffixes (salting): at most ${chosen}${random}; that leaves ` +
    `${percent(headroom)} headroom. Readers must then collect all of them, and order holds only within each.`
  );
}

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

export const UNDER_PROVISIONED: DiagnosisWords<'UNDER_PROVISIONED'> = {
  title: 'the stream has too few shards for this load',
  page: 'docs/findings/UNDER_PROVISIONED.md',
  headline: (finding, context) =>
    `the load is ${timesBetween(finding.evidence.load.utilization)} what ${amountOf(finding.evidence.shards, 'shard')} ` +
    `can carry,${whenText(finding, context)}. It needs ${needText(finding)}.`,
  saw: ({ evidence: { load } }, context) =>
    `The stream took ${perSecBetween(load)} in the worst step, between what was accepted and that with all that was ` +
    `throttled; its shards take ${limitText(load)}. Above 0.9 of that in ` +
    `${stepsText(load.stepsAbove, load.steps, context)}.`,
  means: () =>
    'This is not a matter of how the keys are spread: even spread perfectly, the load leaves the stream no room.',
  split: (finding) => `Not one alone. It takes ${needText(finding)} over the whole hash range.`,
  todo: (finding, { isOnDemand }) =>
    isOnDemand
      ? 'The service splits by itself, within about 15 minutes. Retry for as long as that takes, or set a warm throughput (On-demand Advantage) before such a load comes.'
      : finding.evidence.shardsNow >= finding.evidence.shardsNeeded.upper
        ? `Nothing more: there are ${count(finding.evidence.shardsNow)} shards now.`
        : 'Add shards; one call at most doubles them. Begin with the fewest and look again:',
  commands: ({ evidence: { shardsNow, shardsNeeded } }, context) =>
    context.isOnDemand || shardsNow >= shardsNeeded.upper
      ? []
      : [
          awsKinesis(
            'update-shard-count',
            context,
            `--scaling-type UNIFORM_SCALING --target-shard-count ${Math.min(2 * shardsNow, Math.max(shardsNow + 1, shardsNeeded.lower))}`,
          ),
        ],
};

function needText({ evidence: { shardsNeeded, headroom } }: DiagnosisFindingOf<'UNDER_PROVISIONED'>): string {
  const { lower, upper } = shardsNeeded;
  const shards =
    lower === upper ? amountOf(lower, 'shard') : `${count(lower)} to ${amountOf(upper, 'shard')}`;
  return `${shards} with ${percent(headroom)} headroom`;
}

export const OVER_PROVISIONED: DiagnosisWords<'OVER_PROVISIONED'> = {
  title: 'the stream has more shards than its load needed',
  page: 'docs/findings/OVER_PROVISIONED.md',
  headline: ({ evidence: { shards, shardsEnough, windowHours } }) =>
    `${amountOf(shardsEnough, 'shard')} would have done in these last ${duration(windowHours * 3_600_000)}; there are ${count(shards)}.`,
  saw: ({ evidence: { load, headroom, shardsEnough } }) =>
    `At its highest the stream took ${perSecBetween(load)} of ${limitText(load)}; nothing throttled. ` +
    `${amountOf(shardsEnough, 'shard')} would carry that with ${percent(headroom)} headroom.`,
  means: ({ evidence: { windowHours } }) =>
    `Shards cost whether they are used or not. But a window of ${duration(windowHours * 3_600_000)} does not show the busiest day` +
    ' of a month, nor what consumers need to catch up.',
  todo: () => 'Do not merge by this alone. Look at a week, and at what the stream has carried before:',
  commands: (_finding, context) => [shardwise('recommend', context, '--from -7d')],
};

export const UNEVEN_RANGES: DiagnosisWords<'UNEVEN_RANGES'> = {
  title: 'one range is wider than the others, and its load with it',
  page: 'docs/findings/UNEVEN_RANGES.md',
  headline: ({ shardId, evidence: { rangeShare, evenShare } }) =>
    `${shardName(shardId)} has ${percent(rangeShare)} of the hash space, ${times(rangeShare / evenShare)} its part. A split helps.`,
  saw: ({ evidence: { rangeShare, loadShare, evenShare, load } }) =>
    `Its range is ${percent(rangeShare)} of the hash space and its load ${percent(loadShare)} of the stream's (an even ` +
    `part is ${percent(evenShare)}); ${timesBetween(load.utilization)} of its limit in the worst step. The other shards ` +
    'have as much load for their width.',
  means: () =>
    'Its keys are no heavier than others: there are more of them, because the range is wide. Splits of other shards leave such ranges.',
  split: () =>
    'Yes, in the middle: where load follows width, each half gets half. It is an estimate; sampled keys make it exact.',
  todo: () => 'Split it:',
  commands: ({ shardId, evidence: { newStartingHashKey } }, context) => [
    awsKinesis(
      'split-shard',
      context,
      `--shard-to-split ${shardId ?? ''} --new-starting-hash-key ${newStartingHashKey}`,
    ),
  ],
};

export const HIDDEN_BURST: DiagnosisWords<'HIDDEN_BURST'> = {
  title: 'throttled by bursts that the mean of a minute hides',
  page: 'docs/findings/HIDDEN_BURST.md',
  headline: (finding, context) =>
    `${shardName(finding.shardId)} ${isOver(finding, context) ? 'throttled although the minute fitted' : 'throttles although the minute fits'} (${timesBetween(finding.evidence.load.utilization)} ` +
    `of its limit),${whenText(finding, context)}.`,
  saw: ({ evidence }, context) => {
    const { load, throttled, stepsThrottled, peakSecond, deficit, sampledSeconds } = evidence;
    const base =
      `${amountOf(throttled, 'attempt')} throttled in ${stepsText(stepsThrottled, load.steps, context)}, none of them at ` +
      `the limit: the one that throttled most has a mean of ${perSecBetween(load)}, and a shard takes ${limitText(load)}.`;
    if (peakSecond === null || deficit === null) return `${base} No single seconds were looked at.`;
    return (
      `${base} The busiest of ${count(sampledSeconds)} sampled seconds accepted ` +
      `${perSec(load.dimension, peakSecond, load.limitPerSec)}, which drained ${percent(Math.min(1, deficit))} of what a shard has in hand.`
    );
  },
  means: () =>
    'A shard has about a second of load in hand. Writers that flush together, or every so many seconds, use it up and are throttled, while the minute has room.',
  split: () =>
    'Perhaps: halves take half of a burst each, if its keys are on both. Smoother writers help for certain.',
  todo: () =>
    'Spread the sending: smaller batches more often, writers at different moments, a rate limit in the producer. See single seconds first:',
  commands: (finding, context) =>
    finding.evidence.peakSecond === null ? [diagnoseAgain(context, '--sample --yes')] : [],
};

export const RETRY_STORM: DiagnosisWords<'RETRY_STORM'> = {
  title: 'most attempts are retries of what was throttled before',
  page: 'docs/findings/RETRY_STORM.md',
  headline: (finding, context) =>
    `${finding.shardId === undefined ? 'the stream' : shardName(finding.shardId)} gets ` +
    `${count(finding.evidence.attemptsPerSec)}${NBSP}attempts/s and takes ${count(finding.evidence.acceptedPerSec)}` +
    `${whenText(finding, context)}: probably retries, not growth.`,
  saw: ({ evidence }) => {
    const { before, early, late, othersGrowth, fellBack, retryShare, attemptsPerSec } = evidence;
    if (retryShare !== null)
      return `${percent(retryShare)} of the attempts of the run were retries: ${count(attemptsPerSec)}${NBSP}attempts/s.`;
    return (
      `The load was flat at ${count(before ?? 0)}${NBSP}records/s before. Once it throttled, attempts rose from ` +
      `${count(early ?? 0)} to ${count(late ?? 0)}/s while the shard took no more.` +
      (othersGrowth === null ? '' : ` The other shards' load went to ${times(othersGrowth)}.`) +
      (fellBack === true ? ' When it ended, the load was what it had been before.' : '')
    );
  },
  means: ({ confidence }) =>
    'What is refused comes again, and again with what is new: the shard stays full after the cause has gone. ' +
    (confidence === 'high'
      ? ''
      : 'Metrics count attempts, not records, so growth of keys of this shard alone would look much the same.'),
  todo: () =>
    'Make retries wait, longer each time and at random (exponential backoff with jitter), and bound their number. Look for ' +
    'what began it before adding shards. A report of a run (--run-report) tells retries exactly.',
};
