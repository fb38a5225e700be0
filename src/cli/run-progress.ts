/**
 * The progress line of a load test: time, rates, throttling, latency, the hottest shard.
 */
import { formatCount, formatNumber } from '../model/quantity.ts';
import type { ShardMap } from '../model/shard-map.ts';
import type { CrewView } from '../run/send/crew.ts';
import type { Scenario } from '../traffic/scenario.ts';

const US_PER_SEC = 1_000_000;

/** What a progress line says. */
export interface Progress {
  readonly elapsedSec: number;
  readonly durationSec: number;
  readonly offeredPerSec: number;
  readonly acceptedPerSec: number;
  /** Of all attempts so far, 0…1. */
  readonly throttledShare: number;
  /** Null before anything was accepted. */
  readonly p99Ms: number | null;
  /** Number of the shard that is offered most. */
  readonly hotShard: number;
}

/** All of it in at most 79 columns, so that a terminal of 80 need not break or cut the line. */
export function progressLineOf(progress: Progress): string {
  const { p99Ms } = progress;
  return [
    elapsed(progress.elapsedSec, progress.durationSec),
    `offered ${perSec(progress.offeredPerSec)}`,
    `accepted ${perSec(progress.acceptedPerSec)}`,
    `throttled ${percent(progress.throttledShare)}`,
    `p99 ${p99Ms === null ? '–' : latency(p99Ms)}`,
    `hot shard ${progress.hotShard}`,
  ].join(' ');
}

/** `12/15s`; in minutes from ten of them on. */
function elapsed(nowSec: number, ofSec: number): string {
  if (ofSec < 600) return `${Math.floor(nowSec)}/${Math.round(ofSec)}s`;
  return `${Math.floor(nowSec / 60)}/${Math.round(ofSec / 60)}m`;
}

/** `2,800/s`, `12.3k/s`, `1.2M/s`. */
function perSec(rate: number): string {
  if (rate < 9_999.5) return `${formatCount(rate)}/s`;
  return rate < 999_500 ? `${formatNumber(rate / 1000)}k/s` : `${formatNumber(rate / 1_000_000)}M/s`;
}

/** Some is never written as none. */
function percent(share: number): string {
  return share > 0 && share < 0.01 ? '<1%' : `${Math.round(share * 100)}%`;
}

function latency(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)}ms`;
  return ms < 999.5 ? `${Math.round(ms)}ms` : `${formatNumber(ms / 1000)}s`;
}

/** A function that turns each look at a running load into a line, with rates since the look before. */
export function progressText(scenario: Scenario, show: (text: string) => void): (view: CrewView) => void {
  let last = { us: 0, offered: 0, accepted: 0, shards: new Float64Array(0) as Float64Array };
  return ({ tally, map, second }) => {
    const { shards, response } = tally;
    const countedUs = second * US_PER_SEC;
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
    show(
      progressLineOf({
        elapsedSec: Math.min(countedUs, scenario.durationUs) / US_PER_SEC,
        durationSec: scenario.durationUs / US_PER_SEC,
        offeredPerSec: (now.offered - last.offered) / sec,
        acceptedPerSec: (now.accepted - last.accepted) / sec,
        throttledShare: share,
        p99Ms: response.percentileMs(99),
        hotShard: hottest(now.shards, last.shards, map),
      }),
    );
    last = now;
  };
}

/** The shard that was offered most since the last look. */
function hottest(now: Float64Array, before: Float64Array, map: ShardMap): number {
  let shard = 0;
  const since = (i: number): number => now[i] - (i < before.length ? before[i] : 0);
  for (let i = 1; i < now.length; i++) if (since(i) > since(shard)) shard = i;
  return Number(map.all[shard].shardId.slice('shardId-'.length));
}
