/** What the owner of a stream can set, apart from its shards and its retention. */
import { KIB, LIMITS } from '../model/limits.ts';

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/** What a new stream is to be. */
export interface StreamSpec {
  readonly name: string;
  readonly shards: number;
  readonly mode?: StreamMode;
  /** Data and key, 1 MiB to 10 MiB; default 1 MiB. */
  readonly maxRecordBytes?: number;
  /** How long records are kept where memory allows it; default 24. */
  readonly retentionHours?: number;
  /** Level of the write buckets at the start, 0…1; default 1. */
  readonly initialFill?: number;
}

export class StreamSettings {
  mode: StreamMode;
  maxRecordBytes: number;

  constructor(spec: StreamSpec) {
    this.mode = spec.mode ?? 'PROVISIONED';
    this.maxRecordBytes = spec.maxRecordBytes ?? LIMITS.defaultMaxRecordBytes.value;
  }

  get maxRecordKiB(): number {
    return this.maxRecordBytes / KIB;
  }
}
