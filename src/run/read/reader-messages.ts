/**
 * What the main thread and the readers' thread say to each other.
 */
import type { MessagePort } from 'node:worker_threads';
import type { ConsumerRow, ConsumerSeries } from '../../results/consumer-report.ts';
import type { SavedReading } from '../../results/reading-section.ts';
import type { Loss } from '../../simulate/consumer-rows.ts';
import type { ReadingOptions } from './reading.ts';
import type { ReadTarget } from './read-target.ts';

export interface ReaderSetup extends ReadingOptions {
  readonly target: ReadTarget;
}

export type ToReaders =
  /** The schedule begins, microseconds since 1970. */
  | { readonly kind: 'begin'; readonly startUs: number }
  /** A sending thread tells of acknowledged records through this port, in packets of words. */
  | { readonly kind: 'connect'; readonly port: MessagePort }
  /** Nothing more is sent: read to the tip, for so long at most; as many were acknowledged in all. */
  | { readonly kind: 'drain'; readonly acknowledged: number; readonly mostMs: number }
  /** The user has no more patience: what is not read by now is not read. */
  | { readonly kind: 'hurry' }
  | { readonly kind: 'stop' };

export type FromReaders =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: ReadResult }
  | { readonly kind: 'failed'; readonly what: string; readonly fix: string };

/** What the consumers of this process came to. */
export interface ReadResult {
  readonly rows: readonly ConsumerRow[];
  readonly series: readonly ConsumerSeries[];
  readonly losses: readonly Loss[];
  /** Of one machine of several, in place of the rest: what `merge` holds together. */
  readonly part?: Omit<SavedReading, 'retentionHours'>;
  /** Share of time in which the readers' event loop was busy, 0…1. */
  readonly eventLoopUtilization: number;
  /** What could not be cleaned up. */
  readonly left: readonly string[];
}
