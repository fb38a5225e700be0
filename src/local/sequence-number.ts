/**
 * Sequence numbers that look as AWS's do: 56 decimal digits from "49", growing with every record of a shard.
 *
 * All have the same length, so they compare alike as texts and as numbers. From left to right: "49", the
 * stream's creation in microseconds (18 digits), the shard number (20), the record's place in its shard (12), and
 * a moment behind that record (4): 0 for the record itself, more for the places that a subscription is told of while
 * nothing arrives. The first 40 digits never change for a shard, which makes a number cheap to write.
 */

const LEAD = '49';
const CREATED_DIGITS = 18;
const SHARD_DIGITS = 20;
/** Digits of place and moment together, and those of the moment. */
export const COUNTER_DIGITS = 16;
export const MOMENT_DIGITS = 4;
/** Moments between two records; places below 9.0e11 keep all arithmetic exact. */
const MOMENTS = 10_000;
export const LAST_MOMENT = MOMENTS - 1;

/** The digits that all sequence numbers of one shard begin with. */
export function sequencePrefix(createdUs: number, shard: number): string {
  return (
    LEAD + createdUs.toString().padStart(CREATED_DIGITS, '0') + shard.toString().padStart(SHARD_DIGITS, '0')
  );
}

/**
 * Sequence number of a shard's record: the first has counter 1, and 0 stands for the shard's own start.
 * @param moment behind the record, 0…LAST_MOMENT
 */
export function sequenceNumber(prefix: string, counter: number, moment = 0): string {
  return prefix + (counter * MOMENTS + moment).toString().padStart(COUNTER_DIGITS, '0');
}

export interface ParsedSequenceNumber {
  readonly createdUs: number;
  readonly shard: number;
  readonly counter: number;
  readonly moment: number;
}

/** @returns undefined where the text is no sequence number of ours */
export function parseSequenceNumber(text: string): ParsedSequenceNumber | undefined {
  const match = /^49(\d{18})(\d{20})(\d{12})(\d{4})$/.exec(text);
  if (!match) return undefined;
  const [createdUs, shard, counter, moment] = match.slice(1).map(Number);
  return { createdUs, shard, counter, moment };
}

/** The digits of 0000 to 9999, one behind the other. */
const FOUR_DIGITS = Uint8Array.from(
  Buffer.from(Array.from({ length: 10_000 }, (_, value) => value.toString().padStart(4, '0')).join('')),
);

/** Writes a number's digits, in groups of four, so that the last stands at `bytes[end - 1]`; before them stay zeros. */
export function writeDigits(value: number, bytes: Uint8Array, end: number): void {
  for (let at = end - 4, rest = value; rest > 0; at -= 4) {
    const upper = Math.floor(rest / 10_000);
    const digits = (rest - upper * 10_000) * 4;
    bytes[at] = FOUR_DIGITS[digits];
    bytes[at + 1] = FOUR_DIGITS[digits + 1];
    bytes[at + 2] = FOUR_DIGITS[digits + 2];
    bytes[at + 3] = FOUR_DIGITS[digits + 3];
    rest = upper;
  }
}
