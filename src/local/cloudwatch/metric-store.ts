/**
 * All metrics of the endpoint: samples are added to columns of the minute under way, one row per series; once the
 * minute is over its rows move to the history, which is bounded, and can be asked for.
 */
import { LIMITS, MIB } from '../../model/limits.ts';
import { MetricClock } from './metric-clock.ts';
import { COUNT, MAX, MetricHistory, MIN, STATS, SUM, type ClosedMinute } from './metric-history.ts';
import type { SubjectKind } from './metric-name.ts';
import { SeriesTable, type Subject } from './series-table.ts';
import type { Timed } from './stream-metrics.ts';

export interface MetricOptions {
  /** Metric minutes per real minute; default 1. */
  readonly clockFactor?: number;
  /** Where the metric clock begins, in microseconds since 1970; default the first request. */
  readonly originUs?: number;
  /**
   * How long after its end a minute shows, in milliseconds of the metric clock; default 0. Below 0 the minute under way
   * shows too, as far as it has come: for a load test of our own, which does not wait.
   */
  readonly delayMs?: number;
  /** What closed minutes and series may take, in bytes; default 64 MiB, of an endpoint an eighth of its memory. */
  readonly memoryBytes?: number;
}

/** Points of one minute are kept 15 days (source: GetMetricData), where memory allows it. */
const MOST_MINUTES = LIMITS.metricMinutesKept.value;
/** Columns of the minute under way, and when the series last had a sample. */
const SERIES_BYTES = STATS * 8 + 8;
const MINUTE_US = 60_000_000;

export class MetricStore {
  readonly clock: MetricClock;
  readonly table = new SeriesTable();
  /** The latency that the request under way has to tell once it is answered. */
  timed: Timed | undefined;
  readonly #history = new MetricHistory();
  readonly #delayUs: number;
  readonly #memoryBytes: number;
  #minute = 0;
  /** Real time at which the minute under way is over. */
  #endUs = -Infinity;
  #stats = new Float64Array(0);
  /** Series with samples in the minute under way. */
  #touched = 0;
  /** Last closed minute with samples, per series. */
  #lastMinute = new Float64Array(0);

  constructor(options: MetricOptions = {}) {
    this.clock = new MetricClock(options.clockFactor ?? 1, options.originUs);
    this.#delayUs = (options.delayMs ?? 0) * 1000;
    this.#memoryBytes = options.memoryBytes ?? 64 * MIB;
  }

  /** The subject of these dimensions, known from now on. */
  subject(kind: SubjectKind, stream: string, detail?: string): Subject {
    return this.table.subject(kind, stream, detail);
  }

  /** Closes the minute under way where it is over. To be called before the samples of a request. */
  advance(nowUs: number): void {
    if (nowUs < this.#endUs) return;
    const minute = this.clock.minuteAt(nowUs);
    if (this.#touched > 0) this.#close();
    this.#minute = minute;
    this.#endUs = this.clock.startUs(minute + 1);
    this.#trim();
  }

  /**
   * Adds one sample to the minute under way.
   * @param metric its place in the list of the subject's kind
   */
  add(subject: Subject, metric: number, value: number): void {
    if (subject.base < 0) this.#place(subject);
    const series = subject.base + metric;
    const at = series * STATS;
    const stats = this.#stats;
    if (stats[at + COUNT] === 0) {
      this.#touched++;
      stats[at + MIN] = stats[at + MAX] = value;
    } else if (value < stats[at + MIN]) stats[at + MIN] = value;
    else if (value > stats[at + MAX]) stats[at + MAX] = value;
    stats[at + SUM] += value;
    stats[at + COUNT]++;
  }

  /** The latency that the last request has to tell, if any, once. */
  takeTimed(): Timed | undefined {
    const { timed } = this;
    this.timed = undefined;
    return timed;
  }

  /** The first minute that does not show yet. */
  visibleEnd(nowUs: number): number {
    this.advance(nowUs);
    // The rest of the minute, if any comes, is a second part of it.
    if (this.#delayUs < 0 && this.#touched > 0) this.#close();
    return Math.floor((this.clock.virtualUs(nowUs) - this.#delayUs) / MINUTE_US);
  }

  /** Minutes from `from` up to but not including `end`, oldest first. */
  between(from: number, end: number): ClosedMinute[] {
    return this.#history.between(from, end);
  }

  /** The last closed minute in which a metric had samples; -1 where none did. */
  lastMinute(subject: Subject, metric: number): number {
    return subject.base < 0 ? -1 : this.#lastMinute[subject.base + metric];
  }

  /** What the metrics take, in bytes. */
  get bytes(): number {
    return this.#history.bytes + this.#fixedBytes;
  }

  get #fixedBytes(): number {
    return this.table.bytes + this.#lastMinute.length * SERIES_BYTES;
  }

  #place(subject: Subject): void {
    if (!this.table.place(subject)) return;
    const capacity = this.table.capacity;
    if (capacity > this.#lastMinute.length) this.#grow(Math.max(1024, Math.ceil(capacity * 1.5)));
    this.#lastMinute.fill(-1, subject.base, subject.base + subject.metrics.length);
  }

  #grow(capacity: number): void {
    const stats = new Float64Array(capacity * STATS);
    stats.set(this.#stats);
    const lastMinute = new Float64Array(capacity);
    lastMinute.set(this.#lastMinute);
    this.#stats = stats;
    this.#lastMinute = lastMinute;
  }

  /** Looks through all series rather than sort those with samples: a hundred thousand take a millisecond or two. */
  #close(): void {
    const from = this.#stats;
    const series = new Uint32Array(this.#touched);
    const stats = new Float64Array(this.#touched * STATS);
    for (let at = 0, used = 0; used < series.length; at += STATS) {
      if (from[at + COUNT] === 0) continue;
      const to = used * STATS;
      for (let i = 0; i < STATS; i++) stats[to + i] = from[at + i];
      series[used++] = at / STATS;
      this.#lastMinute[at / STATS] = this.#minute;
    }
    from.fill(0);
    this.#touched = 0;
    this.#history.push({ minute: this.#minute, series, stats });
  }

  /** Keeps to the memory; a subject that no minute mentions any more gives back its series. */
  #trim(): void {
    const before = this.#history.oldest;
    this.#history.trim(this.#memoryBytes - this.#fixedBytes, this.#minute - MOST_MINUTES);
    const oldest = this.#history.oldest;
    if (oldest === before) return;
    this.table.release((subject) => subject.metrics.every((_, i) => this.lastMinute(subject, i) < oldest));
  }
}
