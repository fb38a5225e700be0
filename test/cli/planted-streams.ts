/**
 * Streams with a planted truth on an endpoint of ours: their past is played through the service under a controlled clock,
 * record by record, and then the endpoint is opened, so that commands read its metrics and records over the real SDK.
 */
import { LocalService, type StreamSpec } from '../../src/local/local-service.ts';
import { epochClock } from '../../src/run/clock.ts';
import { startServer } from '../../src/run/serve/server.ts';
import { call, SIGNED, type Answered } from '../local/client.ts';
import { shardwise, type Outcome } from './outcome.ts';

/** What one key is offered, evenly; several may share a key. */
export interface PlantedLoad {
  readonly key: string;
  readonly perSec: number;
  /** Of data; default 5 bytes. */
  readonly data?: string;
  /** Base64, instead of `data`. */
  readonly encoded?: string;
  readonly explicitHashKey?: string;
}

export interface PlantedStream extends Omit<StreamSpec, 'name'> {
  /** By the minute of the metrics. */
  readonly offered: (minute: number) => readonly PlantedLoad[];
  /** Shard-level metrics from the start; default true. */
  readonly monitored?: boolean;
  /** All of a minute's records come in its first tick. */
  readonly inBursts?: boolean;
  /** Throttled records are put again after a second, without end. */
  readonly retries?: boolean;
  /** What else happens at the beginning of each tick. */
  readonly at?: (ask: Ask, tick: number) => void;
}

/** Calls an operation on the stream at the played time. */
export type Ask = (operation: string, input?: object) => Answered;

export interface Played {
  readonly service: LocalService;
  /** Flags that name the endpoint. */
  readonly where: readonly string[];
  /** When a minute begins on the metrics' clock, in ISO 8601. */
  at(minute: number): string;
  /** Runs a command on a stream over the window that was played. */
  run(command: string, stream: string, ...flags: readonly string[]): Promise<Outcome>;
  /** Plays more minutes, from the next one on, and says which. */
  goOn(minutes: number): { readonly from: number; readonly to: number };
  close(): Promise<void>;
}

export const TICKS_PER_SEC = 10;
const BATCH = 500;

/** A stream on its way. */
class Playing {
  readonly #name: string;
  readonly #stream: PlantedStream;
  readonly #service: LocalService;
  readonly #ticksPerMinute: number;
  readonly #owed = new Map<string, number>();
  /** Throttled, by the tick at which they are put again. */
  readonly #again = new Map<number, string[]>();
  #loads: readonly PlantedLoad[] = [];
  #nowUs = 0;

  constructor(name: string, stream: PlantedStream, service: LocalService, ticksPerMinute: number) {
    this.#name = name;
    this.#stream = stream;
    this.#service = service;
    this.#ticksPerMinute = ticksPerMinute;
  }

  readonly ask: Ask = (operation, input = {}) =>
    call(this.#service, operation, { StreamName: this.#name, ...input }, this.#nowUs);

  begin(nowUs: number): void {
    const { shards, monitored = true } = this.#stream;
    this.#nowUs = nowUs;
    this.#service.createStream({ ...this.#stream, name: this.#name, shards }, nowUs);
    if (monitored) this.ask('EnableEnhancedMonitoring', { ShardLevelMetrics: ['ALL'] });
  }

  tick(tick: number, nowUs: number): void {
    this.#nowUs = nowUs;
    const isFirst = tick % this.#ticksPerMinute === 0;
    if (isFirst) this.#loads = this.#stream.offered(tick / this.#ticksPerMinute);
    this.#stream.at?.(this.ask, tick);
    const records = this.#again.get(tick) ?? [];
    this.#again.delete(tick);
    const ticks = this.#stream.inBursts !== true ? 1 : isFirst ? this.#ticksPerMinute : 0;
    this.#loads.forEach((load, i) => {
      const name = `${i} ${load.key}`;
      const owed = (this.#owed.get(name) ?? 0) + (load.perSec / TICKS_PER_SEC) * ticks;
      const text = textOf(load);
      for (let n = 0; n < Math.floor(owed + 1e-9); n++) records.push(text);
      this.#owed.set(name, owed - Math.floor(owed + 1e-9));
    });
    mix(records);
    for (let from = 0; from < records.length; from += BATCH)
      this.#put(records.slice(from, from + BATCH), tick);
  }

