import { expect, test } from 'vitest';
import { onDemandAssumptions } from '../../src/model/on-demand-assumptions.ts';
import {
  MINUTE_US,
  ON_DEMAND_RULES,
  OnDemandScaler,
  onDemandShards,
  reachableShards,
} from '../../src/model/on-demand.ts';

const KIB = 1024;
const LEAST = 500 * KIB * 60;

test('a new stream has four shards, a warm one as many as its throughput fills', () => {
  expect([undefined, 1, 4 * KIB * KIB, 4 * KIB * KIB + 1, 100 * KIB * KIB].map(onDemandShards)).toEqual([
    4, 4, 4, 5, 100,
  ]);
});

test.each([
  ['at the limit of bytes', 0, LEAST, Infinity],
  ['one byte above', 0, LEAST + 1, 15 * MINUTE_US],
  ['at the limit of records', 30_000, 0, Infinity],
  ['one record above', 30_001, 0, 15 * MINUTE_US],
])('a minute %s', (_, records, bytes, nextUs) => {
  const scaler = new OnDemandScaler();
  scaler.minute(0, records, bytes, 0);
  expect(scaler.nextUs).toBe(nextUs);
});

test('a shard is split once, fifteen minutes after the start of its first minute above, whatever follows', () => {
  const scaler = new OnDemandScaler();
  for (let minute = 0; minute < 15; minute++)
    scaler.minute(3, 0, minute === 2 ? LEAST + 1 : 0, minute * MINUTE_US);
  expect(scaler.take(17 * MINUTE_US - 1, 4)).toEqual([]);
  expect(scaler.take(17 * MINUTE_US, 4)).toEqual([3]);
  expect(scaler.take(Infinity, 5)).toEqual([]);
});

test('the most shards are not exceeded', () => {
  const scaler = new OnDemandScaler({ ...ON_DEMAND_RULES, mostShards: 5 });
  for (const shard of [0, 1, 2]) scaler.minute(shard, 0, LEAST * 2, 0);
  expect(scaler.take(Infinity, 4)).toEqual([0]);
  expect(scaler.nextUs).toBe(Infinity);
});

test('under an even load that jumps, the shards double every fifteen minutes until they carry twice what comes', () => {
  const scaler = new OnDemandScaler();
  const loadBytesPerSec = 28 * KIB * KIB;
  const counts: number[] = [];
  let open = Array.from({ length: 4 }, (_, i) => i);
  let next = 4;
  for (let minute = 0; minute < 90; minute++) {
    const each = Math.min(loadBytesPerSec / open.length, KIB * KIB);
    for (const shard of open) scaler.minute(shard, 0, each * 60, minute * MINUTE_US);
    for (const shard of scaler.take((minute + 1) * MINUTE_US, open.length)) {
      open = [...open.filter((other) => other !== shard), next++, next++];
    }
    if (counts.at(-1) !== open.length) counts.push(open.length);
  }
  expect(counts).toEqual([4, 8, 16, 32, 64]);
});

test("assumptions say which rules are published and which are the scenario's own", () => {
  const confidenceOf = (rules: typeof ON_DEMAND_RULES, part: string) =>
    onDemandAssumptions(rules).find(({ text }) => text.includes(part))?.confidence;
  expect(confidenceOf(ON_DEMAND_RULES, '500 KB/s')).toBe('published');
  expect(confidenceOf(ON_DEMAND_RULES, '500 records/s')).toBe('inferred');
  expect(confidenceOf(ON_DEMAND_RULES, 'within 15 minutes')).toBe('published');
  const own = { ...ON_DEMAND_RULES, splitAboveBytesPerSec: 600 * KIB, withinUs: MINUTE_US };
  expect(confidenceOf(own, '600 KiB/s')).toBe('scenario');
  expect(confidenceOf(own, 'within 1 minute.')).toBe('scenario');
  expect(onDemandAssumptions(own).some(({ text }) => text.includes('512,000'))).toBe(false);
});

test('a stream can double once in every wait that ends before the end', () => {
  const minutes = (count: number) => reachableShards(4, ON_DEMAND_RULES, count * MINUTE_US);
  expect([15, 16, 30, 31, 46].map(minutes)).toEqual([4, 8, 8, 16, 32]);
  expect(reachableShards(4, { ...ON_DEMAND_RULES, mostShards: 6 }, Infinity)).toBe(6);
});
