/**
 * What can be done about keys that no shard can carry, and what each way costs. Those that change least come first,
 * those that are not enough last.
 */
import { formatCount } from '../../model/quantity.ts';
import type { WayOut } from '../../results/plan-ways-out.ts';
import { KPL_AGGREGATE } from '../../traffic/producer-presets.ts';
import { bytesPerSec, percentOf, perSec } from '../plan/constraints.ts';
import { fillOf } from '../placement/key-loads.ts';
import type { KeyLoad, PerDimension } from '../placement/key-run.ts';
import type { Salting } from '../placement/salting.ts';
import { PRACTICAL_SALTS } from '../placement/salts.ts';
import { kinesisRecordBytes, recordsThatFit } from './aggregate.ts';

export interface HotKeys {
  /** The key that fills most of a shard. */
  readonly heaviest: KeyLoad;
  /** How many fit on no shard, this one included. */
  readonly count: number;
  /** Bytes of its partition key, on average. */
  readonly keyBytes: number;
  /** What a shard takes, and what of it is planned for. */
  readonly shard: PerDimension;
  readonly limit: PerDimension;
  readonly confidence: number;
  readonly salting: Salting | undefined;
  /** Whether the traffic is of KPL aggregates already. */
  readonly isAggregated: boolean;
  /** Of keys that fit, but hardly anything beside them: shards without salts, and with less headroom. */
  readonly crowding?: Crowding;
}

export interface Crowding {
  /** Null where no count is enough. */
  readonly shards: number | null;
  /** With half of the headroom; undefined where there is none to halve. */
  readonly lessHeadroom: { readonly headroom: number; readonly shards: number | null } | undefined;
}

/** A key that takes more than this part of what is planned for a shard leaves little room beside it. */
export const CROWDS = 0.5;

/** Every way, the most gentle that is enough first. */
export function waysOutOf(keys: HotKeys): WayOut[] {
  const ways = [
    lessHeadroom(keys),
    aggregation(keys),
    finerKey(keys),
    randomSalts(keys),
    chosenSalts(keys),
    explicitHashKeys(keys),
    autoDistribution(keys),
  ];
  return [
    ...ways.filter(({ feasible }) => feasible !== false),
    ...ways.filter(({ feasible }) => feasible === false),
  ];
}

function lessHeadroom({ heaviest, shard, crowding }: HotKeys): WayOut {
  if (crowding !== undefined) return roomByHeadroom(crowding);
  const fill = fillOf(heaviest, shard);
  // What is kept free in whole per cent, rounded down.
  const headroom = Math.floor((1 - fill) * 100 + 1e-9) / 100;
  const kind = 'less-headroom';
  if (fill > 1)
    return {
      kind,
      feasible: false,
      detail: `The key alone is more than a shard takes, without any headroom: ${percentOf(fill)}.`,
      costs: [],
    };
  return {
    kind,
    feasible: true,
    detail: `It fits but for the headroom: --headroom ${percentOf(headroom).replace(' ', '')} takes it as it is.`,
    costs: [
      'nothing is left for growth, retries and bursts of the key',
      'it can take many shards until no other key falls on its own',
    ],
  };
}

/** Half of the headroom, if that makes much of a difference. */
function roomByHeadroom({ shards, lessHeadroom }: Crowding): WayOut {
  const kind = 'less-headroom';
  if (lessHeadroom === undefined)
    return { kind, feasible: false, detail: 'There is no headroom to take from.', costs: [] };
  const { headroom, shards: fewer } = lessHeadroom;
  const isMuch = fewer !== null && fewer * 2 <= (shards ?? Infinity);
  return {
    kind,
    feasible: isMuch,
    detail:
      `With --headroom ${percentOf(headroom).replace(' ', '')} it is ${fewer === null ? 'no number of shards' : shardsText(fewer)}` +
      `${insteadOf(shards)}.`,
    costs: isMuch ? ['less is left for growth, retries and bursts'] : [],
  };
}

/** ` instead of 7,801`, where so many are needed without. */
export function insteadOf(shards: number | null): string {
  return shards === null ? '' : ` instead of ${formatCount(shards)}`;
}

