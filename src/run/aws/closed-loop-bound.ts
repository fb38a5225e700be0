/**
 * What a closed loop can come to cost: no rate says what it sends, but a provisioned stream takes no more than its shards
 * do, and only what is taken is billed.
 */
import { LIMITS } from '../../model/limits.ts';
import { badInput } from '../../model/refusal.ts';
import { meanRecordBytes } from '../../traffic/record-mean.ts';
import type { Scenario } from '../../traffic/scenario.ts';

const US_PER_SEC = 1_000_000;

/**
 * The scenario as an open loop at the most that its stream takes; itself, where it is one already.
 * @throws Refusal (exit 2) for a stream that grows with its load
 */
export function atMost(scenario: Scenario, mode: 'provisioned' | 'on-demand'): Scenario {
  if (scenario.producer.loop !== 'closed') return scenario;
  if (mode === 'on-demand') {
    throw badInput(
      'producer.concurrency: a closed loop on an on-demand stream sends as much as the stream takes, and nothing bounds its cost.',
      'Write rates instead, or use a provisioned stream.',
    );
  }
  const { traffic, stream, placementSeed, warmupUs, durationUs } = scenario;
  const each = traffic.map(({ size, keys }) =>
    meanRecordBytes(size, keys, stream.maxRecordBytes, placementSeed),
  );
  const bytes = each.reduce((sum, one) => sum + one, 0) / each.length;
  const perShard = Math.min(LIMITS.writeRecordsPerSec.value, LIMITS.writeBytesPerSec.value / bytes);
  // Full buckets hold as much as a second brings.
  const totalUs = warmupUs + durationUs;
  const rate = ((perShard * stream.shards) / traffic.length) * ((totalUs + US_PER_SEC) / totalUs);
  return {
    ...scenario,
    traffic: traffic.map((source) => ({ ...source, stages: [{ durationUs, from: rate, to: rate }] })),
  };
}
