/**
 * What the consumers of all machines saw, as a merged report tells it.
 */
import { mergedReading } from '../results/reading-merge.ts';
import type { ConsumersPart } from './load-report.ts';
import type { MergeInputs, MergePart } from './merge-inputs.ts';

export interface MergedConsumers extends ConsumersPart {
  readonly retentionHours: number;
  /** Why nothing was held against what was acknowledged. */
  readonly undecided: string | undefined;
}

/** Undefined where no machine read. */
export function mergedConsumers({ parts, missing }: MergeInputs): MergedConsumers | undefined {
  const readings = parts.flatMap(({ state }) => state.section.reading ?? []);
  if (readings.length === 0) return undefined;
  const undecided = undecidedBy(parts, missing);
  const lastPuts = parts.flatMap(({ state }) => state.section.puts?.lastUs ?? []);
  const merged = mergedReading(readings, {
    lastPutUs: lastPuts.length === 0 ? undefined : Math.max(...lastPuts),
    isWhole: undecided === undefined,
  });
  return { ...merged, undecided };
}

/** A load that came to a dead end has told all that was acknowledged to it, unless a thread died as well. */
function hasLostThread({ document: { partial, ended }, state }: MergePart): boolean {
  return partial === 'failed' && (ended === undefined || state.section.puts === undefined);
}

/** Losses are of what all machines had acknowledged: each must have come to tell. */
function undecidedBy(parts: readonly MergePart[], missing: readonly number[]): string | undefined {
  if (missing.length > 0) return 'parts of the load are missing';
  const silent = parts.find(({ state: { section } }) => section.reading === undefined);
  if (silent !== undefined) return `part ${silent.state.section.index} did not come to tell what it saw`;
  const lost = parts.find(hasLostThread);
  return lost && `a sending thread of part ${lost.state.section.index} died with what was acknowledged to it`;
}
