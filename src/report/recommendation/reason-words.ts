/**
 * The words for a verdict and for each of its reasons.
 */
import type {
  LayoutRange,
  MergeHold,
  OpenQuestion,
  RecommendationDocument,
  RecommendationReason,
} from '../../results/recommendation-document.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import { amountOf, count, duration, NBSP, percent } from '../figure.ts';
import { timestampText } from '../../traffic/timestamp.ts';
import { momentText } from '../diagnosis/diagnosis-words.ts';

/** `71–142 %`, or one figure where both ends are written alike. */
export function percents({ lower, upper }: LoadInterval): string {
  const [low, high] = [percent(lower), percent(upper)];
  return low === high ? low : `${low.replace(`${NBSP}%`, '')}–${high}`;
}

/** `71–142 %`; `unknown (at most 142 %)` of a shard of which only the stream's sum is known. */
export function loadText({ utilization, basis }: LayoutRange): string {
  if (utilization === null) return 'unknown';
  return basis === 'stream' ? `unknown (at most ${percent(utilization.upper)})` : percents(utilization);
}

const QUESTIONS: Readonly<Record<OpenQuestion, string>> = {
  'throttled-or-retried':
    'are the throttled attempts new records, or retries of the same? Only if they are new does it carry more than is ' +
    'planned for. Sampled records of minutes before it throttled tell (--sample), or the report of a run (--run-report).',
  'burst-within-step':
    'it throttled although the mean of the minute is below the limit. Is that bursts within a second, and of how many ' +
    'keys? Per-second counts and keys tell: --sample.',
  'load-of-closed-shard':
    'it was opened in the window. How much of the load of the shard before it is its own? Sampled records of the ' +
    'closed shard tell (--sample), or a window that begins after the change:',
  'throttled-before-change':
    'a shard that is closed now throttled in the window. Do the shards in its place throttle too? A window that begins ' +
    'after the change tells:',
  'no-shard-metrics':
    'what does each shard carry? Only the stream as a whole has metrics. Shard-level metrics tell; the command is below.',
  'sample-too-small':
    'the records that were read leave it open on which side of the planning limit it is, or whether the minutes that were ' +
    'read are like the others. More of them tell (--sample-budget), or shard-level metrics.',
  'no-metrics': 'there is no complete step of metrics in the window. A longer or an earlier window tells.',
  'throttled-just-now':
    'it throttles in the newest steps, which CloudWatch has not completed yet and which are not judged: what is known of ' +
    'the steps before says nothing of it. Ask again in a few minutes; shardwise diagnose shows the newest steps as they are.',
  'too-little-since-change':
    'nothing has throttled since the layout changed. Does it hold? Too little was seen since then: five complete steps, and ' +
    'half of the busiest load of the window with room to spare, tell. Ask again when the load is back.',
  'fewer-if-known':
    'fewer shards would carry the load of this window. Would they carry what it does not show?',
};

const HOLDS: Readonly<Record<MergeHold, string>> = {
  'loads-sampled': 'what each shard carries is known of the seconds that were read only, not of every minute',
  'cool-off': 'the layout has just changed',
  'changed-in-window': 'the layout changed in the window, and what came before was judged with another',
  'window-too-short': 'the window is shorter than a day',
  'no-63d': 'nothing is known of the 63 days before (steps of 5 minutes)',
  'no-455d': 'nothing is known of the 455 days before (steps of an hour)',
  'consumers-lag': 'consumers are behind, and fewer shards would be read more slowly',
  'no-iterator-age': 'nobody looked at how far consumers are behind',
  'reads-throttled': 'reads were throttled, and fewer shards have less to read with',
  'hot-key-first':
    'a shard carries too much that no cut helps, and what does will need the room of the others',
  'fewest-steps': '--prefer fewest-steps asks for what is needed only',
};

/** A window that begins after the last change decides them. */
const AFTER_CHANGE: ReadonlySet<OpenQuestion> = new Set(['load-of-closed-shard', 'throttled-before-change']);

/** `122–127 % as the mean of a step, times the burst factor of 1.25`: as a diagnosis has it. */
function meanText(utilization: LoadInterval, { records, bytes }: Burst): string {
  if (records !== bytes) return `with the burst factor of ${records} (bytes ${bytes})`;
  const of = (value: number): number => value / records;
  const mean = percents({ lower: of(utilization.lower), upper: of(utilization.upper) });
  return `${mean} as the mean of a step, times the burst factor of ${records}`;
}

