/**
 * What `apply` takes from a recommendation, after everything in it was held against everything else: its steps lead
 * from the layout that it shows to the one that it promises.
 */
import { parseHashKey } from '../model/hash-key.ts';
import { tiles } from '../model/hash-range.ts';
import { layoutFingerprint } from '../model/layout-fingerprint.ts';
import { badInput } from '../model/refusal.ts';
import { LayoutTrail, TrailError } from './layout-trail.ts';
import type { LayoutRange, RecommendationDocument } from './recommendation-document.ts';

/** @throws Refusal (exit 2) where the document contradicts itself: it was edited, or damaged */
export function trailOf(document: RecommendationDocument, file: string): LayoutTrail {
  const layout = rangesOf(document.layout, 'layout', file);
  if (layoutFingerprint(layout) !== document.fingerprint)
    throw damaged(file, 'fingerprint', 'is not that of the layout');
  const trail = trailAlong(document, layout, file);
  const target = trail.startsAfter(trail.length).map((start) => ({ start, end: start }));
  if (layoutFingerprint(target) !== document.targetFingerprint)
    throw damaged(file, 'steps', 'do not lead to the layout of targetFingerprint');
  if (layoutFingerprint(rangesOf(document.targetLayout, 'targetLayout', file)) !== document.targetFingerprint)
    throw damaged(file, 'targetLayout', 'is not that of targetFingerprint');
  if (trail.length > 0 && document.peakShards !== trail.mostShards(0, trail.length))
    throw damaged(file, 'peakShards', 'is not what the steps come to');
  checkNames(document, file);
  return trail;
}

/** Names that are shown to people: of the shards that are there before the first step. */
function checkNames({ layout, steps }: RecommendationDocument, file: string): void {
  const names = new Map(layout.map(({ startingHashKey, shardId }) => [startingHashKey, shardId]));
  const ends = new Map(layout.map(({ startingHashKey, endingHashKey }) => [startingHashKey, endingHashKey]));
  steps.forEach((step, i) => {
    const start = step.startingHashKey;
    const known = names.get(start);
    if (known !== undefined && known !== step.shardId)
      throw damaged(file, `steps[${i}].shardId`, `is not ${known}, which has that hash range`);
    if (step.kind === 'merge') {
      const seam = String(BigInt(ends.get(start) ?? -1) + 1n);
      const above = names.get(seam);
      if (known !== undefined && above !== undefined && above !== step.adjacentShardId)
        throw damaged(file, `steps[${i}].adjacentShardId`, `is not ${above}, which is the shard above`);
      names.delete(seam);
    }
    names.delete(start);
  });
}

function trailAlong(
  { steps }: RecommendationDocument,
  layout: readonly { readonly start: bigint }[],
  file: string,
): LayoutTrail {
  try {
    return new LayoutTrail(
      layout.map(({ start }) => start),
      steps,
    );
  } catch (error) {
    if (error instanceof TrailError)
      throw damaged(file, `steps[${error.step - 1}]`, `cannot be taken: ${error.message}`);
    throw error;
  }
}

function rangesOf(
  layout: readonly LayoutRange[],
  field: string,
  file: string,
): { readonly start: bigint; readonly end: bigint }[] {
  const ranges = layout.map(({ startingHashKey, endingHashKey }, i) => {
    const start = parseHashKey(startingHashKey);
    const end = parseHashKey(endingHashKey);
    if (start === undefined || end === undefined) throw damaged(file, `${field}[${i}]`, 'has no hash range');
    return { start, end };
  });
  if (!tiles(ranges)) throw damaged(file, field, 'does not cover the hash space without gaps');
  return ranges;
}

function damaged(file: string, field: string, what: string): Error {
  return badInput(
    `${file}: ${field} ${what}.`,
    'It was changed since it was written. Make a new one with shardwise recommend -o FILE.json.',
  );
}
