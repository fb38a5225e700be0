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

const CLOSED_BY: Readonly<Record<AggregationResult['limitedBy'], string>> = {
  size: 'most are full',
  count: 'most have as many as they may',
  linger: 'most are sent by time before they are full',
};

function packingText(aggregation: AggregationResult): string {
  const { shards, producers, limitedBy, lingerMs, addedLatencyMs } = aggregation;
  return (
    `${perSec(aggregation.userRecordsPerSec)} user records become ${perSec(aggregation.kinesisRecordsPerSec)} Kinesis ` +
    `records on ${amountOf(shards, 'shard')}, ${formatNumber(aggregation.recordsPerAggregate)} in each, ` +
    `${bytes(aggregation.bytesPerAggregate)}: ${CLOSED_BY[limitedBy]} (at most ${bytes(aggregation.maxBytes)}, ` +
    `${duration(lingerMs)}, ${amountOf(producers, 'producer')}). A record waits ${duration(addedLatencyMs.mean)} on ` +
    `average by the model, ${duration(addedLatencyMs.max)} at most.`
  );
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
