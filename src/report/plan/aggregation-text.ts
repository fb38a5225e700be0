/**
 * What KPL aggregation makes of the traffic of a plan, as text: two sentences, and what readers have to know.
 */
import type { AggregationResult } from '../../results/plan-aggregation.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { formatNumber } from '../../model/quantity.ts';
import { amountOf, bytes, count, duration, NBSP } from '../figure.ts';
import { labelled } from '../paragraph.ts';

const MARGIN = 15;

/** Nothing where nothing is aggregated. */
export function aggregationLines({ aggregation }: PlanResult, details: boolean, columns: number): string[] {
  if (aggregation === undefined) return [];
  const notes = details ? aggregation.notes : aggregation.notes.slice(0, 1);
  const lines = [packingText(aggregation), unitsText(aggregation), notes.join(' ')];
  return ['', ...lines.flatMap((text, i) => labelled(i === 0 ? 'Aggregation' : '', text, MARGIN, columns))];
}

/**
 * From the rate to Kinesis records, such that a calculator comes to the same; constraints count with fuller aggregates,
 * those of a shard at its limit.
 */
function packingText(aggregation: AggregationResult): string {
  const { shards, lingerMs, addedLatencyMs, recordsPerAggregate, fullShard, maxBytes } = aggregation;
  const [here, full] = [fine(recordsPerAggregate), formatNumber(fullShard.recordsPerAggregate)];
  const other =
    formatNumber(recordsPerAggregate) === full
      ? ''
      : `, not the ${full} of a full shard, with which constraints count`;
  return (
    `On ${amountOf(shards, 'shard')} an aggregate has ${countText(aggregation, here)}${other}: ` +
    `${perSec(aggregation.userRecordsPerSec)} ÷ ${here} = ${perSec(aggregation.kinesisRecordsPerSec)} Kinesis records of ` +
    `${bytes(aggregation.bytesPerAggregate)} (at most ${bytes(maxBytes)}, sent after ${duration(lingerMs)}). A record waits ` +
    `${duration(addedLatencyMs.mean)} on average by the model, ${duration(addedLatencyMs.max)} at most.`
  );
}

/** `1 + 20,000/s ÷ 3 shards ÷ 40 producers × 100 ms = 17.67 records`, where time closes them; else what does. */
function countText(aggregation: AggregationResult, here: string): string {
  const { userRecordsPerSec, shards, producers, lingerMs, limitedBy, recordsByTime } = aggregation;
  if (recordsByTime !== undefined && fine(recordsByTime) === here)
    return (
      `1${NBSP}+${NBSP}${perSec(userRecordsPerSec)} ÷ ${amountOf(shards, 'shard')} ÷ ${amountOf(producers, 'producer')} × ` +
      `${duration(lingerMs)} = ${here}${NBSP}records`
    );
  return `${here} records on average (${CLOSED_BY[limitedBy]})`;
}

const CLOSED_BY: Readonly<Record<AggregationResult['limitedBy'], string>> = {
  size: 'most are full',
  count: 'most have as many as they may',
  linger: 'most are sent by time, some full',
};

/** Two decimals below 1,000: what is divided by it comes out as it is shown. */
function fine(amount: number): string {
  return amount < 1000 ? String(Number(amount.toFixed(2))) : count(amount);
}

function unitsText({ putUnitsPerSec, putUnitsWithout, overheadBytes }: AggregationResult): string {
  return (
    `PUT payload units: ${perSec(putUnitsPerSec)} instead of ${perSec(putUnitsWithout)}. The format adds ` +
    `${formatNumber(overheadBytes)}${NBSP}B to a user record.`
  );
}

function perSec(amount: number): string {
  return `${amount < 100 ? formatNumber(amount) : count(amount)}/s`;
}
