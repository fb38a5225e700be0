/**
 * Quantities whose text has passed the schema, so that one that cannot be read is a mistake of ours.
 */
import { parseBytes, parseDuration, parsePercent, parseRate } from '../model/quantity.ts';

/** A reader whose text has been checked before. */
function checked<T>(read: (text: string) => T | undefined): (text: string) => T {
  return (text) => {
    const value = read(text);
    if (value === undefined) throw new Error(`${text} has passed the schema and cannot be read`);
    return value;
  };
}

export const bytesOf = checked(parseBytes);
export const usOf = checked(parseDuration);
export const shareOf = checked(parsePercent);
export const rateOf = checked(parseRate);
