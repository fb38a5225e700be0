/**
 * From a reply to PutRecords to what the readers are told: which record was acknowledged, and when it was due.
 */
import { carriesHeader } from '../../traffic/payload-header-room.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';
import type { Source } from '../../traffic/scenario.ts';
import type { Acknowledgements } from './ack-feed.ts';

/** What a reply says of a Kinesis record that was accepted. */
export interface AcceptedResult {
  readonly ShardId?: string | undefined;
  readonly SequenceNumber?: string | undefined;
}

export class AcknowledgedRecords {
  readonly #to: Acknowledgements;
  readonly #sources: readonly Source[];

  constructor(to: Acknowledgements, sources: readonly Source[]) {
    this.#to = to;
    this.#sources = sources;
  }

  /** @param slot of the record, or of an aggregate's first */
  add(records: RecordSlab, slot: number, { ShardId = '', SequenceNumber = '' }: AcceptedResult): void {
    const source = this.#sources[records.source[slot]];
    const hasHeader = carriesHeader(source, records.dataBytes[slot]);
    this.#to.add(ShardId, SequenceNumber, hasHeader ? records.dueUs[slot] : undefined);
  }
}
