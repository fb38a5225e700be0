/**
 * What a plan costs, as text: a line for each capacity mode, where they break even, whether on-demand mode would throttle,
 * and how old the prices are; in the long form every line of every bill.
 */
import type { BreakEven, CostLine, PlanMode, PlanMoney } from '../../results/plan-money.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { formatNumber } from '../../model/quantity.ts';
import { amountOf, count, NBSP } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { showProse } from '../name.ts';
import { labelled } from '../paragraph.ts';
import { type Column, tableLines } from '../table.ts';

const MARGIN = 15;
const MODES: readonly Column[] = [
  { title: 'capacity mode' },
  { title: 'fits' },
  { title: '$ for 730 h', align: 'right' },
  { title: '' },
];
const LINES: readonly Column[] = [
  { title: 'item' },
  { title: 'quantity', align: 'right' },
  { title: 'unit' },
  { title: '$ each', align: 'right' },
  { title: '$', align: 'right' },
];

/** Nothing where the plan has no money in it, as reports of 0.1. */
export function moneyLines(plan: PlanResult, ink: Ink, columns: number, details = false): string[] {
  if (plan.modes === undefined || plan.onDemand === undefined) return [];
  const money: PlanMoney = {
    modes: plan.modes,
    breakEven: plan.breakEven ?? [],
    onDemand: plan.onDemand,
    priceRegion: plan.priceRegion ?? '',
    prices: plan.prices ?? null,
    costAssumptions: plan.costAssumptions ?? [],
  };
  return [
    '',
    ...modeTable(money, plan.shards, ink),
    ...troubleLines(money, columns),
    ...breakEvenLines(breakEvensToTell(money, plan), columns),
    ...riskLines(money, columns, details),
    ...priceLines(money, columns, details),
    ...(details ? billLines(money, ink, columns) : []),
  ];
}

/** `, $249 a month`: of a provisioned stream, where it has a price and fits. */
export function headlinePrice({ modes = [] }: PlanResult): string {
  const stream = modes.find(({ mode }) => mode === 'provisioned');
  if (stream === undefined || !stream.feasible || stream.monthlyUsd === null) return '';
  return `, $${stream.monthlyUsd < 10 ? dollars(stream.monthlyUsd) : count(Math.round(stream.monthlyUsd))} a month`;
}

function modeTable({ modes, onDemand }: PlanMoney, shards: number | null, ink: Ink): string[] {
  const rows = modes.map((mode) => [
    mode.mode,
    fitCell(mode, onDemand),
    mode.monthlyUsd === null ? '–' : dollars(mode.monthlyUsd),
    remark(mode, onDemand, shards),
  ]);
  return tableLines(MODES, rows, ink);
}

/** A Standard stream that would throttle carries the traffic only once it has grown. */
function fitCell({ mode, feasible }: PlanMode, { wouldThrottle }: PlanMoney['onDemand']): string {
  if (!feasible) return 'no';
  if (mode !== 'on-demand' || wouldThrottle === false) return 'yes';
  return wouldThrottle === null ? 'maybe' : 'if grown';
}

function remark(
  { mode, missingPrices }: PlanMode,
  risk: PlanMoney['onDemand'],
  shards: number | null,
): string {
  if (missingPrices.length > 0) return `no price of ${missingPrices.slice(0, 2).join(', ')}`;
  switch (mode) {
    case 'provisioned':
      return shards === null ? '' : amountOf(shards, 'shard');
    case 'on-demand':
      return risk.wouldThrottle === false
        ? ''
        : `${risk.wouldThrottle === null ? 'may' : 'would'} throttle at the peak`;
    case 'on-demand-advantage':
      return risk.warmThroughputMiBps === null
        ? ''
        : `warm throughput ${count(risk.warmThroughputMiBps)}${NBSP}MiB/s`;
  }
}

/** Why modes do not fit; what is the same of all of them stands once. */
function troubleLines({ modes }: PlanMoney, columns: number): string[] {
  const sentences = new Set(modes.flatMap(({ why }) => why));
  return [...sentences].flatMap((sentence) => {
    const named = modes.filter(({ why }) => why.includes(sentence)).map(({ mode }) => mode);
    const who = named.length === modes.length ? '' : `${named.join(' and ')}: `;
    return labelled('Does not fit', showProse(`${who}${sentence}`), MARGIN, columns);
  });
}

/** That no number of shards fits is the plan's answer already. */
function breakEvensToTell({ breakEven }: PlanMoney, { shards }: PlanResult): readonly BreakEven[] {
  return shards === null ? breakEven.filter(({ modes }) => !modes.includes('provisioned')) : breakEven;
}

