/**
 * One sentence on what a metric per minute hides: the shard whose busiest second stands highest above its minute.
 */
import { LIMITS } from '../model/limits.ts';
import type { ShardBurst } from '../results/burst-meter.ts';
import type { ShardRow } from '../results/report-document.ts';
import { amountOf, NBSP, perSec } from './figure.ts';
import { showName } from './name.ts';
import { wrap } from './paragraph.ts';

/** Below it there is nothing to tell. */
const WORTH_TELLING = 1.5;

/** No line where no shard's busiest second is above 1.5 times its minute's mean. */
export function burstLines(shards: readonly ShardRow[], columns: number): string[] {
  const bursts = shards
    .flatMap(({ shardId, burst }) => (burst && burst.ratio > WORTH_TELLING ? [{ shardId, burst }] : []))
    .sort((a, b) => b.burst.ratio - a.burst.ratio);
  if (bursts.length === 0) return [];
  const [{ shardId, burst }] = bursts;
  const others = bursts.length === 1 ? '' : ` (${amountOf(bursts.length, 'shard')} above 1.5${NBSP}×)`;
  return wrap(
    `Hidden from metrics per minute: the busiest second of ${showName(shardId)} had ${rate(burst, burst.perSec)}, ` +
      `${ratio(burst.ratio)} its minute's mean${others}. Chance alone, as Poisson arrivals have it, gives ` +
      `${ratio(burst.ratioByChance)} here.`,
    columns - 2,
  ).map((line) => `  ${line}`);
}

function rate({ dimension }: ShardBurst, amount: number): string {
  const limit = dimension === 'records' ? LIMITS.writeRecordsPerSec.value : LIMITS.writeBytesPerSec.value;
  return perSec(dimension, amount, limit);
}

function ratio(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}${NBSP}×`;
}
