/**
 * The constraint that no number of shards can meet: one key is one hash is one shard, so the heaviest key must fit
 * on a single shard by itself.
 */
import { LIMITS } from '../../model/limits.ts';
import type { Constraint, HottestKey } from '../../results/plan-result.ts';
import { bytesPerSec, percentOf, perSec, SHARD_LIMIT, shardsFor } from './constraints.ts';
import { fillOf, heaviestKey, type KeyLoads } from '../placement/key-loads.ts';
import type { KeyLoad, PerDimension } from '../placement/key-run.ts';
import { PRACTICAL_SALTS, saltsFor } from '../placement/salts.ts';

export interface HotKey {
  readonly constraint: Constraint;
  readonly hottestKey: HottestKey | null;
}

export interface HotKeyQuestion {
  readonly loads: KeyLoads;
  /** Planning limit of a shard. */
  readonly limit: PerDimension;
  readonly headroom: number;
  /** Accepted probability that random salts overload a shard. */
  readonly risk: number;
  /** How many keys fit on no shard. */
  readonly unfitKeys: number;
  /** Shards that the other constraints ask for. */
  readonly shards: number;
  /** Whether the names of keys mean anything to the user. */
  readonly namesGiven: boolean;
}

export function hotKeyOf(question: HotKeyQuestion): HotKey {
  const key = heaviestKey(question.loads, question.limit);
  if (key === undefined) {
    const constraint: Constraint = {
      name: 'hot-key',
      shards: 1,
      evaluated: true,
      formula: 'nothing is sent',
    };
    return { constraint, hottestKey: null };
  }
  const fits = fitsAlone(key, question.headroom);
  const salts = fits ? undefined : saltsOf(key, question);
  return {
    constraint: {
      name: 'hot-key',
      shards: fits ? 1 : null,
      evaluated: true,
      formula: formulaOf(key, question, fits),
    },
    hottestKey: {
      key: question.namesGiven ? key.name : null,
      share: key.records / question.loads.total.records,
      utilization: fillOf(key, SHARD_LIMIT),
      fits,
      ...(fits ? {} : { unfitKeys: question.unfitKeys }),
      ...(salts === undefined ? {} : { salts }),
    },
  };
}

/** Held against the planning limit in whole numbers, as the sums are. */
function fitsAlone(key: PerDimension, headroom: number): boolean {
  return (
    shardsFor(key.records, SHARD_LIMIT.records, headroom) === 1 &&
    shardsFor(key.bytes, SHARD_LIMIT.bytes, headroom) === 1
  );
}

function formulaOf(key: KeyLoad, { limit, headroom }: HotKeyQuestion, fits: boolean): string {
  const inRecords = key.records / limit.records >= key.bytes / limit.bytes;
  const load = inRecords ? perSec(key.records) : bytesPerSec(key.bytes);
  const full = inRecords ? perSec(SHARD_LIMIT.records) : bytesPerSec(SHARD_LIMIT.bytes);
  const verdict = fits ? 'fits on one shard' : 'fits on no shard, however many there are';
  return `${load} ${fits ? '<=' : '>'} ${full} × ${percentOf(1 - headroom)}: ${verdict}`;
}

/**
 * Salts on as many shards as the rest of the plan needs, or on the next count at which a practical number fits: where
 * the shards are just full, not even a thousand salts would spread well enough.
 */
function saltsOf(key: KeyLoad, { loads, limit, risk, shards }: HotKeyQuestion): HottestKey['salts'] {
  const load = fillOf(key, limit);
  const others = {
    records: Math.max(0, loads.total.records - key.records),
    bytes: Math.max(0, loads.total.bytes - key.bytes),
  };
  const most = Math.min(LIMITS.shardQuota.value, 2 * shards + 2 * Math.ceil(load) + 16);
  let fallback: HottestKey['salts'];
  for (let count = shards; count <= most; count++) {
    const salts = saltsFor(load, fillOf(others, limit) / count, count, risk);
    if (salts.chosen === null) continue;
    if (salts.random !== null && salts.random <= PRACTICAL_SALTS) {
      return { random: salts.random, chosen: salts.chosen, shards: count };
    }
    fallback ??= { chosen: salts.chosen, shards: count };
  }
  return fallback;
}
