/**
 * What a recommendation costs, and what could be done in its place and for how much.
 */
import type { RecommendationDocument } from '../../results/recommendation-document.ts';
import { amountOf, count, NBSP } from '../figure.ts';
import { labelled } from '../paragraph.ts';
import { dollars } from '../plan/layout-text.ts';

const MARGIN = 15;

/** What the shards cost before and after. */
export function costText({ before, after, target, traffic }: RecommendationDocument): string {
  if (before.monthlyUsd === null || after.monthlyUsd === null)
    return `Not known: there are no prices of ${target.region} (${amountOf(after.shards - before.shards, 'shard')} more).`;
  const change = after.monthlyUsd - before.monthlyUsd;
  return (
    `$${dollars(before.monthlyUsd)} a month before, $${dollars(after.monthlyUsd)} after ` +
    `(${change < 0 ? '-' : '+'}$${dollars(Math.abs(change))}): provisioned, ${trafficText(traffic)}, 730${NBSP}h.`
  );
}

/** `the mean of 412 steps (1,234 records/s)`. */
function trafficText({ steps, recordsPerSec }: RecommendationDocument['traffic']): string {
  const rate =
    recordsPerSec > 0 && recordsPerSec < 10 ? recordsPerSec.toFixed(1) : count(Math.round(recordsPerSec));
  return `the mean of ${amountOf(steps, 'step')} since the first with traffic (${rate}${NBSP}records/s)`;
}

/** What else could be done. */
export function alternativeLines(
  { alternatives, after, steps, verdict, traffic, reasons }: RecommendationDocument,
  columns: number,
): string[] {
  const { resize, onDemand } = alternatives;
  const lines: string[] = [];
  if (resize !== null && (steps.length > 0 || verdict === 'UNDER_PROVISIONED')) {
    const calls = resize.calls === null ? 'which it does not lead to' : amountOf(resize.calls, 'call');
    const undone =
      resize.boundaries === 0
        ? ''
        : `; it removes ${count(resize.undone)} of ${count(resize.boundaries)} boundaries of now`;
    const usd = resize.monthlyUsd === null ? '' : `, $${dollars(resize.monthlyUsd)} a month`;
    const cuts = steps.some(({ kind }) => kind === 'split') ? ', and would undo these cuts' : '';
    lines.push(
      `UpdateShardCount: ${amountOf(resize.shards, 'equal shard')} (${calls}) to fit the worst steps, against ` +
        `${count(after.shards)} here${usd}${undone}${cuts}. ${evenText(resize.isByKeys, reasons)}`,
    );
  }
  if (onDemand !== null && onDemand.monthlyUsd !== null)
    lines.push(
      `On-demand: $${dollars(onDemand.monthlyUsd)} a month for ${trafficText(traffic)}; one key still fits on one shard only.`,
    );
  return lines.length === 0
    ? []
    : ['', ...lines.flatMap((text, i) => labelled(i === 0 ? 'Instead' : '', text, MARGIN, columns))];
}

/** Why more equal shards are needed once the keys are known. */
function evenText(isByKeys: boolean, reasons: RecommendationDocument['reasons']): string {
  if (isByKeys)
    return 'That many, because equal ranges must be so narrow that the heavy keys, where they lie, have room beside the rest.';
  const isUnknown = reasons.some(({ code }) => code === 'cut-blindly' || code === 'open-question');
  return isUnknown
    ? 'That is if the load lies evenly within each shard of now, for no keys were seen; heavy keys would take more.'
    : '';
}