function breakEvenLines(breakEven: readonly BreakEven[], columns: number): string[] {
  const sentences = breakEvenSentences(breakEven);
  return sentences.length === 0 ? [] : labelled('Break-even', sentences.join(' '), MARGIN, columns);
}

/** A mode that is cheaper than both others at any rate is named once. */
function breakEvenSentences(breakEven: readonly BreakEven[]): string[] {
  const best = breakEven
    .map(({ cheaperAbove }) => cheaperAbove)
    .find((mode) => breakEven.filter((pair) => isAlways(pair, mode)).length === 2);
  const others = breakEven.filter((pair) => best === undefined || !isAlways(pair, best));
  return [
    ...(best === undefined ? [] : [`${best} is the cheapest at any rate.`]),
    ...new Set(others.flatMap(breakEvenSentence)),
  ];
}

function isAlways(
  { meanRecordsPerSec, cheaperAbove, why }: BreakEven,
  mode: BreakEven['cheaperAbove'],
): boolean {
  return mode !== null && why === undefined && meanRecordsPerSec === null && cheaperAbove === mode;
}

function breakEvenSentence(found: BreakEven): string[] {
  const { modes, cheaperAbove: above, why } = found;
  if (above === null) return why === undefined ? [] : [why];
  const { fromRecordsPerSec: first, meanRecordsPerSec: last } = found;
  const other = modes[0] === above ? modes[1] : modes[0];
  if (why !== undefined) return [`${above} costs less than ${other}. ${why}`];
  if (first === null || last === null) return [`At any rate ${above} costs less than ${other}.`];
  const rate = (value: number): string => `${formatNumber(value)}/s`;
  const isRange = rate(first) !== rate(last);
  const between = isRange ? `; between ${rate(first)} and that it depends on whole shards` : '';
  return [`Above ${rate(last)}, ${above} costs less than ${other}${between}.`];
}

function riskLines({ onDemand }: PlanMoney, columns: number, details: boolean): string[] {
  const { wouldThrottle, why, newStream, expectedShards } = onDemand;
  const answer =
    wouldThrottle === null ? 'Not known.' : wouldThrottle ? 'Would throttle.' : 'Would not throttle.';
  const fresh = newStream.wouldThrottle
    ? `A new stream has ${newStream.shards} shards, and at the peak throttles for about ${newStream.minutesUntilGrown} minutes until it has grown.`
    : `A new stream has ${newStream.shards} shards, enough for the peak.`;
  const shown = details
    ? [
        ...why,
        fresh,
        `At the peak the service has split it into about ${amountOf(expectedShards, 'shard')}.`,
        'simulate plays it minute by minute, with stream: { mode: on-demand }.',
      ]
    : [...why.slice(0, 1), ...(newStream.wouldThrottle ? [fresh] : [])];
  return labelled('On demand', showProse([answer, ...shown].join(' ')), MARGIN, columns);
}

const CONFIDENCE = {
  'price-list': 'read from the list itself',
  'cross-checked': 'cross-checked',
  'single-source': 'one source only',
  own: 'your own',
} as const;

function priceLines({ prices, priceRegion }: PlanMoney, columns: number, details: boolean): string[] {
  if (prices === null) {
    const how =
      `There are none here for ${priceRegion}, and none are made up. Get them from AWS's public list: ` +
      `shardwise prices --region ${priceRegion} -o prices.json, then add --prices prices.json.`;
    return labelled('Prices', showProse(how), MARGIN, columns);
  }
  const { region, asOf, confidence, source } = prices;
  const more = details ? `: ${source}.` : '. Sources and bills: --details.';
  return labelled(
    'Prices',
    showProse(`${region}, ${asOf}, ${CONFIDENCE[confidence]}${more}`),
    MARGIN,
    columns,
  );
}

function billLines({ modes, costAssumptions }: PlanMoney, ink: Ink, columns: number): string[] {
  return [
    ...modes.flatMap((mode) => [
      ...(mode.lines.length === 0
        ? []
        : ['', `Bill of ${mode.mode}`, ...tableLines(LINES, mode.lines.map(lineCells), ink)]),
      ...mode.notes.flatMap((note) => labelled('  -', showProse(note), 4, columns)),
    ]),
    '',
    'Of the bills',
    ...costAssumptions.flatMap((text) => labelled('  -', showProse(text), 4, columns)),
  ];
}

function lineCells({ item, quantity, unit, unitUsd, usd }: CostLine): string[] {
  return [item, formatNumber(quantity), unit, smallDollars(unitUsd), dollars(usd)];
}

/** `1,234.50`. */
function dollars(usd: number): string {
  return usd.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
}

/** A price to its last digit: `0.015`, `0.000000014`. */
function smallDollars(usd: number): string {
  return usd.toFixed(12).replace(/\.?0+$/, '');
}
