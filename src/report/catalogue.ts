/**
 * The words for every finding: what we saw, what it means, whether a split helps, what to do, and where to read more.
 *
 * Findings are data; this is the only place that turns them into sentences. It does not compile while a code is
 * missing. Its reader is on call, it is three in the morning, and the words should be enough to act on.
 */
import { PRACTICAL_SALTS } from '../advice/placement/salts.ts';
import { BLOCKED_LIMIT } from '../results/generator-info.ts';
import type { CapacityInfo, Evidence, Finding, FindingCode, FindingOf } from '../results/report-document.ts';
import { amountOf, count, duration, NBSP, percent, perSec, timeAt, times } from './figure.ts';
import { LOST_RECORDS } from './lost-records-words.ts';
import { onDemandWords } from './on-demand-words.ts';
import { quoteName, showName } from './name.ts';

export interface FindingInfo<C extends FindingCode = FindingCode> {
  readonly title: string;
  /** Path of its page in the repository and in the package. */
  readonly page: string;
  /** One line for the top of a report. */
  readonly headline: (finding: FindingOf<C>) => string;
  readonly saw: (finding: FindingOf<C>) => string;
  readonly means: (finding: FindingOf<C>) => string;
  /** Whether a split will help, answered in the first word. */
  readonly split: (finding: FindingOf<C>) => string;
  readonly todo: (finding: FindingOf<C>) => string;
}

/** The sentences about one finding. They may hold no-break spaces, see `figure.ts`. */
export interface Explanation {
  readonly title: string;
  readonly page: string;
  readonly headline: string;
  readonly saw: string;
  readonly means: string;
  readonly split: string;
  readonly todo: string;
}

/** A key in a sentence. */
const KEY_COLUMNS = 36;
const SHARD_COLUMNS = 32;

const keyOf = (finding: { readonly key?: string }): string =>
  finding.key === undefined ? 'one key' : quoteName(finding.key, KEY_COLUMNS);

const shardOf = (finding: { readonly shardId?: string }): string =>
  finding.shardId === undefined ? 'its shard' : showName(finding.shardId, SHARD_COLUMNS);

const windowOf = (seconds: number): string => `busiest ${seconds}${NBSP}s`;

/** `busiest 10 s, from 50 s to 60 s`; a report of an older version does not tell when. */
const windowAt = ({ windowSec, fromMs, toMs }: LoadEvidence): string =>
  fromMs === undefined || toMs === undefined
    ? windowOf(windowSec)
    : `${windowOf(windowSec)} (from ${timeAt(fromMs)} to ${timeAt(toMs)})`;

type LoadEvidence = Evidence['HOT_SHARD'] | Evidence['HOT_KEY'] | Evidence['UNDER_PROVISIONED'];

const offered = (load: LoadEvidence): string => perSec(load.dimension, load.perSec, load.limitPerSec);
const limit = (load: LoadEvidence): string => perSec(load.dimension, load.limitPerSec, load.limitPerSec);

const HOT_KEY: FindingInfo<'HOT_KEY'> = {
  title: 'one key is more than a shard can carry',
  page: 'docs/findings/HOT_KEY.md',
  headline: (finding) =>
    `${keyOf(finding)} on ${shardOf(finding)}${sinceClosed(finding.evidence)} takes ${times(finding.evidence.utilization)} what one shard can ` +
    'carry. A split will not help.',
  saw: (finding) =>
    `The key ${keyOf(finding)} alone was offered at least ${offered(finding.evidence)} in its ` +
    `${windowAt(finding.evidence)}. A shard takes ${limit(finding.evidence)}. ` +
    `The key is ${percent(finding.evidence.share)} of all records and ${placeOf(finding)}.`,
  means: () =>
    'All records of a key go to one shard, so what is above that limit is throttled, and the other keys on the ' +
    'shard suffer with it. More shards and retries do not change that, nor does on-demand mode, unless the stream ' +
    'distributes records by itself (AUTO).',
  split: () => 'No. A split moves the key, whole, to one of the two halves.',
  todo: ({ evidence }) => `${salting(evidence)} Or give these records a finer partition key.`,
};

/** ` (closed since; now on shardId-000000000007)` */
function sinceClosed({ isClosed, shardIdNow }: Evidence['HOT_KEY']): string {
  if (isClosed !== true) return '';
  return ` (closed since${shardIdNow === undefined ? '' : `; now on ${showName(shardIdNow, SHARD_COLUMNS)}`})`;
}

function placeOf(finding: FindingOf<'HOT_KEY'>): string {
  const { isClosed, shardIdNow } = finding.evidence;
  if (isClosed !== true) return `falls on ${shardOf(finding)}`;
  const now = shardIdNow === undefined ? '' : `; now it falls on ${showName(shardIdNow, SHARD_COLUMNS)}`;
  return `fell on ${shardOf(finding)} then, which is closed${now}`;
}

