/**
 * Salts for the hot keys of a run, each in its own busiest window and all of them beside one another.
 */
import { LIMITS } from '../model/limits.ts';
import type { HotKey } from '../results/load-judge.ts';
import type { Dimension } from '../results/report-document.ts';
import { chosenTogether, saltsFor, type FilledLimits, type Salts } from './placement/salts.ts';

/**
 * Into how many keys each must be cut, among the mean load of everything else on a shard. Of the others' loads the
 * largest is taken, and of the backgrounds: their windows may differ, and the advice must hold in all of them.
 * @param headroom part of a shard that is left free, 0…1
 */
export function saltsOfHotKeys(hot: readonly HotKey[], shards: number, headroom: number): Salts[] {
  const loads = hot.map(({ perSec }) => filled(perSec, headroom));
  const rests = hot.map(({ rest }) => filled(rest, headroom));
  const backgrounds = {
    records: greatest(rests.map(({ records }) => records / shards)),
    bytes: greatest(rests.map(({ bytes }) => bytes / shards)),
  };
  const chosen = hot.length === 0 ? undefined : chosenTogether(loads, backgrounds, shards);
  return hot.map(({ load: { dimension } }, i) => {
    const others = loads.reduce((sum, load, j) => (j === i ? sum : sum + load[dimension]), 0);
    const { random } = saltsFor(loads[i][dimension], (rests[i][dimension] + others) / shards, shards);
    return { random: chosen === undefined ? null : random, chosen: chosen?.[i] ?? null };
  });
}

/** Over one shard's limit less headroom. */
function filled(perSec: Readonly<Record<Dimension, number>>, headroom: number): FilledLimits {
  return {
    records: perSec.records / LIMITS.writeRecordsPerSec.value / (1 - headroom),
    bytes: perSec.bytes / LIMITS.writeBytesPerSec.value / (1 - headroom),
  };
}

function greatest(values: readonly number[]): number {
  return values.reduce((most, value) => (value > most ? value : most), 0);
}
