/**
 * What can be done about a key that no shard can carry, as text: each way with what it costs; in the long form also
 * the ways that are not enough.
 */
import type { HottestKey } from '../../results/plan-result.ts';
import type { WayOut, WayOutKind } from '../../results/plan-ways-out.ts';
import { labelled } from '../paragraph.ts';
import { showFigures } from './constraint-text.ts';

const MARGIN = 15;

const NAMES: Readonly<Record<WayOutKind, string>> = {
  'less-headroom': 'Headroom',
  aggregation: 'Aggregation',
  'finer-key': 'Finer key',
  'random-salts': 'Random salts',
  'chosen-salts': 'Chosen salts',
  'explicit-hash-keys': 'Hash keys',
  'auto-distribution': 'AUTO',
};

/** Reports of 0.1 name no ways. */
export function waysOutLines(key: HottestKey | null, details: boolean, columns: number): string[] {
  const { waysOut = [], crowds } = key ?? {};
  const shown = waysOut.filter(({ feasible }) => details || feasible !== false);
  if (shown.length === 0) return [];
  return [
    '',
    ...labelled(
      'Ways out',
      `of ${crowds === true ? 'so many shards' : 'a hot key'}: any one of these, and what it costs.`,
      MARGIN,
      columns,
    ),
    ...shown.flatMap((way) => labelled(`  ${NAMES[way.kind]}`, showFigures(textOf(way)), MARGIN, columns)),
  ];
}

function textOf({ detail, costs, feasible }: WayOut): string {
  if (feasible === false) return `Not enough: ${detail}`;
  return costs.length === 0 ? detail : `${detail} Costs: ${costs.join('; ')}.`;
}
