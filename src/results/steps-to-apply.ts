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
  return trail;
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
