/**
 * Whether a run was the scenario that was asked for: every event of its timeline happened on the stream.
 */
import type { ReportDocument } from './report-document.ts';

/** Events that did not happen, or not wholly before the load was over. A simulation refuses such scenarios instead. */
export function eventsNotCarriedOut({ timeline = [] }: Pick<ReportDocument, 'timeline'>): number {
  return timeline.filter(({ carriedOut }) => carriedOut?.failed !== undefined).length;
}
