/**
 * Plays a story through a producer: a table of what happens when, and what goes out.
 *
 * | Event | Means |
 * |---|---|
 * | `enter a b:1000` | records enter; after the colon their bytes, 100 where it is missing, MiB with an M |
 * | `reply 1 atfl` | the answer to batch 1: accepted, throttled, failed or lost, record by record |
 * | `refuse 1 ff` | the same, and not to be tried again |
 * | `look`, `flush`, `abandon`, `wake` | time passes; the end; giving up; when to look next |
 *
 * After each event every batch that is ready goes out: `1(a b)`, with `+50` where it waited 50 ms for a slot. Records
 * that end are told as `a=accepted`. Times are milliseconds.
 */
import { ATTEMPT, OUTCOME, type AttemptOutcome } from '../../src/model/outcome.ts';
import { Producer, type Batch } from '../../src/traffic/producer.ts';
import type { ProducerSpec } from '../../src/traffic/scenario.ts';

const MIB = 1024 * 1024;
const LETTERS: Record<string, AttemptOutcome> = {
  a: ATTEMPT.accepted,
  t: ATTEMPT.throttled,
  f: ATTEMPT.failed,
  l: ATTEMPT.lost,
};
const NAMES = Object.fromEntries(Object.entries(OUTCOME).map(([name, code]) => [code, name]));

export function specOf(rest: Partial<ProducerSpec> = {}): ProducerSpec {
  return { api: 'PutRecords', batch: 3, lingerUs: 100_000, inFlight: 2, retry: { policy: 'none' }, ...rest };
}

export type Row = readonly [ms: number, event: string, out: string];

/** The same rows, with what really came out. */
export function play(spec: ProducerSpec, rows: readonly Row[]): Row[] {
  const teller = new Teller(spec);
  return rows.map(([ms, event]): Row => [ms, event, teller.tell(ms * 1000, event)]);
}

class Teller {
  readonly #producer: Producer;
  readonly #names: string[] = [];
  readonly #batches: Batch[] = [];
  #out: string[] = [];

  constructor(spec: ProducerSpec) {
    const finished = (slot: number, outcome: number): void => {
      this.#out.push(`${this.#names[slot]}=${NAMES[outcome]}`);
    };
    this.#producer = new Producer(spec, { attempted: () => undefined, finished }, 1, 1);
  }

  tell(nowUs: number, event: string): string {
    this.#out = [];
    const [verb, ...rest] = event.split(' ');
    this.#do(verb, rest, nowUs);
    if (verb === 'wake') return String(this.#producer.nextWakeUs() / 1000);
    for (let batch = this.#producer.nextBatch(nowUs); batch; batch = this.#producer.nextBatch(nowUs)) {
      const waited = batch.queueUs === 0 ? '' : `+${batch.queueUs / 1000}`;
      const names = Array.from(batch.slots, (slot) => this.#names[slot]);
      this.#out.push(`${this.#batches.push(batch)}(${names.join(' ')})${waited}`);
    }
    return this.#out.join(' ');
  }

  #do(verb: string, rest: readonly string[], nowUs: number): void {
    const producer = this.#producer;
    if (verb === 'enter') for (const record of rest) this.#enter(record, nowUs);
    if (verb === 'flush') producer.flush();
    if (verb === 'abandon') producer.abandon(nowUs);
    if (verb !== 'reply' && verb !== 'refuse') return;
    const outcomes = Array.from(rest[1], (letter) => LETTERS[letter]);
    producer.settle(this.#batches[Number(rest[0]) - 1], outcomes, nowUs, verb === 'reply');
  }

  #enter(record: string, nowUs: number): void {
    const [name, size = '100'] = record.split(':');
    const { records } = this.#producer;
    const slot = records.take();
    this.#names[slot] = name;
    records.source[slot] = 0;
    records.k[slot] = slot;
    records.keyBytes[slot] = 10;
    records.dataBytes[slot] = (size.endsWith('M') ? parseFloat(size) * MIB : Number(size)) - 10;
    this.#producer.enter(slot, nowUs);
  }
}