type Burst = RecommendationDocument['planning']['burstFactor'];

/** One reason as a sentence or two. */
export function reasonWords(reason: RecommendationReason, lastChangeMs: number | null, burst: Burst): string {
  switch (reason.code) {
    case 'shards-above':
      return (
        `${amountOf(reason.shards, 'shard')} above the planning limit for certain; the worst, ${reason.worst}, at ` +
        `${percents(reason.utilization)} of its limit (${meanText(reason.utilization, burst)}).`
      );
    case 'since-change':
      return sinceWords(reason);
    case 'stream-above':
      return `The mean of all shards is at ${percent(reason.utilization)} of the limit, so the hottest is at least there.`;
    case 'short-peaks':
      return (
        `${amountOf(reason.steps, 'step')} on ${amountOf(reason.shards, 'shard')} above the planning limit, too short to ` +
        'act upon, and nothing throttled.'
      );
    case 'all-fit':
      return `No shard is above ${percent(reason.hottest)} of its limit in ${amountOf(reason.steps, 'step')}.`;
    case 'fewer-fit':
      return `${amountOf(reason.shards, 'shard')} carry the same in each of ${amountOf(reason.steps, 'step')}.`;
    case 'on-demand':
      return 'The stream is on demand: the service splits and merges its shards, and takes no steps from others.';
    case 'open-question': {
      const who =
        reason.shardId === undefined
          ? ''
          : `${reason.shardId}${reason.shards > 1 ? ` and ${count(reason.shards - 1)} more` : ''}: `;
      const since =
        AFTER_CHANGE.has(reason.question) && lastChangeMs !== null
          ? ` --from${NBSP}${timestampText(Math.ceil(lastChangeMs / 60_000) * 60_000_000)}`
          : '';
      const text = `${who}${QUESTIONS[reason.question]}${since}`;
      return `Open question. ${text.slice(0, 1)[who === '' ? 'toUpperCase' : 'toString']()}${text.slice(1)}`;
    }
    case 'merges-held': {
      const until = reason.untilMs === undefined ? '' : `, until ${momentText(reason.untilMs)}`;
      const value = reason.value === undefined ? '' : ` (${duration(reason.value)})`;
      return `No merges: ${HOLDS[reason.why]}${value}${until}.`;
    }
    case 'no-cut-helps':
      return (
        `No cut helps ${reason.shardId}${reason.shards > 1 ? ` and ${count(reason.shards - 1)} more` : ''}: a single key ` +
        'is too much, and a split moves it whole.'
      );
    case 'single-key-suspected':
      return (
        `${reason.shardId}${reason.shards > 1 ? ` and ${count(reason.shards - 1)} more` : ''} came out of a split of ` +
        `${reason.parentId} and has ${percent(reason.share)} of what both halves carry: a single key, most likely, which ` +
        'a split moves whole. It is not cut again before its keys are known (--sample --yes, or --run-report).'
      );
    case 'cut-blindly':
      return (
        `${amountOf(reason.shards, 'shard')} to be cut into equal parts (two: at the midpoint), for no keys were seen: the ` +
        'fullest part gets an equal share of the load at best and all of it at worst. Keys show where to cut: --sample, or --run-report of a load test.'
      );
    case 'steps-withheld':
      return withheldWords(reason);
  }
}

function sinceWords({
  sinceMs,
  steps,
  attempts,
  throttledBefore,
  busiest,
}: Extract<RecommendationReason, { code: 'since-change' }>): string {
  const ended =
    throttledBefore > 0
      ? `Throttling ended with the last change of the layout: ${amountOf(throttledBefore, 'attempt')} throttled in the window ` +
        'before it, none'
      : 'The layout changed in the window. Nothing throttled; it is judged by what was seen';
  return (
    `${ended} of ${count(attempts)} in the ${amountOf(steps, 'complete step')} since ${momentText(sinceMs)}, the busiest of ` +
    `which carried ${percent(busiest)} of the busiest of the window.`
  );
}

function withheldWords({
  why,
  needed,
  most,
}: Extract<RecommendationReason, { code: 'steps-withheld' }>): string {
  if (why === 'replay')
    return (
      `The layout that was worked out throttles ${percent(needed)} in the replay, that of now ${percent(most)}: it is ` +
      'not offered.'
    );
  const what = why === 'quota' ? "the region's default quota of shards" : '--max-shards';
  return `It takes ${count(needed)} open shards on the way, more than ${what} (${count(most)}): no steps are offered.`;
}
