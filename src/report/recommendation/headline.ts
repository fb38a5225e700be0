/**
 * The first lines of a recommendation, for somebody who has just been woken: the verdict with the worst shard, and what to
 * do about it.
 */
import type {
  LayoutRange,
  OpenQuestion,
  RecommendationDocument,
  RecommendationReason,
} from '../../results/recommendation-document.ts';
import { amountOf, count, duration, listed, NBSP, percent } from '../figure.ts';
import { quoteName } from '../name.ts';
import { loadText } from './reason-words.ts';

/** What is wrong, or that nothing is: one sentence, behind the verdict. */
export function verdictWords(document: RecommendationDocument): string {
  const { verdict, layout, reasons, after, planning } = document;
  const room = percent(1 - planning.headroom);
  const worst = worstOf(layout, reasons);
  const load = worst === undefined ? '' : `${worst.shardId} at ${loadText(worst)} of its limit`;
  switch (verdict) {
    case 'UNDER_PROVISIONED':
      return worst === undefined || worst.basis === 'stream'
        ? `the stream as a whole: its shards together carry more than is planned for (${room}).`
        : tooHotWords(document, load);
    case 'RIGHT_SIZED': {
      const since = reasons.find(({ code }) => code === 'since-change');
      const ended =
        since?.code === 'since-change' && since.throttledBefore > 0
          ? ' Throttling ended with the last change of the layout.'
          : '';
      return `${worst === undefined ? 'the layout fits.' : `it fits: ${load}, the most of all.`}${ended}`;
    }
    case 'OVER_PROVISIONED':
      return `the same load fits on ${amountOf(after.shards, 'shard')} instead of ${count(layout.length)}.`;
    case 'UNDECIDED': {
      const withheld = reasons.some(({ code }) => code === 'steps-withheld');
      if (withheld) return 'a layout was worked out, and is not offered.';
      const about = questionIn(reasons)?.shardId;
      const it = layout.find(({ shardId }) => shardId === about);
      const what =
        it === undefined || it.utilization === null
          ? ''
          : it.basis === 'stream'
            ? `; the load of ${it.shardId} is ${loadText(it)}`
            : `; ${it.shardId} is at ${loadText(it)} of its limit`;
      return `what is known allows two answers${what}.`;
    }
  }
}

/** Whether the stream is too small, some of its shards are too hot, or single keys. */
function tooHotWords(
  { layout, reasons, steps, hotKeys, planning }: RecommendationDocument,
  load: string,
): string {
  const planned = `${load}, and ${percent(1 - planning.headroom)} is planned for`;
  const above = reasons.find((reason) => reason.code === 'shards-above');
  if (above === undefined) return `${planned}.`;
  const mean = `the mean of all shards is at ${percent(above.mean)}`;
  const one = above.shards === 1;
  if (steps.length === 0 && hotKeys.length > 0) {
    const keys = hotKeys.length === 1 ? 'one key is' : `${count(hotKeys.length)} keys are`;
    return `${keys} too hot, which no layout helps: ${planned}; ${mean}.`;
  }
  if (above.mean > 1 - planning.headroom) return `the stream as a whole, for ${mean} and ${planned}.`;
  const shards = one ? 'one shard' : amountOf(above.shards, 'shard');
  return `${shards} of ${count(layout.length)} ${one ? 'is' : 'are'} too hot: ${planned}; the stream as a whole has room (${mean}).`;
}

/** What to do now: one sentence. */
export function actionWords(document: RecommendationDocument): string {
  const { verdict, steps, before, after, estimate, reasons, hotKeys } = document;
  if (steps.length > 0)
    return (
      `Do: ${stepKinds(steps)} (${count(before.shards)} shards become ${count(after.shards)}, about ` +
      `${duration(estimate.seconds * 1000)}): save with -o${NBSP}steps.json, then shardwise${NBSP}apply${NBSP}steps.json.` +
      (reasons.some(({ code }) => code === 'cut-blindly')
        ? ` Better first: ${document.shardLoads.unknown > 0 ? 'see which shards carry the load, and where to cut' : 'see where to cut'}, by --sample${NBSP}--yes.`
        : '')
    );
  if (verdict === 'RIGHT_SIZED' || verdict === 'OVER_PROVISIONED') return 'Nothing to do.';
  if (reasons.some(({ code }) => code === 'on-demand'))
    return 'No steps: the service keeps the shards of an on-demand stream. What helps is below.';
  if (reasons.some(({ code }) => code === 'steps-withheld')) return 'No steps are offered; why is below.';
  if (verdict === 'UNDECIDED') {
    const question = questionIn(reasons)?.question;
    return question === undefined ? 'Nothing is offered.' : `Do first: ${NEXT[question]}`;
  }
  if (reasons.some(({ code }) => code === 'single-key-suspected'))
    return 'No more cuts: find its key first (--sample --yes).';
  return hotKeys.length > 0
    ? `No resharding helps: spread the key ${quoteName(hotKeys[0].key, 40)} (salts, below).`
    : 'No resharding helps, or none is offered; why is below.';
}

/** `2 splits and 1 merge`. */
export function stepKinds(steps: RecommendationDocument['steps']): string {
  const splits = steps.filter(({ kind }) => kind === 'split').length;
  const merges = steps.length - splits;
  return listed([
    ...(splits > 0 ? [amountOf(splits, 'split')] : []),
    ...(merges > 0 ? [amountOf(merges, 'merge')] : []),
  ]);
}

const NEXT: Readonly<Record<OpenQuestion, string>> = {
  'throttled-or-retried': 'read records of before it throttled: --sample --yes.',
  'burst-within-step': 'look at single seconds and keys: --sample --yes.',
  'load-of-closed-shard': 'ask again over a window after the last change (--from, below).',
  'throttled-before-change': 'ask again over a window after the last change (--from, below).',
  'no-shard-metrics': 'switch on shard metrics (command below), or read records: --sample --yes.',
  'sample-too-small': 'read more (--sample-budget), or switch on shard metrics (command below).',
  'no-metrics': 'ask again over another window (--from, --to).',
  'throttled-just-now': 'ask again in a few minutes; the newest steps are not judged yet.',
  'too-little-since-change': 'ask again when there is more to see since the layout changed.',
  'fewer-if-known': 'nothing is urgent: fewer shards might do, and what is not known is below.',
};

function questionIn(
  reasons: readonly RecommendationReason[],
): Extract<RecommendationReason, { code: 'open-question' }> | undefined {
  return reasons.find((reason) => reason.code === 'open-question');
}

/** That which the verdict names; else the fullest by its lower end, by its upper end. */
function worstOf(
  layout: readonly LayoutRange[],
  reasons: readonly RecommendationReason[],
): LayoutRange | undefined {
  const named = reasons.find((reason) => reason.code === 'shards-above')?.worst;
  const found = layout.find(({ shardId }) => shardId === named);
  if (found !== undefined) return found;
  let worst: LayoutRange | undefined;
  for (const range of layout) {
    if (range.utilization === null) continue;
    const most = worst?.utilization ?? { lower: -1, upper: -1 };
    const { lower, upper } = range.utilization;
    if (upper > most.upper || (upper === most.upper && lower > most.lower)) worst = range;
  }
  return worst;
}
