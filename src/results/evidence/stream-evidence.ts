/**
 * Everything that is known of a stream when it is diagnosed: gathered once, then judged without asking again.
 */
import type { StreamFacts } from '../preflight.ts';
import type { ReportDocument } from '../report-document.ts';
import type { EvidenceShard } from './evidence-shard.ts';
import type { LogEvidence } from './log-evidence.ts';
import type { CoarsePeaks, MinuteSeries } from './minute-series.ts';
import type { MissingEvidence } from './missing-evidence.ts';
import type { RecordSample } from './record-sample.ts';

export interface StreamEvidence {
  readonly stream: StreamFacts;
  /** Where the calls went. */
  readonly region: string;
  readonly endpoint: string;
  /** Whether it is `shardwise local` that answers. */
  readonly isLocal: boolean;
  /** Null where they may not be read. */
  readonly tags: Readonly<Record<string, string>> | null;
  /** Names of the fan-out consumers; null where they may not be listed. */
  readonly fanOutConsumers: readonly string[] | null;
  /** What the user says reads the stream, such as `polling:2`; null where nothing was said. */
  readonly givenConsumers: readonly GivenConsumer[] | null;
  /** Open ones in the order of their ranges, then closed ones, newest first. */
  readonly shards: readonly EvidenceShard[];
  /** What was asked for, milliseconds since 1970 on the metrics' clock; `toMs` not included. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly metrics: MinuteSeries | null;
  readonly coarse: readonly CoarsePeaks[];
  readonly sample: RecordSample | null;
  readonly log: LogEvidence | null;
  /** A report of a run or simulation against the stream: throttled keys are known exactly. */
  readonly run: ReportDocument | null;
  readonly missing: readonly MissingEvidence[];
  readonly asked: AskedMetrics;
}

export interface GivenConsumer {
  readonly kind: 'polling' | 'efo' | 'lambda' | 'firehose';
  readonly count: number;
  /** What the user calls it, where that says more: `kcl-polling`, `firehose-backup`. */
  readonly name?: string;
}

/** What reading CloudWatch took, and what it costs at list prices: metrics requested / 1,000 x $0.01. */
export interface AskedMetrics {
  readonly requests: number;
  readonly metrics: number;
  readonly usd: number;
}
