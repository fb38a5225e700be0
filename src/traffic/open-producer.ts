/**
 * The producer that a scenario asks for: the plain one, or the KPL's where records are packed or braked as it does.
 */
import { KplProducer } from './kpl-producer.ts';
import { Producer, type ProducerSink, type RecordProducer } from './producer.ts';
import type { ProducerSpec } from './scenario.ts';

/** @param sources how many sources the scenario has */
export function openProducer(
  spec: ProducerSpec,
  sink: ProducerSink,
  seed: number,
  sources: number,
): RecordProducer {
  return isKpl(spec) ? new KplProducer(spec, sink, seed, sources) : new Producer(spec, sink, seed, sources);
}

/** Whether the Kinesis records on the wire are other than the records that were offered, or wait as the KPL's do. */
export function isKpl({ aggregate, retry }: ProducerSpec): boolean {
  return aggregate !== undefined || retry.policy === 'kpl';
}
