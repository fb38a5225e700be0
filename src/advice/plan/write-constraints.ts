/**
 * What is written, summed up over the whole stream: bytes and records per second.
 */
import { LIMITS } from '../../model/limits.ts';
import { formatNumber } from '../../model/quantity.ts';
import type { Constraint } from '../../results/plan-result.ts';
import { headroomInput, limitInput, trafficInputs } from './constraint-inputs.ts';
import { bytesPerSec, division, perSec, shardsFor, totalsOf } from './constraints.ts';
import type { PlanInput } from './plan-input.ts';
import { writtenBytesOf, writtenOf } from './written-bytes.ts';

/** Data and keys; the rounding of each PutRecords call is not added, that of each PutRecord is. */
export function writeBytes(input: PlanInput): Constraint {
  const { sources, headroom } = input;
  const limit = LIMITS.writeBytesPerSec;
  const load = writtenOf(input).bytes;
  const parts = sources.map(
    (source) => `${perSec(source.recordsPerSec)} × ${formatNumber(writtenBytesOf(source))} B`,
  );
  const sum = parts.length <= 2 ? `${parts.join(' + ')} = ` : '';
  return {
    name: 'write-bytes',
    shards: shardsFor(load, limit.value, headroom),
    evaluated: true,
    formula: sum + division(load, limit.value, headroom, bytesPerSec),
    inputs: [...trafficInputs(input), limitInput('bytes written', limit), headroomInput(input)],
    source: limit.source,
  };
}

/** Kinesis records, after aggregation. */
export function writeRecords(input: PlanInput): Constraint {
  const { headroom } = input;
  const limit = LIMITS.writeRecordsPerSec;
  const load = totalsOf(input).records;
  return {
    name: 'write-records',
    shards: shardsFor(load, limit.value, headroom),
    evaluated: true,
    formula: division(load, limit.value, headroom, perSec),
    inputs: [
      ...trafficInputs(input).filter(({ unit }) => unit === 'records/s'),
      limitInput('records written', limit),
      headroomInput(input),
    ],
    source: limit.source,
  };
}
