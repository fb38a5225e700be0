/**
 * What a given number of shards carries: the rate first, then each constraint's own.
 */
import { formatBytes, formatNumber } from '../../model/quantity.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanReverse, RateBound } from '../../results/plan-reverse.ts';
import { amountOf, NBSP, percent, times } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { wrap } from '../paragraph.ts';
import { type Column, tableLines } from '../table.ts';
import { rateBindingText } from './binding-text.ts';
import { questionLines } from './question-text.ts';

/** `4 shards carry at most 3,200/s (2.8 MiB/s). write-records binds: …`; and whether that is enough for a given rate. */
function reverseAnswer(reverse: PlanReverse): string {
  const { shards, ratePerSec, bytesPerSec, given } = reverse;
  const why = rateBindingText(reverse);
  const carry = `${amountOf(shards, 'shard')} ${shards === 1 ? 'carries' : 'carry'}`;
  if (ratePerSec === 0) return `${carry} no such traffic, at any rate. ${why}`;
  const most = `${carry} at most ${rateText(ratePerSec)} (${formatBytes(bytesPerSec).replace(' ', NBSP)}/s, data and keys)`;
  if (given === undefined) return `${most}. ${why}`;
  const share = given.ratePerSec / ratePerSec;
  const rate = `the ${rateText(given.ratePerSec)} of this traffic are`;
  return given.fits
    ? `It fits: ${most}, and ${rate} ${percent(share)} of that. ${why}`
    : `It does not fit: ${most}, and ${rate} ${times(share)} that. ${why}`;
}

/** A chance is said in words: of 100 streams, not of 100 seconds. */
export function reverseLines(
  { input }: PlanResult,
  reverse: PlanReverse,
  ink: Ink,
  columns: number,
): string[] {
  const { confidence, perConstraint, binding, given, ratePerSec: most } = reverse;
  const rows = perConstraint.map(({ name, ratePerSec }) => [
    name === binding ? ink('bold', name) : name,
    boundText({ name, ratePerSec }),
  ]);
  const isGood = given?.fits ?? most > 0;
  return [
    ...wrap(reverseAnswer(reverse), columns).map((line) => ink('bold', ink(isGood ? 'green' : 'red', line))),
    ...(confidence === undefined
      ? []
      : wrap(
          `With ${percent(confidence)} confidence: the names of the keys decide it, once and for good, and of 100 ` +
            `streams sent at this rate at most ${formatNumber(Math.ceil((1 - confidence) * 100 - 1e-9))} have a shard ` +
            'with less than the headroom.',
          columns,
        )),
    ...questionLines(input, columns),
    '',
    ...tableLines(COLUMNS, rows, ink),
  ];
}

const COLUMNS: readonly Column[] = [{ title: 'constraint' }, { title: 'alone carries', align: 'right' }];

function boundText({ ratePerSec }: RateBound): string {
  if (ratePerSec === null) return 'any rate';
  return ratePerSec === 0 ? 'nothing' : rateText(ratePerSec);
}

/** Never more than it is. */
function rateText(ratePerSec: number): string {
  const digits = ratePerSec >= 1000 ? 1 : 1000;
  return `${formatNumber(Math.floor(ratePerSec * digits + 1e-9) / digits)}/s`;
}
