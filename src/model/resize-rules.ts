/**
 * What UpdateShardCount refuses: targets beyond the double or below the half, more than 10,000 shards, and more than
 * ten calls in 24 hours.
 */
import { LIMITS } from './limits.ts';
import { formatCount } from './quantity.ts';

const DAY_US = 86_400_000_000;

/**
 * Why a stream cannot be resized now, in two sentences; undefined where it can.
 * @param open shards now
 * @param atUs now
 * @param earlierUs times of the stream's resizes so far
 */
export function resizeTrouble(
  open: number,
  target: number,
  atUs: number,
  earlierUs: readonly number[],
): { readonly what: string; readonly fix: string } | undefined {
  const least = Math.ceil(open / 2);
  const most = Math.min(open * 2, LIMITS.resizeShards.value);
  if (target < least || target > most) {
    const bound =
      target < least ? 'less than half' : target > open * 2 ? 'more than double' : 'more than any resize may';
    return {
      what: `${formatCount(target)} is ${bound} of the ${formatCount(open)} shards that are open then.`,
      fix: `Write a number from ${formatCount(least)} to ${formatCount(most)}, or resize in several events.`,
    };
  }
  const recent = earlierUs.filter((us) => us > atUs - DAY_US).length;
  if (recent < LIMITS.resizesPerDay.value) return undefined;
  return {
    what: `the stream has been resized ${recent} times in the 24 hours before.`,
    fix: `UpdateShardCount takes ${LIMITS.resizesPerDay.value} calls in 24 hours; use split and merge.`,
  };
}