function salting({ saltsChosen, saltsRandom, headroom }: Evidence['HOT_KEY']): string {
  if (saltsChosen === null && saltsRandom === null) {
    return 'Spreading the key over several (salting) does not fit on the shards that there are: add shards first.';
  }
  const room = `leaves ${percent(headroom)} headroom`;
  const random =
    saltsRandom === null
      ? 'With random suffixes no number of keys fits on these shards.'
      : saltsRandom > PRACTICAL_SALTS
        ? `Random suffixes are not practical on so few shards: it would take ${count(saltsRandom)}.`
        : `With random suffixes it takes ${count(saltsRandom)}, which fits in 95${NBSP}% of cases.`;
  const way =
    saltsChosen === null
      ? 'Spread it over several keys by a suffix (salting).'
      : `Spread it over ${amountOf(saltsChosen, 'key')} by a suffix (salting), each chosen to fall on another ` +
        `shard; that ${room}.`;
  return `${way} ${random} Readers must then collect all of them, and order holds only within each.`;
}

const HOT_SHARD: FindingInfo<'HOT_SHARD'> = {
  title: 'several keys together are more than their shard can carry',
  page: 'docs/findings/HOT_SHARD.md',
  headline: (finding) =>
    finding.evidence.isClosed === true
      ? `${shardOf(finding)} got ${times(finding.evidence.utilization)} what it could carry, until it was closed.`
      : `${shardOf(finding)} gets ${times(finding.evidence.utilization)} what it can carry. ` +
        { yes: 'A split helps.', partly: 'One split is not enough.', no: 'A split will not help.' }[
          helpOf(finding.evidence)
        ],
  saw: (finding) =>
    `${shardOf(finding)} was offered ${offered(finding.evidence)} in its ` +
    `${windowAt(finding.evidence)}, not counting keys that are too hot by themselves. ` +
    `A shard takes ${limit(finding.evidence)}.`,
  means: () =>
    'Several keys that would each fit fall on the same shard. The stream as a whole has room; this part of its ' +
    'hash range has not. What is above the limit is throttled.',
  split: ({ evidence }) => splitting(evidence),
  todo: (finding) =>
    finding.evidence.isClosed === true
      ? 'Nothing for this shard: it is gone. See whether the shards that took its range are well.'
      : finding.evidence.newStartingHashKey === null || !finding.evidence.splitHelps
        ? 'Spread the heaviest keys of this shard over finer partition keys; they are below, or in the JSON report.'
        : `Call SplitShard for ${shardOf(finding)} with NewStartingHashKey ${finding.evidence.newStartingHashKey}. ` +
          'UpdateShardCount later makes all ranges equal again and undoes the cut.',
};

function splitting(evidence: Evidence['HOT_SHARD']): string {
  const { lowerUtilization, upperUtilization } = evidence;
  if (evidence.isClosed === true) return 'Not any more. The shard was closed while the scenario ran.';
  if (lowerUtilization === null || upperUtilization === null) {
    return 'No. No cut divides this load: it stays together on one side.';
  }
  const halves = `lower half ${times(lowerUtilization)}, upper half ${times(upperUtilization)} of a shard's limit`;
  const answers = {
    yes: `Yes. After the best cut: ${halves}.`,
    partly: `In part. The best cut leaves one half too hot: ${halves}.`,
    no: `No. Even the best cut leaves too much on one side: ${halves}.`,
  };
  return answers[helpOf(evidence)];
}

/** Whether a cut helps, and whether one is enough. */
function helpOf(evidence: Evidence['HOT_SHARD']): 'yes' | 'partly' | 'no' {
  const { splitHelps, lowerUtilization, upperUtilization } = evidence;
  if (!splitHelps || lowerUtilization === null || upperUtilization === null) return 'no';
  return Math.max(lowerUtilization, upperUtilization) <= 1 ? 'yes' : 'partly';
}

const UNDER_PROVISIONED: FindingInfo<'UNDER_PROVISIONED'> = {
  title: 'the stream has too few shards for this load',
  page: 'docs/findings/UNDER_PROVISIONED.md',
  headline: ({ evidence }) =>
    `the load is ${times(evidence.utilization)} what ${amountOf(evidence.shards, 'shard')} can carry. ` +
    `It needs ${count(evidence.shardsNeeded)}.` +
    (evidence.shardsNow === undefined ? '' : ` There are ${count(evidence.shardsNow)} now.`),
  saw: ({ evidence }) =>
    `All keys together offered ${offered(evidence)} in the ${windowAt(evidence)}, a key counted as no ` +
    `more than one shard can take. ${amountOf(evidence.shards, 'shard')} ` +
    `${evidence.shards === 1 ? 'takes' : 'take'} ${limit(evidence)}; this finding begins at 0.9 of that.`,
  means: () =>
    'This is not a matter of how the keys are spread: even spread perfectly, the load leaves the stream no room.',
  split: ({ evidence }) =>
    evidence.moreShards === 0
      ? `No more are needed: the stream has ${amountOf(evidence.shardsNow ?? evidence.shards, 'shard')} now.`
      : `Not one alone. The stream needs ${count(evidence.moreShards)} more, over the whole hash range.`,
  todo: ({ evidence }) =>
    evidence.moreShards === 0
      ? `Nothing more: the stream had ${amountOf(evidence.shards, 'shard')} in that window, and has ${count(evidence.shardsNow ?? evidence.shards)} now. Open them before the load comes.`
      : `Go from ${count(evidence.shardsNow ?? evidence.shards)} to ${amountOf(evidence.shardsNeeded, 'shard')} with UpdateShardCount` +
        (evidence.headroom > 0
          ? `; that leaves ${percent(evidence.headroom)} headroom over the mean of the ${windowOf(evidence.windowSec)}. ` +
            'Peaks that are shorter need more.'
          : '. It leaves no headroom: some keys weigh so much that no count nearby leaves every shard any.') +
        (evidence.shardsNeeded > (evidence.shardsNow ?? evidence.shards) * 2
          ? ' One call at most doubles the count, so it takes several, one after another.'
          : '') +
        ' Then run again: a hot shard or key may have been hidden behind this.',
};

