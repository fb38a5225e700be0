/**
 * The progress line of a load test: time, rates, throttling, latency, the hottest shard.
 */
import { formatCount } from '../model/quantity.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { Pipeline } from '../simulate/pipeline.ts';
import type { Scenario } from '../traffic/scenario.ts';

const US_PER_SEC = 1_000_000;

/** A function that turns each look at a running load into a line, with rates since the look before. */
export function progressText(
  scenario: Scenario,
  show: (text: string) => void,
): (pipeline: Pipeline, map: ShardMap, elapsedUs: number) => void {
  let last = { us: 0, offered: 0, accepted: 0, shards: new Float64Array(0) as Float64Array };
  return (pipeline, map, elapsedUs) => {
    const { shards, response } = pipeline.tally;
    const countedUs = elapsedUs - scenario.warmupUs;
    if (countedUs <= 0) {
      show(`warm-up ${Math.ceil(-countedUs / US_PER_SEC)} s`);
      return;
    }
    const now = {
      us: countedUs,
      offered: shards.sum('offered'),
      accepted: shards.sum('accepted'),
      shards: shards.column('offered'),
    };
    const sec = (now.us - last.us) / US_PER_SEC;
    const attempts = shards.sum('attempts');
    const share = attempts === 0 ? 0 : shards.sum('throttledAttempts') / attempts;
    const p99 = response.percentileMs(99);
    show(
      [
        `${(Math.min(countedUs, scenario.durationUs) / US_PER_SEC) | 0}/${Math.round(scenario.durationUs / US_PER_SEC)} s`,
        `offered ${perSec(now.offered - last.offered, sec)}`,
        `accepted ${perSec(now.accepted - last.accepted, sec)}`,
        `throttled ${(share * 100).toFixed(1)} %`,
        `p99 ${p99 === null ? '–' : `${p99.toFixed(p99 < 10 ? 1 : 0)} ms`}`,
        hottest(now.shards, last.shards, sec, map),
      ].join('  '),
    );
    last = now;
  };
}

function perSec(count: number, sec: number): string {
  return `${formatCount(Math.round(count / sec))}/s`;
}

/** The shard that was offered most since the last look. */
function hottest(now: Float64Array, before: Float64Array, sec: number, map: ShardMap): string {
  let shard = 0;
  const since = (i: number): number => now[i] - (i < before.length ? before[i] : 0);
  for (let i = 1; i < now.length; i++) if (since(i) > since(shard)) shard = i;
  const number = Number(map.open[shard].shardId.slice('shardId-'.length));
  return `hottest shard ${number}: ${perSec(since(shard), sec)}`;
}
