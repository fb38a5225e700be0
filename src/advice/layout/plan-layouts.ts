/**
 * Whether a plan's keys would fit on fewer shards if the hash space were cut between them, and the steps that cut it so.
 */
import { uniformRanges } from '../../model/hash-range.ts';
import type { LayoutFigures, PlanLayouts } from '../../results/plan-layouts.ts';
import type { ConstraintName } from '../../results/plan-result.ts';
import type { PerDimension } from '../placement/key-run.ts';
import { hottestFill, type PlacedKeys } from '../placement/placement.ts';
import { SHARD_LIMIT } from '../plan/constraints.ts';
import type { PlacedPlan } from '../plan/placed-plan.ts';
import { fillsOf, startsOf, type Cells, type Layout } from './cells.ts';
import { cheapestLayout, FEWEST_SHARDS } from './cheapest-layout.ts';
import { evenSegments, fewestSegments } from './even-layout.ts';
import { cellsOfKeys } from './key-cells.ts';
import { freshStream, pathTo, type LayoutPath } from './layout-steps.ts';
import { scaledKeysOf, type ScaledKeys } from './scaled-keys.ts';

/**
 * Equal ranges against cuts between keys. Keys that fit on no shard are left out of both.
 * @param mostShards the account's quota
 * @param currentShards equal shards that the stream has now; undefined: a stream that is yet to be created
 * @returns undefined where the places of keys are a matter of chance, so that there is nothing to cut between, or where
 * a constraint that no layout changes holds for no count
 */
export function planLayouts(
  core: PlacedPlan,
  mostShards: number,
  currentShards?: number,
): PlanLayouts | undefined {
  const { placed, unfitKeys, shardLimit } = core;
  if (placed === undefined || placed.recordsBefore[placed.positions.length] === 0 || !canFit(core))
    return undefined;
  const keys = scaledKeysOf(placed, SHARD_LIMIT, shardLimit);
  const fresh = cellsOfKeys(keys.keys, { tail: keys.tail, limit: keys.limit });
  const uniform = uniformFigures(placed, core.plan.shards ?? core.equalShards, mostShards);
  const count = fewestSegments(fresh, keys.limit, mostShards)?.length;
  const isFewer = count !== undefined && (uniform === null || count < uniform.shards);
  const weighted = isFewer ? weightedLayout(keys, count, mostShards, currentShards) : undefined;
  return {
    uniform,
    // Where it takes as many shards, equal ranges are as good, and easier to keep.
    weighted: weighted
      ? figuresOf(weighted.cells, weighted.layout, keys.full)
      : count === undefined
        ? null
        : uniform,
    weightedSameCount: uniform && figuresOf(fresh, evenSegments(fresh, uniform.shards, keys.full), keys.full),
    savedShards: uniform && (weighted ? uniform.shards - weighted.layout.length : 0),
    ...(unfitKeys > 0 && { keysLeftOut: unfitKeys }),
    ...(weighted && {
      from: { shards: weighted.fromShards, today: currentShards !== undefined },
      peakShards: weighted.path.peakShards,
    }),
    steps: weighted?.path.steps ?? [],
  };
}

/** Whether all constraints hold for some count, but those that equal ranges, heavy keys or the quota stand against. */
function canFit({ plan }: PlacedPlan): boolean {
  return plan.constraints.every(
    ({ name, evaluated, shards }) => !evaluated || shards !== null || NOT_OF_ALL_LAYOUTS.has(name),
  );
}

const NOT_OF_ALL_LAYOUTS: ReadonlySet<ConstraintName> = new Set(['hot-key', 'hot-shard', 'quota']);

function uniformFigures(placed: PlacedKeys, shards: number | null, most: number): LayoutFigures | null {
  if (shards === null || shards > most) return null;
  return { shards, utilization: hottestFill(placed, shards, SHARD_LIMIT) };
}

interface WeightedLayout {
  readonly cells: Cells;
  readonly layout: Layout;
  readonly fromShards: number;
  readonly path: LayoutPath;
}

/** The fewest shards by the fewest steps. */
function weightedLayout(
  keys: ScaledKeys,
  count: number,
  mostShards: number,
  currentShards?: number,
): WeightedLayout | undefined {
  const fromShards = currentShards ?? count;
  const oldStarts = uniformRanges(fromShards).map(({ start }) => start);
  const cells = cellsOfKeys(keys.keys, { oldStarts, tail: keys.tail, limit: keys.limit });
  const layout = cheapestLayout(cells, keys.limit, FEWEST_SHARDS);
  if (layout === undefined) return undefined;
  const path = pathTo(freshStream(oldStarts), startsOf(cells, layout), mostShards);
  return { cells, layout, fromShards, path };
}

function figuresOf(cells: Cells, layout: Layout, full: PerDimension): LayoutFigures {
  let utilization = 0;
  for (const fill of fillsOf(cells, layout, full)) utilization = Math.max(utilization, fill);
  return { shards: layout.length, utilization };
}
