/** What the owner of a stream can set, apart from its shards and its retention. */
import type { HashRange } from '../model/hash-range.ts';
import { KIB, LIMITS } from '../model/limits.ts';
import { Encryption } from './encryption.ts';
import { TagSet } from './tag-set.ts';

export type StreamMode = 'PROVISIONED' | 'ON_DEMAND';

/** What a new stream is to be. */
export interface StreamSpec {
  readonly name: string;
  readonly shards: number;
  /** Of those shards, in order of hash key, where they are not equal: AWS makes no such stream at once, we do. */
  readonly ranges?: readonly HashRange[];
  readonly mode?: StreamMode;
  /** Data and key, 1 MiB to 10 MiB; default 1 MiB. */
  readonly maxRecordBytes?: number;
  /** How long records are kept where memory allows it; default 24. */
  readonly retentionHours?: number;
  /** Level of the write buckets at the start, 0…1; default 1. */
  readonly initialFill?: number;
  /** MiB/s that an on-demand stream is to be ready for. */
  readonly warmMiBps?: number;
  /** Whether the service spreads the records, whatever their keys (strategy AUTO). */
  readonly spread?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface WarmThroughput {
  readonly TargetMiBps: number;
  readonly CurrentMiBps: number;
}

export class StreamSettings {
  mode: StreamMode;
  maxRecordBytes: number;
  spread: boolean;
  warm: WarmThroughput | undefined;
  /** Shard-level metrics that are switched on, in AWS's order. */
  metrics: readonly string[] = [];
  readonly encryption = new Encryption();
  readonly tags = new TagSet();
  /** The stream's resource policy, where it has one. */
  policy: string | undefined;

  constructor(spec: StreamSpec) {
    this.mode = spec.mode ?? 'PROVISIONED';
    this.maxRecordBytes = spec.maxRecordBytes ?? LIMITS.defaultMaxRecordBytes.value;
    this.spread = spec.spread ?? false;
    if (spec.warmMiBps !== undefined)
      this.warm = { TargetMiBps: spec.warmMiBps, CurrentMiBps: spec.warmMiBps };
    this.tags.add(spec.tags ?? {});
  }

  get maxRecordKiB(): number {
    return this.maxRecordBytes / KIB;
  }
}