const GENERATOR_LATE: FindingInfo<'GENERATOR_LATE'> = {
  title: 'this machine could not keep the rate',
  page: 'docs/findings/GENERATOR_LATE.md',
  headline: () => 'the generator could not keep the rate, so the stream cannot be judged.',
  saw: ({ evidence }) =>
    `99${NBSP}% of the records entered the producer within ${duration(evidence.lagP99Ms)} of being due (at most ` +
    `${duration(evidence.lagLimitMs)} is allowed), and ${percent(evidence.dispatched)} of the due records were ` +
    `handed on in time (at least ${percent(evidence.dispatchedLimit)} is asked).`,
  means: () =>
    'The stream was not sent the load that the scenario describes. Throttling, latency and any other finding in ' +
    'this report are of another load, and cannot be held against the stream.',
  split: () => 'Unknown. This run says nothing about the stream.',
  todo: ({ evidence }) =>
    `The sending thread was busy ${percent(evidence.eventLoopUtilization)} of the time. ` +
    (evidence.eventLoopUtilization >= 0.9
      ? `${busyWhy(evidence.cpu)} lower the rate, send larger batches, use --transport raw, ` +
        'more --workers on free cores, or a faster machine.'
      : 'It may have been held up by other work on this machine: stop that, and run again.') +
    ((evidence.socketsBlocked ?? 0) >= BLOCKED_LIMIT
      ? ` The network took no more: ${percent(evidence.socketsBlocked ?? 0)} of its connections had bytes waiting, so send less, or from a machine with a faster link.`
      : '') +
    ` The scenario's own peaks (bursts, stages) may ask for more than one sending thread can do` +
    (evidence.peakRatePerSec === undefined
      ? '.'
      : `: at its highest it asks for ${count(evidence.peakRatePerSec)}${NBSP}records/s.`),
};

/** A thread that is busy all the time, and does not get a core for it, waits for others. */
function busyWhy(cpu: number | undefined): string {
  return cpu === undefined || cpu >= 0.7
    ? 'It is the limit:'
    : `It had a core for only ${percent(cpu)} of the time: others on this machine had it. Stop them, or`;
}

/** Every finding there is. A code without words does not compile. */
export const CATALOGUE = {
  HOT_KEY,
  HOT_SHARD,
  UNDER_PROVISIONED,
  LOST_RECORDS,
  GENERATOR_LATE,
} satisfies { readonly [C in FindingCode]: FindingInfo<C> };

/**
 * The words for one finding, numbers filled in.
 * @param capacity of an on-demand stream
 */
export function explain(finding: Finding, capacity?: CapacityInfo): Explanation {
  const words = wordsOf(finding);
  if (capacity === undefined) return words;
  const { split = words.split, todo = words.todo, also } = onDemandWords(finding, capacity);
  return { ...words, split, todo: also === undefined ? todo : `${todo} ${also}` };
}

function wordsOf(finding: Finding): Explanation {
  switch (finding.code) {
    case 'HOT_KEY':
      return fill(CATALOGUE.HOT_KEY, finding);
    case 'HOT_SHARD':
      return fill(CATALOGUE.HOT_SHARD, finding);
    case 'UNDER_PROVISIONED':
      return fill(CATALOGUE.UNDER_PROVISIONED, finding);
    case 'LOST_RECORDS':
      return fill(CATALOGUE.LOST_RECORDS, finding);
    case 'GENERATOR_LATE':
      return fill(CATALOGUE.GENERATOR_LATE, finding);
  }
}

function fill<C extends FindingCode>(info: FindingInfo<C>, finding: FindingOf<C>): Explanation {
  return {
    title: info.title,
    page: info.page,
    headline: info.headline(finding),
    saw: info.saw(finding),
    means: info.means(finding),
    split: info.split(finding),
    todo: info.todo(finding),
  };
}
