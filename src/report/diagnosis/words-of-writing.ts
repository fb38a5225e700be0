/**
 * The words for findings about writing: hot keys, too few or too many shards, bursts and retries.
 */
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import { amountOf, count, duration, NBSP, percent, perSec, times } from '../figure.ts';
import { PRACTICAL_SALTS } from '../../advice/placement/salts.ts';
import { awsKinesis, diagnoseAgain, shardwise } from './command-lines.ts';
import {
  isOver,
  keyName,
  limitText,
  percentBetween,
  perSecBetween,
  shardName,
  stepsText,
  timesBetween,
  whenText,
  type DiagnosisWords,
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
