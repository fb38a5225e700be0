/**
 * The stream as a whole has too few shards: what it accepted, at most one shard's limit on each, is above 0.9 of what all
 * can take. Then no cut helps, and no shard is called hot (math.md 8).
 */
import { ADVICE_HEADROOM } from '../verdict.ts';
import type { Rule } from './rule.ts';
import { timeOf } from './stream-view.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import { limitOf } from './judged-interval.ts';

export const findUnderProvisioned: Rule<'UNDER_PROVISIONED'> = (view) => {
  const { whole, open } = view;
  if (whole?.episode?.isLasting !== true) return [];
  const { dimension, perSec } = whole.worst;
  const planned = limitOf(dimension) * (1 - ADVICE_HEADROOM);
  const finding: DiagnosisFindingOf<'UNDER_PROVISIONED'> = {
    code: 'UNDER_PROVISIONED',
    severity: 'critical',
    confidence: 'high',
    splitHelps: 'partly',
    sinceMs: timeOf(view, whole.episode.firstStep),
    untilMs: timeOf(view, whole.episode.lastStep),
    evidence: {
      load: whole.worst,
      shards: whole.shards,
      shardsNow: open.length,
      shardsNeeded: { lower: Math.ceil(perSec.lower / planned), upper: Math.ceil(perSec.upper / planned) },
      headroom: ADVICE_HEADROOM,
    },
  };
  return [finding];
};
