/** Runs of the real offer, tallied without a network: what a verdict is made from. */
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { createShardMap, route, type ShardMap } from '../../src/model/shard-map.ts';
import { Tally } from '../../src/results/tally.ts';
import { noiseMargin, type Observation } from '../../src/advice/verdict.ts';
import { KeyDictionary } from '../../src/traffic/key-dictionary.ts';
import { KeyRouter } from '../../src/traffic/key-router.ts';
import { Offer, OfferColumns } from '../../src/traffic/offer.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

/** What a run of the scenario would be judged by, on a new stream or a given layout. */
export function observe(
  scenario: Scenario,
  map = createShardMap(scenario.stream.shards),
  keyPlaces?: number,
): Observation {
  const dictionary = new KeyDictionary(
    scenario.traffic.map((source) => source.keys),
    scenario.placementSeed,
  );
  const router = new KeyRouter(dictionary, map);
  const offer = new Offer(scenario, dictionary);
  const tally = new Tally({
    shards: map.open.length,
    durationUs: scenario.durationUs,
    z: noiseMargin(map.open.length),
    ...(keyPlaces === undefined ? {} : { keyPlaces }),
  });
  const columns = new OfferColumns();
  while (offer.take(1e15, columns) > 0) {
    for (let i = 0; i < columns.length; i++) {
      const key = columns.key[i];
      tally.offer(columns.dueUs[i], key, router.shardOf(key), columns.dataBytes[i] + columns.keyBytes[i]);
    }
  }
  tally.load.finish(scenario.durationUs / 1_000_000);
  return {
    tally,
    map,
    nameOf: (key) => dictionary.nameOf(key),
    hashKeyOf: (key) => dictionary.hashKeyOf(key),
  };
}

/** Names that hash into the given shard of a new stream, in the order of their numbers. */
export function namesOnShard(shard: number, count: number, map: ShardMap, prefix = 'name'): string[] {
  const names: string[] = [];
  for (let n = 0; names.length < count; n++) {
    const name = `${prefix}-${n}`;
    if (route(map, hashKeyOf(name)) === map.open[shard]) names.push(name);
  }
  return names;
}
