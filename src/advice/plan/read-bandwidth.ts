/**
 * Bytes that are read: polling consumers share a shard's 2 MiB/s, one with enhanced fan-out has as much for itself.
 */
import { LIMITS } from '../../model/limits.ts';
import { derivedInput, headroomInput, limitInput } from './constraint-inputs.ts';
import { bytesPerSec, division, shardsFor, totalsOf } from './constraints.ts';
import { sharedReads, type PlanConsumer } from './plan-consumer.ts';
import type { PlanInput } from './plan-input.ts';
import type { Bound } from './shard-counts.ts';
import { countsOfRule, type PlanKeys } from './shard-rule.ts';
import { hottestText, keyText } from './rule-text.ts';

/** So many readers of everything get by with what a shard can be written: the hottest shard is no matter of reading. */
const FREE_READERS = LIMITS.readBytesPerSec.value / LIMITS.writeBytesPerSec.value;

export function readBandwidth(input: PlanInput, keys: PlanKeys | undefined): Bound {
  const { consumers, headroom } = input;
  const load = totalsOf(input).bytes;
  const polling = sharedReads(consumers);
  const readers = polling > 0 ? polling : Math.min(1, consumers.length);
  const limit = polling > 0 ? LIMITS.readBytesPerSec : LIMITS.fanOutBytesPerSec;
  const common = {
    name: 'read-bandwidth' as const,
    evaluated: true,
    inputs: [
      derivedInput('bytes written', load, 'B/s'),
      { name: 'reads that share it', value: readers, unit: '', origin: input.origins.consumers },
      limitInput('bytes read', limit),
      headroomInput(input),
    ],
    source: limit.source,
  };
  if (readers === 0)
    return { constraint: { ...common, shards: 1, formula: 'no consumers: nothing is read' } };
  const who = polling > 0 ? pollingText(consumers) : 'each fan-out consumer for itself: ';
  const product = readers > 1 ? `${readers} × ${bytesPerSec(load)} = ` : '';
  const formula = `${who}${product}${division(load * readers, limit.value, headroom, bytesPerSec)}`;
  if (readers <= FREE_READERS) {
    return { constraint: { ...common, shards: shardsFor(load * readers, limit.value, headroom), formula } };
  }
  const rule = {
    load: { records: 0, bytes: load * readers },
    limit: { records: Infinity, bytes: limit.value },
    scale: readers,
  };
  const counts = countsOfRule(rule, keys, headroom);
  return {
    constraint: { ...common, shards: counts.shards, formula: formula + hottestText(counts) },
    countsFrom: counts.countsFrom,
    factorFor: counts.factorFor,
    even: counts.even,
    shardLimits: [counts.limit],
    remedies:
      counts.tooHeavy === undefined
        ? []
        : [
            `${keyText(counts.tooHeavy, input)} is read ${readers} times, ${bytesPerSec(counts.tooHeavy.bytes)} from one ` +
              `shard: let all but ${FREE_READERS} of the polling consumers read by enhanced fan-out.`,
          ],
  };
}

/** `3 polling: `; a backup of Firehose reads once more. */
function pollingText(consumers: readonly PlanConsumer[]): string {
  const pollers = consumers.filter(({ kind }) => kind === 'polling').length;
  return sharedReads(consumers) > pollers ? `${pollers} polling, with backup: ` : `${pollers} polling: `;
}
