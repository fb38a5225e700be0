/**
 * One consumer on one shard of a stream that is really read: where it goes on, and when it was last at the tip.
 */
import { Reader } from '../../simulate/reader.ts';

/** Where a reader begins, or goes on. */
export type Position =
  | { readonly type: 'LATEST' | 'TRIM_HORIZON' }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly type: 'AT_TIMESTAMP'; readonly timestamp: Date };

export class ShardReader extends Reader {
  from: Position = { type: 'TRIM_HORIZON' };
  /** The last record that it has seen; it sees none twice. */
  lastSequence = '';
  /** When it last had everything there was, microseconds from the start of the schedule. */
  tipUs = 0;
  /** It was at the tip, or the end of the shard, after the last record was acknowledged. */
  isDrained = false;
  /** When it was found to be, microseconds from the start of the schedule. */
  drainedUs = 0;
  /** It was the end of the shard: nothing can come after it. */
  isEnded = false;

  /** Whether a record comes after those that were seen: numbers of one shard are as long and grow. */
  isNew(sequenceNumber: string): boolean {
    const last = this.lastSequence;
    if (sequenceNumber.length !== last.length) return sequenceNumber.length > last.length;
    return sequenceNumber > last;
  }
}
