/**
 * Shard counts around a plan's answer, side by side: how full, how likely too full, what is throttled, what it costs.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanTableRow } from '../../results/plan-table.ts';
import { formatPercent } from '../../model/quantity.ts';
import { count, NBSP, percent } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { labelled } from '../paragraph.ts';
import { type Column, tableLines as linesOf } from '../table.ts';

const MARK = '*';
const MARK_LEGEND = '  * of writes at the rate between bursts: bursts and late readers come on top.';

/** What is throttled is counted by rates: it is not all that goes wrong where these do not hold. */
function isMeanOnly({ fails }: PlanTableRow): boolean {
  return fails.includes('burst') || fails.includes('catch-up');
}

/** Rows of the short form, besides the answer's. */
const FEW = 4;

/** Nothing where the report has no table. @param details every row, and what the columns mean */
export function tableLines(plan: PlanResult, ink: Ink, columns: number, details: boolean): string[] {
  const { table = [] } = plan;
  if (table.length === 0) return [];
  const rows = details ? table : fewOf(table, plan);
  const hasCost = rows.some(({ monthlyUsd }) => typeof monthlyUsd === 'number');
  const hasKeys = rows.some(({ risk }) => risk !== null);
  const hasMark = rows.some(isMeanOnly);
  const heads: readonly Column[] = [
    { title: 'shards', align: 'right' },
    { title: rows[0].placement === 'random' ? 'hottest p50 / p95' : 'hottest', align: 'right' },
    ...(hasKeys ? [{ title: 'too hot', align: 'right' } as const] : []),
    { title: 'throttled', align: 'right' },
    ...(hasCost ? [{ title: 'USD a month', align: 'right' } as const] : []),
    { title: 'does not hold' },
  ];
  const cells = rows.map((row) => {
    const line = cellsOf(row, hasKeys, hasCost, hasMark);
    return row.shards === plan.shards ? line.map((cell) => ink('bold', cell)) : line;
  });
  return [
    '',
    ...linesOf(heads, cells, ink),
    ...(hasMark ? [MARK_LEGEND] : []),
    ...(details ? legend(plan, rows[0], columns) : []),
  ];
}

/** The answer, one fewer, the count from which all hold, and the largest; then what is left from the smallest on. */
function fewOf(table: readonly PlanTableRow[], { shards, shardsSafe }: PlanResult): PlanTableRow[] {
  const wanted = [shards, (shards ?? 0) - 1, shardsSafe, table[table.length - 1].shards];
  const first = table.filter((row) => wanted.includes(row.shards));
  const others = table.filter((row) => !first.includes(row)).reverse();
  return [...first, ...others.slice(0, Math.max(0, FEW + 1 - first.length))].sort(
    (a, b) => a.shards - b.shards,
  );
}

function cellsOf(row: PlanTableRow, hasKeys: boolean, hasCost: boolean, hasMark: boolean): string[] {
  const { shards, utilization, p50, p95, throttled, monthlyUsd } = row;
  return [
    count(shards),
    p50 === undefined || p95 === undefined ? percent(utilization) : `${percent(p50)} / ${percent(p95)}`,
    ...(hasKeys ? [riskCell(row)] : []),
    finePercent(throttled) + (isMeanOnly(row) ? MARK : hasMark ? ' ' : ''),
    ...(hasCost ? [typeof monthlyUsd === 'number' ? count(Math.round(monthlyUsd)) : '–'] : []),
    failsCell(row),
  ];
}

function riskCell({ risk, placement }: PlanTableRow): string {
  if (risk === null) return '–';
  if (placement === 'actual') return risk > 0 ? 'yes' : 'no';
  return finePercent(Math.min(1, risk));
}

/** Three digits, so that 4.96 % and 5.04 % do not look the same beside a risk of 5 %. */
function finePercent(part: number): string {
  return part > 0 && part < 0.0001 ? `<0.01${NBSP}%` : formatPercent(part).replace('%', `${NBSP}%`);
}

function failsCell({ fails }: PlanTableRow): string {
  if (fails.length === 0) return '';
  return fails.length === 1 ? fails[0] : `${fails[0]} +${count(fails.length - 1)}`;
}

function legend({ maxThrottled }: PlanResult, { placement }: PlanTableRow, columns: number): string[] {
  const hottest =
    placement === 'random'
      ? 'what the hottest shard stays below in half of all placements of the names, and in 95 of 100'
      : 'the hottest shard';
  const risk =
    placement === 'random'
      ? 'at most so likely, some shard has less than the headroom'
      : 'whether some shard has less than the headroom';
  const mean = placement === 'random' ? ', on average over placements' : '';
  const criterion =
    maxThrottled === undefined ? '' : ' (the criterion holds it against the limit less headroom)';
  const tooHot = placement === 'even' ? '' : ` too hot: ${risk}.`;
  return labelled(
    '',
    `hottest: ${hottest}, of AWS's limit.${tooHot} throttled: first attempts above AWS's limits of their shards${mean}; bursts come on top${criterion}.`,
    2,
    columns,
  );
}
