/**
 * Each published scenario is meant to give its finding and no other. Its expected loads, from the distribution of
 * its keys and their real places, must be clear of every boundary, so that chance in a run cannot change the verdict.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { LIMITS } from '../../src/model/limits.ts';
import { createShardMap, routeByScan } from '../../src/model/shard-map.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { DrawnKeys, Scenario, Size, Source } from '../../src/traffic/scenario.ts';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);
const WINDOW_SEC = 10;
/** Part of a boundary by which every load must miss it. */
const MARGIN = 0.08;
const STREAM_SHARE = 0.9;

interface Load {
  records: number;
  bytes: number;
}

interface KeyLoad extends Load {
  readonly name: string;
}

function read(name: string): Scenario {
  return parseScenario(readFileSync(new URL(name, SCENARIOS), 'utf8'), name);
}

/** Oracle: mean rate over the busiest window by small steps. */
function busiestRate(source: Source): number {
  const steps = source.stages.flatMap((stage) => {
    const count = Math.round(stage.durationUs / 100_000);
    return Array.from(
      { length: count },
      (_, i) => stage.from + ((stage.to - stage.from) * (i + 0.5)) / count,
    );
  });
  let best = 0;
  for (let at = 0; at + WINDOW_SEC * 10 <= steps.length; at++) {
    const window = steps.slice(at, at + WINDOW_SEC * 10);
    best = Math.max(best, window.reduce((sum, rate) => sum + rate, 0) / window.length);
  }
  return best;
}

function weightsOf(keys: DrawnKeys): { name: string; share: number }[] {
  if (keys.kind === 'weights') throw new Error('no published scenario has weights');
  const count = keys.kind === 'hot' ? keys.of : keys.count;
  const weight = (n: number): number => {
    if (keys.kind === 'uniform') return 1;
    if (keys.kind === 'zipf') return 1 / Math.pow(n + 1, keys.exponent);
    return n < keys.keys ? keys.share / keys.keys : (1 - keys.share) / (keys.of - keys.keys);
  };
  const weights = Array.from({ length: count }, (_, n) => weight(n));
  const sum = weights.reduce((total, w) => total + w, 0);
  return weights.map((w, n) => ({ name: keys.template.replace('{n}', String(n)), share: w / sum }));
}

function meanBytes(size: Size): number {
  if (size.kind === 'fixed') return size.bytes;
  if (size.kind === 'uniform') return (size.min + size.max) / 2;
  if (size.kind !== 'lognormal') throw new Error('no published scenario has such sizes');
  const sigma = Math.log(size.p99 / size.median) / 2.3263478740408408;
  return size.median * Math.exp(sigma ** 2 / 2);
}

function utilization(load: Load): number {
  return Math.max(load.records / LIMITS.writeRecordsPerSec.value, load.bytes / LIMITS.writeBytesPerSec.value);
}

function analyse(scenario: Scenario) {
  const [source] = scenario.traffic;
  const rate = busiestRate(source);
  const keys = weightsOf(source.keys as DrawnKeys).map(({ name, share }): KeyLoad => {
    const records = rate * share;
    return { name, records, bytes: records * (meanBytes(source.size) + Buffer.byteLength(name)) };
  });
  const map = createShardMap(scenario.stream.shards);
  const shards = map.open.map(() => [] as KeyLoad[]);
  for (const key of keys) shards[map.open.indexOf(routeByScan(map, hashKeyOf(key.name)))].push(key);
  const hot = keys.filter((key) => utilization(key) > 1);
  const rest = shards.map((members) => sum(members.filter((key) => !hot.includes(key))));
  const capped = (dimension: keyof Load, limit: number): number =>
    keys.reduce((total, key) => total + Math.min(key[dimension], limit), 0) /
    (limit * scenario.stream.shards);
  return {
    hottestKey: Math.max(...keys.map(utilization)),
    stream: Math.max(
      capped('records', LIMITS.writeRecordsPerSec.value),
      capped('bytes', LIMITS.writeBytesPerSec.value),
    ),
    rest: rest.map(utilization),
    shards,
  };
}