  #put(records: readonly string[], tick: number): void {
    const body = Buffer.from(`{"StreamName":"${this.#name}","Records":[${records.join(',')}]}`);
    const headers = { ...SIGNED, 'x-amz-target': 'Kinesis_20131202.PutRecords' };
    const reply = this.#service.handle({ method: 'POST', path: '/', headers, body }, this.#nowUs);
    if (reply.status !== 200) throw new Error(reply.body.toString());
    if (this.#stream.retries !== true) return;
    const { Records } = JSON.parse(reply.body.toString()) as { Records: { ErrorCode?: string }[] };
    const throttled = records.filter((_, i) => Records[i].ErrorCode !== undefined);
    const later = tick + TICKS_PER_SEC;
    this.#again.set(later, [...(this.#again.get(later) ?? []), ...throttled]);
  }
}

/** In an order that favours no key: the same each time. */
function mix(records: string[]): void {
  let state = records.length;
  for (let i = records.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (i + 1));
    [records[i], records[other]] = [records[other], records[i]];
  }
}

const texts = new WeakMap<PlantedLoad, string>();

function textOf(load: PlantedLoad): string {
  const known = texts.get(load);
  if (known !== undefined) return known;
  const { key, data = 'xxxxx', encoded = Buffer.from(data).toString('base64'), explicitHashKey } = load;
  const place = explicitHashKey === undefined ? '' : `,"ExplicitHashKey":"${explicitHashKey}"`;
  const text = `{"Data":"${encoded}","PartitionKey":"${key}"${place}}`;
  texts.set(load, text);
  return text;
}

/**
 * Plays streams and opens the endpoint on which they are. Its metric clock has a minute in 60 / `clockFactor` seconds.
 * @param minutes of the metrics' clock, all of them over
 * @param later minutes that can be played after that: the endpoint's clock is so far behind
 */
export async function playStreams(
  streams: Readonly<Record<string, PlantedStream>>,
  minutes: number,
  clockFactor = 60,
  later = 0,
): Promise<Played> {
  const minuteUs = 60_000_000 / clockFactor;
  const ticksPerMinute = (minuteUs / 1_000_000) * TICKS_PER_SEC;
  // So that minutes begin where the metrics' own do.
  const startUs = Math.floor((epochClock() - (minutes + later) * minuteUs) / 60_000_000) * 60_000_000;
  const service = new LocalService({ reshardMs: 1, metrics: { clockFactor, originUs: startUs } });
  const playing = Object.entries(streams).map(
    ([name, stream]) => new Playing(name, stream, service, ticksPerMinute),
  );
  let shiftUs = 0;
  const nowUs = (): number => epochClock() - shiftUs;
  const play = (from: number, to: number): void => {
    for (let tick = from * ticksPerMinute; tick < to * ticksPerMinute; tick++) {
      const tickUs = startUs + Math.round((tick * 1_000_000) / TICKS_PER_SEC);
      playing.forEach((stream) => stream.tick(tick, tickUs));
    }
    shiftUs = epochClock() - (startUs + to * minuteUs);
  };
  playing.forEach((stream) => stream.begin(startUs));
  play(0, minutes);
  const server = await startServer({ host: '127.0.0.1', port: 0, service, nowUs });
  const at = (minute: number): string => new Date(startUs / 1000 + minute * 60_000).toISOString();
  const where = ['--endpoint-url', server.url, '--region', 'us-east-1'];
  return {
    ...{ service, where, at },
    run: (command, stream, ...flags) =>
      shardwise(command, '--stream', stream, '--from', at(0), '--to', at(minutes), ...where, ...flags),
    goOn: (more) => {
      const from = Math.ceil((nowUs() - startUs) / minuteUs);
      play(from, from + more);
      return { from, to: from + more };
    },
    close: () => server.close(),
  };
}
