/**
 * What a given number of shards carries: the rate first, then each constraint's own.
 */
import { formatBytes, formatNumber } from '../../model/quantity.ts';
import type { PlanReverse, RateBound } from '../../results/plan-reverse.ts';
import { amountOf, NBSP, percent, times } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { wrap } from '../paragraph.ts';
import { type Column, tableLines } from '../table.ts';
import { MEANING } from './constraint-text.ts';

/** `4 shards carry 3,200/s (2.8 MiB/s). write-records binds: …`; and whether that is enough where a rate was given. */
function reverseAnswer({ shards, ratePerSec, bytesPerSec, binding, given }: PlanReverse): string {
  const why = binding === null ? '' : ` ${binding} binds: ${MEANING[binding]}.`;
  const carry = shards === 1 ? 'carries' : 'carry';
  if (ratePerSec === 0) return `${amountOf(shards, 'shard')} ${carry} nothing of this.${why}`;
  const rate = `${rateText(ratePerSec)} (${formatBytes(bytesPerSec).replace(' ', NBSP)}/s, data and keys)`;
  const most = `${amountOf(shards, 'shard')} ${carry} at most ${rate} of this.${why}`;
  if (given === undefined) return most;
  const share = given.ratePerSec / ratePerSec;
  return given.fits
    ? `It fits: ${most} The traffic is ${percent(share)} of that.`
    : `It does not fit: ${most} The traffic is ${times(share)} that.`;
}

/** A chance is said in words: of 100 streams, not of 100 seconds. */
export function reverseLines(reverse: PlanReverse, ink: Ink, columns: number): string[] {
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