function sum(keys: readonly KeyLoad[]): Load {
  return keys.reduce(
    (total, key) => ({ records: total.records + key.records, bytes: total.bytes + key.bytes }),
    {
      records: 0,
      bytes: 0,
    },
  );
}

/** The lowest load of the heavier half that a single cut of a shard can give. */
function bestCut(keys: readonly KeyLoad[]): number {
  const sorted = keys.toSorted((a, b) => (hashKeyOf(a.name) < hashKeyOf(b.name) ? -1 : 1));
  const all = sum(sorted).records;
  let below = 0;
  let best = Infinity;
  for (const key of sorted) {
    below += key.records;
    best = Math.min(best, Math.max(below, all - below));
  }
  return best / LIMITS.writeRecordsPerSec.value;
}

const clearlyAbove = (value: number, boundary: number) =>
  expect(value).toBeGreaterThan(boundary * (1 + MARGIN));
const clearlyBelow = (value: number, boundary: number) => expect(value).toBeLessThan(boundary * (1 - MARGIN));

describe('a published scenario', () => {
  it.each(['uniform.yaml', 'consumers.yaml'])('%s leaves every boundary unreached', (name) => {
    const { hottestKey, stream, rest } = analyse(read(name));
    clearlyBelow(hottestKey, 1);
    clearlyBelow(stream, STREAM_SHARE);
    clearlyBelow(Math.max(...rest), 1);
  });

  it('hot-key.yaml has one key above a shard’s limit and is otherwise calm', () => {
    const { hottestKey, stream, rest } = analyse(read('hot-key.yaml'));
    expect(hottestKey).toBeGreaterThanOrEqual(1.3);
    expect(hottestKey).toBeLessThanOrEqual(1.6);
    clearlyBelow(stream, STREAM_SHARE);
    clearlyBelow(Math.max(...rest), 1);
  });

  it.each(['zipf.yaml', 'few-keys.yaml'])(
    '%s has one shard above its limit that a split would help',
    (name) => {
      const { hottestKey, stream, rest, shards } = analyse(read(name));
      clearlyBelow(hottestKey, 1);
      clearlyBelow(stream, STREAM_SHARE);
      const over = rest.flatMap((value, i) => (value > 1 ? [i] : []));
      expect(over).toHaveLength(1);
      clearlyAbove(rest[over[0]], 1);
      clearlyBelow(Math.max(...rest.filter((_, i) => i !== over[0])), 1);
      clearlyBelow(bestCut(shards[over[0]]), 1);
    },
  );

  it.each(['under-provisioned.yaml', 'ramp.yaml'])('%s asks more of the stream than it takes', (name) => {
    const { hottestKey, stream } = analyse(read(name));
    clearlyBelow(hottestKey, 1);
    clearlyAbove(stream, STREAM_SHARE);
  });

  it('says in its first lines what it teaches, and one core can send it in 22 seconds', () => {
    const names = readdirSync(SCENARIOS).filter((name) => name.endsWith('.yaml'));
    expect(names.toSorted()).toEqual([
      'consumers.yaml',
      'few-keys.yaml',
      'hot-key.yaml',
      'on-demand-jump.yaml',
      'ramp.yaml',
      'reshard.yaml',
      'retry-storm.yaml',
      'under-provisioned.yaml',
      'uniform.yaml',
      'zipf.yaml',
    ]);
    for (const name of names) {
      const text = readFileSync(new URL(name, SCENARIOS), 'utf8');
      expect(text).toMatch(/^# \S.*\n#\n# \S/);
      const scenario = parseScenario(text, name);
      expect(scenario.description).toBeDefined();
      // What a storm leaves behind takes longer than that to see: it is made for `simulate`.
      if (name === 'retry-storm.yaml') continue;
      // Those with consumers are for simulate alone.
      if (scenario.consumers.length > 0) continue;
      // run sends no scenario with a timeline, and none in on-demand mode.
      if (scenario.timeline ?? scenario.stream.onDemand) continue;
      expect(scenario.warmupUs + scenario.durationUs).toBeLessThanOrEqual(22_000_000);
      for (const { stages } of scenario.traffic)
        for (const { from, to } of stages) expect(Math.max(from, to)).toBeLessThanOrEqual(8_000);
    }
  });
});