/** Aggregates keep the order within the key, and cost records next to nothing: what remains are the bytes. */
function aggregation({ heaviest, keyBytes, limit, isAggregated, crowding }: HotKeys): WayOut {
  const kind = 'aggregation';
  if (isAggregated)
    return { kind, feasible: false, detail: 'Records are aggregated already: bytes bind.', costs: [] };
  const dataBytes = Math.max(1, heaviest.bytes / heaviest.records - keyBytes);
  const record = { dataBytes, keyBytes };
  const count = recordsThatFit(KPL_AGGREGATE, record);
  const packed = {
    records: heaviest.records / count,
    bytes: (heaviest.records / count) * kinesisRecordBytes(count, record),
  };
  if (fillOf(packed, limit) > (crowding === undefined ? 1 : CROWDS) + 1e-9)
    return {
      kind,
      feasible: false,
      detail: `Aggregation does not help: packed, the key still has ${bytesPerSec(packed.bytes)}.`,
      costs: [],
    };
  return {
    kind,
    feasible: true,
    detail:
      `Only its records are too many: in KPL aggregates of ${formatCount(count)} they are ${perSec(packed.records)}, ` +
      `${bytesPerSec(packed.bytes)}. Plan it with --aggregate.`,
    costs: ['records wait for their aggregate', 'readers other than the KCL must de-aggregate'],
  };
}

function finerKey({ heaviest, limit, crowding, salting }: HotKeys): WayOut {
  // Of a key that fits, parts as small as salts are as good as salts.
  const part = crowding === undefined ? 1 / fillOf(heaviest, limit) : 1 / (salting?.random ?? [2])[0];
  const most = Math.floor(part * 1000) / 1000;
  return {
    kind: 'finer-key',
    feasible: null,
    detail: `Tenant and user, say: enough if no value has more than ${percentOf(most)} of the key's records.`,
    costs: ['order only within the finer key'],
  };
}

const PER_SALT = 'order only within a salt';
const FAN_IN = 'readers collect them all';
const AGAIN = 'again after each reshard';

function randomSalts({ salting, confidence, count }: HotKeys): WayOut {
  const kind = 'random-salts';
  if (salting?.random === undefined)
    return {
      kind,
      feasible: false,
      detail: `Up to ${PRACTICAL_SALTS} salts a key with names that fall at random do not fit beside the other keys.`,
      costs: [],
    };
  const { random, shards } = salting;
  return {
    kind,
    feasible: true,
    detail: `${cutText(random, count)} on ${shardsText(shards)}: with ${percentOf(confidence)} confidence every shard carries what falls on it.`,
    costs: [PER_SALT, FAN_IN],
  };
}

function chosenSalts({ salting, count }: HotKeys): WayOut {
  const kind = 'chosen-salts';
  if (salting === undefined)
    return { kind, feasible: false, detail: 'No number of chosen salts that fits was found.', costs: [] };
  return {
    kind,
    feasible: true,
    detail: `${cutText(salting.chosen, count)} on ${shardsText(salting.shards)}, each chosen for another shard${roomText(salting)}.`,
    costs: [PER_SALT, FAN_IN, `chosen ${AGAIN}`],
  };
}

function explicitHashKeys({ salting, count }: HotKeys): WayOut {
  const kind = 'explicit-hash-keys';
  if (salting === undefined)
    return { kind, feasible: false, detail: 'No spread over shards that fits was found.', costs: [] };
  return {
    kind,
    feasible: true,
    detail: `The partition key stays; ${partsText(salting.chosen, count, 'explicit hash keys')} on ${shardsText(salting.shards)} spread its records${roomText(salting)}.`,
    costs: ['order only within a hash key', 'readers look on several shards', `set ${AGAIN}`],
  };
}

function autoDistribution({ isAggregated }: HotKeys): WayOut {
  return {
    kind: 'auto-distribution',
    feasible: !isAggregated,
    detail: isAggregated
      ? 'The record distribution strategy AUTO does not work with KPL aggregation.'
      : 'An on-demand stream whose record distribution strategy is AUTO spreads records whatever their keys.',
    costs: isAggregated
      ? []
      : [
          'no order, of any key',
          'the on-demand price',
          'readers may get no partition key',
          'no KPL aggregation',
        ],
  };
}

/** `A suffix cuts it into 9 keys (salts)`. */
function cutText(salts: readonly number[], keys: number): string {
  return keys === 1
    ? `A suffix cuts the key into ${partsText(salts, keys)} (salts)`
    : `Suffixes cut the keys into ${partsText(salts, keys)} (salts)`;
}

/** `9 keys`, or of several hot ones `3 to 9 keys each, 17 in all`. */
function partsText(parts: readonly number[], keys: number, what = 'keys'): string {
  const most = parts[0];
  if (keys === 1) return `${formatCount(most)} ${what}`;
  const total = parts.reduce((sum, count) => sum + count, 0);
  const least = parts[parts.length - 1];
  const each = most === least ? formatCount(most) : `${formatCount(least)} to ${formatCount(most)}`;
  return `${each} ${what} each, ${formatCount(total)} in all`;
}

function shardsText(shards: number): string {
  return `${formatCount(shards)} ${shards === 1 ? 'shard' : 'shards'}`;
}

function roomText({ besideHeavy }: Salting): string {
  return besideHeavy === true ? ' with room (other keys nearly fill some)' : '';
}
