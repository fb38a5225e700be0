/**
 * The arithmetic that all constraints of a plan share: loads against limits in whole numbers, and how that is written.
 */
import { LIMITS } from '../../model/limits.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
} from '../../model/quantity.ts';
import type { PerDimension } from '../placement/key-run.ts';
import type { PlanInput } from './plan-input.ts';

/** Headroom is counted in thousand-millionths, loads in millionths, so that the division is one of whole numbers. */
const PARTS = 1_000_000_000;
const MILLIONTHS = 1_000_000;

/** What one shard takes per second. */
export const SHARD_LIMIT: PerDimension = {
  records: LIMITS.writeRecordsPerSec.value,
  bytes: LIMITS.writeBytesPerSec.value,
};

/** What of it is planned for. */
export function planningLimit(headroom: number, limit: PerDimension = SHARD_LIMIT): PerDimension {
  const kept = (PARTS - Math.round(headroom * PARTS)) / PARTS;
  return { records: limit.records * kept, bytes: limit.bytes * kept };
}

/**
 * ceil(load / (limit x (1 - headroom))), at least 1, in whole numbers: floating point is one shard too many for 20 of
 * 99 headrooms where the division is exact (math.md 2.5).
 * @param load and limit in the same unit; both are rounded to a millionth
 */
export function shardsFor(load: number, limit: number, headroom: number): number {
  const over = BigInt(Math.round(load * MILLIONTHS)) * BigInt(PARTS);
  const under = BigInt(Math.round(limit * MILLIONTHS)) * BigInt(PARTS - Math.round(headroom * PARTS));
  return Math.max(1, Number((over + under - 1n) / under));
}

/** Records and bytes (data and key) written per second. */
export function totalsOf(input: PlanInput): PerDimension {
  let records = 0;
  let bytes = 0;
  for (const source of input.sources) {
    records += source.recordsPerSec;
    bytes += source.recordsPerSec * (source.dataBytes + source.keyBytes);
  }
  return { records, bytes };
}

/** `2.62 MiB/s ÷ (1 MiB/s × 80 %) = 3.28`. */
export function division(
  load: number,
  limit: number,
  headroom: number,
  format: (amount: number) => string,
): string {
  const quotient = load / (limit * (1 - headroom));
  return `${format(load)} ÷ (${format(limit)} × ${percentOf(1 - headroom)}) = ${distinct(quotient)}`;
}

/** A quotient never looks whole where it is not: the count is its ceiling. */
function distinct(quotient: number): string {
  const text = formatNumber(quotient);
  const whole = Math.round(quotient);
  if (Math.abs(quotient - whole) < 1e-9 * Math.max(1, whole)) return formatCount(whole);
  if (!Number.isInteger(Number(text.replaceAll(',', '')))) return text;
  for (let digits = 1; digits < 9; digits++) {
    const longer = quotient.toFixed(digits);
    if (Number(longer) !== whole) return longer;
  }
  return text;
}

/** Records per second that consumers work off: those of the users, of which an aggregate holds several. */
export function userRecordsOf(input: PlanInput): number {
  return totalsOf(input).records * (input.userRecordsPerRecord ?? 1);
}

export function perSec(records: number): string {
  return `${formatNumber(records)}/s`;
}

/** `80 %` of 0.8, as sentences and tables have it. */
export function percentOf(ratio: number): string {
  return formatPercent(ratio).replace('%', ' %');
}

export function bytesPerSec(bytes: number): string {
  return `${formatBytes(bytes)}/s`;
}

/** `30m` of 1,800 seconds, as flags take it. */
export function timeOf(seconds: number): string {
  return formatDuration(seconds * 1_000_000);
}
