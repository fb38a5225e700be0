/**
 * What `merge` relies on of a part's consumers, beyond the form that the schema asks for.
 */
import { LatencyHistogram } from './latency.ts';
import type { SavedReading } from './reading-section.ts';
import type { LedgerParts } from './sequence-ledger.ts';

/**
 * @param lastSec after which nothing is due
 * @returns the path of what does not fit, undefined where all does
 */
export function readingTrouble(reading: SavedReading, lastSec: number): string | undefined {
  if (!isLedger(reading.acknowledged, lastSec)) return 'acknowledged';
  for (const [i, { seen, row, endToEnd }] of reading.consumers.entries()) {
    if (!isLedger(seen, lastSec)) return `consumers[${i}].seen`;
    if (!new LatencyHistogram().addSaved(row.endToEndMs, endToEnd)) return `consumers[${i}].row.endToEndMs`;
  }
  return undefined;
}

/** Steps are powers of two, cells within the load: memory is made for every one up to the last. */
function isLedger({ stepSec, cells }: LedgerParts, lastSec: number): boolean {
  const isPower = (stepSec & (stepSec - 1)) === 0;
  return isPower && stepSec <= 2 * lastSec && cells.every(([, step]) => step * stepSec <= lastSec);
}
