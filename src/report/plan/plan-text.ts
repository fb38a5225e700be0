/**
 * A plan as text for a terminal: the answer first, then each constraint with its arithmetic, then what it rests on.
 *
 * Everything shown stands in the document; nothing is worked out here beyond the way it is written.
 */
import type { ReportDocument } from '../../results/report-document.ts';
import type { HottestKey, HottestShard, PlanResult } from '../../results/plan-result.ts';
import { amountOf, count, percent } from '../figure.ts';
import { inkFor } from '../ink.ts';
import { quoteName, showProse } from '../name.ts';
import { finish, labelled, pageWidth } from '../paragraph.ts';
import type { Style } from '../render.ts';
import { aggregationLines } from './aggregation-text.ts';
import { answerLines } from './answer-text.ts';
import { capacityLines } from './capacity-text.ts';
import { constraintLines, detailLines, showFigures } from './constraint-text.ts';
import { leaseLines } from './leases-text.ts';
import { serviceLines } from './services-text.ts';
import { waysOutLines } from './ways-out-text.ts';
import { reverseLines } from './reverse-text.ts';
import { tableLines } from './table-text.ts';
import { layoutLines } from './layout-text.ts';
import { moneyLines } from './money-text.ts';
import { scheduleLines } from './schedule-text.ts';

const MARGIN = 15;
/** A plan's report in at most 80 columns. The same document and style give the same text. */
export function renderPlanText(document: ReportDocument, style: Style): string {
  const { plan } = document;
  if (plan === undefined) throw new Error('a document of kind plan has no plan');
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  const details = style.details ?? false;
  const { reverse } = plan;
  const isForward = reverse === undefined || reverse.given !== undefined;
  return finish([
    ...(reverse === undefined ? answerLines(plan, ink, columns) : reverseLines(plan, reverse, ink, columns)),
    ...(reverse?.given === undefined ? [] : ['', ...answerLines(plan, ink, columns)]),
    ...subject(document, columns),
    ...(isForward ? ['', ...constraintLines(plan, ink, columns)] : []),
    ...hottestLines(plan, columns),
    ...(isForward ? tableLines(plan, ink, columns, details) : []),
    ...moneyLines(plan, ink, columns, details),
    ...waysOutLines(plan.hottestKey, details, columns),
    ...aggregationLines(plan, details, columns),
    ...capacityLines(plan, columns),
    ...layoutLines(plan, columns, details),
    ...scheduleLines(plan, columns, details),
    ...leaseLines(plan, columns),
    ...serviceLines(plan, ink, columns, details),
    '',
    ...assumptionLines(plan, details, columns),
    ...(details ? detailLines(plan, ink, columns) : []),
  ]);
}

function subject({ scenario }: ReportDocument, columns: number): string[] {
  if (scenario?.file === undefined && scenario?.description === undefined) return [];
  const text = [scenario.file, scenario.description].filter((part) => part !== undefined).map(showProse);
  return ['', ...labelled('Scenario', text.join(': '), MARGIN, columns)];
}

function hottestLines(plan: PlanResult, columns: number): string[] {
  const lines = [...hottestShardLines(plan, columns), ...hottestKeyLines(plan.hottestKey, columns)];
  return lines.length === 0 ? [] : ['', ...lines];
}

function hottestShardLines({ hottestShard, feasible, maxThrottled }: PlanResult, columns: number): string[] {
  if (hottestShard === null) return [];
  const text =
    hottestShard.placement === 'actual'
      ? actualText(hottestShard)
      : chanceText(hottestShard, feasible && maxThrottled === undefined);
  const share = maxThrottled === undefined ? '' : ` ${throttledText(hottestShard, maxThrottled)}`;
  return labelled('Hottest shard', text + share, MARGIN, columns);
}

/** A share is no confidence: one says how much is throttled, the other how surely nothing is. */
function throttledText({ throttled = 0, placement }: HottestShard, most: number): string {
  const mean =
    placement === 'random' ? ', on average over where the names may fall: single streams have more' : '';
  return (
    `${percent(throttled)} of first attempts are above the limits themselves${mean}. Planned so that at most ` +
    `${percent(most)} are above the limits less headroom, which is no confidence that none is.`
  );
}

function actualText({ shards, utilization }: HottestShard): string {
  return `${percent(utilization)} of its limit on ${amountOf(shards, 'shard')}, exact for these key names.`;
}

/** What a confidence means, in a sentence: chance is in the names, once, not in time. */
function chanceText(hottest: HottestShard, feasible: boolean): string {
  const { shards, risk } = hottest;
  const spread = `On ${amountOf(shards, 'shard')} the hottest carries at most ${spreadText(hottest)}.`;
  if (!feasible || risk === undefined) return spread;
  const some = risk < 0.01 ? 'fewer than 1 has' : `at most ${Math.ceil(risk * 100 - 1e-9)} have`;
  return (
    `${spread} The names of the keys decide it, once and for good: of 100 streams planned like this, ${some} a shard ` +
    'with less than the headroom.'
  );
}

/** `70 % of its limit in half of all cases, 80 % in 95 of 100`; a level that says no more than the next is left out. */
function spreadText({ p50, p95, p99, utilization }: HottestShard): string {
  const levels = [
    [percent(p50 ?? utilization), `in half of all cases`],
    [percent(p95 ?? utilization), `in 95 of 100`],
    [percent(p99 ?? utilization), `in 99 of 100`],
  ].filter(([level], i, all) => i === all.length - 1 || level !== all[i + 1][0]);
  if (levels.length === 1) return `${levels[0][0]} of its limit`;
  return levels.map(([level, when], i) => `${level}${i === 0 ? ' of its limit' : ''} ${when}`).join(', ');
}

function hottestKeyLines(key: HottestKey | null, columns: number): string[] {
  if (key === null) return [];
  const name = key.key === null ? '' : `${quoteName(key.key, 40)}: `;
  const planned = key.crowds === true ? `, ${percent(key.ofPlanned ?? 0)} of what is planned for it` : '';
  const load = `${name}${percent(key.share)} of the records, ${percent(key.utilization)} of one shard's limit${planned}.`;
  if (key.fits) return labelled('Heaviest key', load, MARGIN, columns);
  const others =
    key.unfitKeys === undefined || key.unfitKeys < 2 ? '' : ` ${count(key.unfitKeys)} keys are like this.`;
  const why =
    'All records of a key go to one shard, in every capacity mode, so more shards do not help, and a split moves the ' +
    `key whole.${others}`;
  return labelled('Heaviest key', `${load} ${why}`, MARGIN, columns);
}

/** All of them in the long form; else those that hardly matter are only counted. */
function assumptionLines(
  { assumptions, doubts = [], reverse }: PlanResult,
  details: boolean,
  columns: number,
): string[] {
  // The first stands below the answer already where it decides it.
  const isShown = reverse === undefined || reverse.given !== undefined;
  const rest = assumptions.filter((_, i) => !isShown || i > 0 || doubts[i] !== 'high');
  const from = assumptions.length - rest.length;
  const shown = rest.filter((_, i) => details || doubts[i + from] !== 'little');
  const left = rest.length - shown.length;
  return [
    `${from === 0 ? 'Assumptions' : 'Other assumptions'}, the most worth doubting first`,
    ...shown.flatMap((text) => labelled('  -', showFigures(text), 4, columns)),
    ...(left === 0
      ? []
      : [`    ${count(left)} more that hardly ${left === 1 ? 'matters' : 'matter'}: --details.`]),
  ];
}
