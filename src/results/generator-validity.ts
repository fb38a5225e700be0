/**
 * When the generator's own slowness spoils a run (interface, accounting).
 */

/** Most that the 99th percentile of lag may be. */
export const LAG_LIMIT_MS = 100;
/** Part of the due records that must have been handed on. */
export const DISPATCHED_LIMIT = 0.99;

/** @param dispatched 0…1 */
export function isGeneratorValid(lagP99Ms: number, dispatched: number): boolean {
  return lagP99Ms <= LAG_LIMIT_MS && dispatched >= DISPATCHED_LIMIT;
}
