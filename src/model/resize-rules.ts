/**
 * What UpdateShardCount refuses: targets beyond the double or below the half, more than 10,000 shards, and more than
 * ten calls in 24 hours.
 */
import { LIMITS } from './limits.ts';
import { formatCount } from './quantity.ts';

const DAY_US = 86_400_000_000;

/** The bound that a resize would pass: half and double of the open shards, or the most of any resize. */
export type ResizeBound = 'half' | 'double' | 'most';

/**
 * Which bound a target lies beyond, if any. Half of an odd number is rounded up: AWS does not say, and this way round is
 * never too few. From above the most, a stream can only come to less than the most (source: UpdateShardCount's reference).
 */
export function resizeBoundOf(open: number, target: number): ResizeBound | undefined {
  const most = LIMITS.resizeShards.value;
  if (target > most || (open > most && target === most)) return 'most';
  if (target > open * 2) return 'double';
  return target < Math.ceil(open / 2) ? 'half' : undefined;
}

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
  const most = Math.min(open * 2, LIMITS.resizeShards.value - (open > LIMITS.resizeShards.value ? 1 : 0));
  const beyond = resizeBoundOf(open, target);
  if (beyond !== undefined) {
    const any = target > open * 2 ? 'more than double' : 'more than any resize may';
    const bound = { half: 'less than half', double: 'more than double', most: any }[beyond];
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
