/**
 * Which keys a plan can place, and as what: it knows shares that stay as they are, by name or by hash key, and
 * nothing of keys that come and go.
 */
import { badInput } from '../../model/refusal.ts';
import type { DrawnKeys, HashedKeys, Keys } from '../../traffic/scenario.ts';

export type PlannedKeys =
  DrawnKeys | Extract<HashedKeys, { readonly kind: 'hashKeys' }> | Extract<Keys, { readonly kind: 'file' }>;

const FIX = 'Use simulate, or write keys whose shares stay: uniform, zipf, hot, weights, file, hashKeys.';

/** Why keys of a kind cannot be placed, completing "keys of kind …: ". */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['timestamp', 'one key takes everything for a while, then the next, and no layout of shards helps'],
  ['latest', 'the heavy keys change with time, and with them the hottest shard'],
  ['drift', 'the heavy keys change with time, and with them the hottest shard'],
  ['explicitHashKey', 'the producer decides where records go, whatever the number of shards'],
]);

/** Refuses kinds that no plan can place. @param where what the user knows the keys by @throws Refusal */
export function refuseUnplaceable(kind: string, where: string): void {
  const reason = REASONS.get(kind);
  if (reason !== undefined)
    throw badInput(`${where}: plan cannot place keys of kind ${kind}: ${reason}.`, FIX);
}

/**
 * Keys as a plan reads them: those in turn or one per batch are uniform in the long run.
 * @throws Refusal for kinds that no plan can place
 */
export function plannedKeysOf(keys: Keys, where: string): PlannedKeys {
  refuseUnplaceable(keys.kind, where);
  switch (keys.kind) {
    case 'uniform':
    case 'zipf':
    case 'hot':
    case 'weights':
    case 'hashKeys':
    case 'file':
      return keys;
    case 'sequential':
    case 'roundRobin':
    case 'perBatch':
      return { kind: 'uniform', count: keys.count, template: keys.template };
    default:
      throw new Error(`there is neither a place nor a reason for ${keys.kind}`);
  }
}

/** Keys whose places are known whatever the names of generated keys stand for. */
export function isPlacedByData({ kind }: PlannedKeys): boolean {
  return kind === 'weights' || kind === 'file' || kind === 'hashKeys';
}
