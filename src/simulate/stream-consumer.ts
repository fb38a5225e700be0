/**
 * One consumer of a simulated stream, over all shards: when it is there, and what is measured of it.
 */
import type { ConsumerSpec } from '../traffic/scenario.ts';
import { Draws, PURPOSE } from '../traffic/threefry.ts';
import { ConsumerMeter } from './consumer-meter.ts';
import type { Reader } from './reader.ts';

/** Draws of one shard and consumer that are told apart. */
const DRAWS = 2048;
const TWO_32 = 4_294_967_296;
/**
 * Part of a wait by which it is longer at most. Assumed: timers and the work between calls make real clients late, never
 * early. Without it two of exact periods can stay in step for hours, and one starve by that alone.
 */
export const POLL_JITTER = 0.02;

export interface CountedTime {
  /** When the counted duration begins, and the steps that it is measured in; microseconds. */
  readonly startUs: number;
  readonly stepUs: number;
  readonly steps: number;
}

export class StreamConsumer {
  readonly spec: ConsumerSpec;
  readonly meter: ConsumerMeter;
  /** When it joins; 0 where it is there from the start. */
  readonly joinUs: number;
  hasJoined = false;
  /** Records that it is past: read, lost, or stored before it came. */
  passed = 0;
  readonly #startUs: number;
  readonly #draws: Draws;
  readonly #jitter: number;
  readonly #waits: Draws;

  /**
   * @param index among the consumers of its scenario, so that no two begin alike
   * @param jitter part of a wait by which it is longer at most, below 1
   */
  constructor(
    spec: ConsumerSpec,
    index: number,
    seed: number,
    { startUs, stepUs, steps }: CountedTime,
    jitter: number,
  ) {
    this.spec = spec;
    this.meter = new ConsumerMeter(startUs, stepUs, steps);
    this.joinUs = spec.joins === undefined ? 0 : startUs + spec.joins.atUs;
    this.#startUs = startUs;
    this.#draws = new Draws(seed, PURPOSE.poll, index);
    this.#jitter = jitter;
    this.#waits = new Draws(seed, PURPOSE.wait, index);
  }

  /** Until when it does not read, or a time before now. */
  outUntilUs(nowUs: number): number {
    const outage = this.spec.outages.findLast(({ atUs }) => this.#startUs + atUs <= nowUs);
    return outage === undefined ? -Infinity : this.#startUs + outage.atUs + outage.forUs;
  }

  /** When its next outage begins, Infinity where none does. */
  nextOutUs(nowUs: number): number {
    const outage = this.spec.outages.find(({ atUs }) => this.#startUs + atUs > nowUs);
    return outage === undefined ? Infinity : this.#startUs + outage.atUs;
  }

  /** Polls of different shards and consumers begin at different times, spread over the period by chance. */
  offsetUs(reader: Reader): number {
    if (this.spec.kind === 'efo') return 0;
    const periodUs = this.spec.everyUs > 0 ? this.spec.everyUs : this.spec.idleUs;
    return Math.floor(this.#draws.uniform(reader.shard, reader.starts++ % DRAWS) * periodUs);
  }

  /** How long it waits for its next call on a shard where it means to wait so long: a little longer, by chance. */
  waitUs(reader: Reader, meantUs: number): number {
    const part = this.#waits.uniform(reader.shard * TWO_32 + (reader.waits++ % TWO_32));
    return meantUs + Math.floor(meantUs * this.#jitter * part);
  }

  /** Where it begins on a shard when it joins. */
  startOf(end: number, horizon: number): number {
    return this.spec.joins?.from === 'latest' ? end : horizon;
  }

  /** Whether it will join and then read what the stream has kept. */
  get awaitsOld(): boolean {
    return !this.hasJoined && this.spec.joins?.from === 'trimHorizon';
  }
}
