/**
 * Bytes that are read: polling consumers share a shard's 2 MiB/s, one with enhanced fan-out has as much for itself.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Constraint } from '../../results/plan-result.ts';
import { derivedInput, headroomInput, limitInput } from './constraint-inputs.ts';
import { bytesPerSec, division, shardsFor, totalsOf } from './constraints.ts';
import type { PlanInput } from './plan-input.ts';

export function readBandwidth(input: PlanInput): Constraint {
  const { consumers, headroom } = input;
  const load = totalsOf(input).bytes;
  const polling = consumers.filter(({ kind }) => kind === 'polling').length;
  const readers = polling > 0 ? polling : Math.min(1, consumers.length);
  const limit = polling > 0 ? LIMITS.readBytesPerSec : LIMITS.fanOutBytesPerSec;
  const who = polling > 0 ? `${polling} polling: ` : 'each fan-out consumer for itself: ';
  const product = readers > 1 ? `${readers} × ${bytesPerSec(load)} = ` : '';
  return {
    name: 'read-bandwidth',
    shards: shardsFor(load * readers, limit.value, headroom),
    evaluated: true,
    formula:
      readers === 0
        ? 'no consumers: nothing is read'
        : `${who}${product}${division(load * readers, limit.value, headroom, bytesPerSec)}`,
    inputs: [
      derivedInput('bytes written', load, 'B/s'),
      { name: 'consumers that share', value: readers, unit: '', origin: input.origins.consumers },
      limitInput('bytes read', limit),
      headroomInput(input),
    ],
    source: limit.source,
  };
}
