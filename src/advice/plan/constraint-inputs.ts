/**
 * The numbers behind a constraint, one by one, each with who says it.
 */
import { type Limit } from '../../model/limits.ts';
import type { ConstraintInput, InputOrigin } from '../../results/plan-result.ts';
import type { PlanInput } from './plan-input.ts';

/** One of AWS's limits. */
export function limitInput(name: string, { value, unit }: Limit): ConstraintInput {
  return { name, value, unit, origin: 'limit' };
}

/** Something that is worked out from other inputs. */
export function derivedInput(name: string, value: number, unit: string): ConstraintInput {
  return { name, value, unit, origin: 'derived' };
}

export function headroomInput({ headroom, origins }: PlanInput): ConstraintInput {
  return { name: 'headroom', value: headroom, unit: 'of every limit', origin: origins.headroom };
}

export function confidenceInput({ confidence, origins }: PlanInput): ConstraintInput {
  return { name: 'confidence', value: confidence, unit: 'of placements', origin: origins.confidence };
}

/** Rate, size and key of each source; of several, each with its number. */
export function trafficInputs({ sources, origins }: PlanInput): ConstraintInput[] {
  return sources.flatMap((source, i) => {
    const of = sources.length === 1 ? '' : ` of source ${i + 1}`;
    const input = (name: string, value: number, unit: string, origin: InputOrigin): ConstraintInput => ({
      name: name + of,
      value,
      unit,
      origin,
    });
    return [
      input('peak rate', source.recordsPerSec, 'records/s', origins.rate),
      input('data of a record', source.dataBytes, 'B', origins.size),
      input('partition key', source.keyBytes, 'B', origins.keySize),
    ];
  });
}
