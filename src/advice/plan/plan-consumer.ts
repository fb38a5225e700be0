/**
 * Who reads the stream, as far as a plan has to know: by what way, how often, and how fast.
 */
import { BACKUP_EVERY_US, CONSUMER_DEFAULTS } from '../../traffic/consumer-presets.ts';
import type { ConsumerPreset, ConsumerSpec } from '../../traffic/scenario.ts';
import type { CountedConsumer } from '../../traffic/short-form.ts';

const SECOND_US = 1_000_000;

export interface PlanConsumer {
  readonly name: string;
  /** GetRecords, or enhanced fan-out. */
  readonly kind: 'polling' | 'efo';
  readonly preset: ConsumerPreset;
  /** GetRecords calls per second on each shard; Infinity: again as soon as it is answered; 0 by enhanced fan-out. */
  readonly callsPerSec: number;
  /** Records that one call asks for. */
  readonly recordsPerCall: number;
  /** Records per second that its code works off for each batch at a time; undefined where nobody said. */
  readonly recordsPerSec: number | undefined;
  /** Batches of one shard at a time. */
  readonly parallel: number;
  /** Firehose with full backup: reads everything twice as often. */
  readonly backup: boolean;
}

/** How often all that is written is read from a shard's shared bandwidth: Firehose reads it anew for its backup. */
export function sharedReads(consumers: readonly PlanConsumer[]): number {
  return consumers.reduce((reads, { kind, backup }) => reads + (kind === 'efo' ? 0 : backup ? 2 : 1), 0);
}

/** The one polling consumer of a plan to which nobody has named any. */
export function defaultConsumers(): PlanConsumer[] {
  return consumersOfCounts([{ kind: 'polling' }]);
}

/** As a flag counts them, each by the defaults of its preset: named by their kind, numbered where there are several. */
export function consumersOfCounts(counted: readonly CountedConsumer[]): PlanConsumer[] {
  const seen = new Map<string, number>();
  return counted.map(({ kind, preset = 'custom', backup = false }) => {
    const stem = preset === 'custom' ? kind : preset;
    const number = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, number);
    const { everyUs, limit } = CONSUMER_DEFAULTS[preset].polling;
    return {
      name: number === 1 ? stem : `${stem}-${number}`,
      kind,
      preset,
      callsPerSec: callsOf(kind, backup ? BACKUP_EVERY_US : everyUs),
      recordsPerCall: limit,
      recordsPerSec: undefined,
      parallel: 1,
      backup,
    };
  });
}

/** As a scenario describes them. */
export function consumersOfSpecs(specs: readonly ConsumerSpec[]): PlanConsumer[] {
  return specs.map((spec) => {
    const { name, kind, preset = 'custom', everyUs, limit, parallel } = spec;
    return {
      name,
      kind,
      preset,
      callsPerSec: callsOf(kind, everyUs),
      recordsPerCall: limit,
      recordsPerSec: speedOf(spec),
      parallel,
      backup: preset === 'firehose' && everyUs === BACKUP_EVERY_US,
    };
  });
}

/** A consumer that falls behind gets full batches: those decide whether it can keep up. */
function speedOf({ batch, perBatchUs, perRecordUs }: ConsumerSpec): number | undefined {
  const batchUs = perBatchUs + batch * perRecordUs;
  return batchUs === 0 ? undefined : (batch * SECOND_US) / batchUs;
}

function callsOf(kind: PlanConsumer['kind'], everyUs: number): number {
  if (kind === 'efo') return 0;
  return everyUs === 0 ? Infinity : SECOND_US / everyUs;
}
