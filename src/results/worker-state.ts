/**
 * The part of a load that one of several machines counted, read back from its report and checked.
 */
import { badInput, type Refusal } from '../model/refusal.ts';
import { LatencyHistogram } from './latency.ts';
import { TRACE_WIDTH } from './load-trace.ts';
import { COUNT_NAMES, type CountName } from './outcome-counts.ts';
import { readColumn } from './number-column.ts';
import type { ReportDocument, Series, ShardRow, Totals } from './report-document.ts';
import { readingTrouble } from './reading-state.ts';
import { readSteps, type StepRows } from './trace-player.ts';
import { readCounts, type WorkerSection } from './worker-section.ts';

export interface WorkerState {
  /** For messages. */
  readonly file: string;
  readonly section: WorkerSection;
  readonly totals: Totals;
  readonly shardRows: readonly ShardRow[];
  readonly series: Series;
  /** Columns in the order of `COUNT_NAMES`. */
  readonly shards: readonly Float64Array[];
  readonly keys: KeyColumns;
  /** Seconds of the counted duration, in order. */
  readonly steps: readonly StepRows[];
  readonly response: LatencyHistogram;
  readonly service: LatencyHistogram;
  readonly queue: LatencyHistogram;
  readonly lag: LatencyHistogram;
}

export interface KeyColumns {
  readonly numbers: Float64Array;
  readonly shards: Float64Array;
  readonly atMost: Float64Array;
  readonly missed: Float64Array;
  readonly counts: readonly Float64Array[];
}

/** Records are packed, and become load, this long after the end of the offer at most. */
const MOST_LATE_SEC = 86_400;

const DAMAGED = "The file is damaged: take the worker's report again, or leave it out with --allow-missing.";

/** @throws Refusal (exit 2) where the parts of the section do not fit together */
export function readWorker(document: ReportDocument, section: WorkerSection, file: string): WorkerState {
  const { totals, shards = [], series, latencyMs } = document;
  const part = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw damaged(file, name);
    return value;
  };
  const { keys, load, latencies, lag } = section;
  const keyColumn = (name: 'numbers' | 'shards' | 'atMost' | 'missed'): Float64Array =>
    part(`worker.keys.${name}`, readColumn(keys[name], keys.held));
  const latency = (name: 'response' | 'service' | 'queue'): LatencyHistogram => {
    const histogram = new LatencyHistogram();
    const isWhole = latencyMs !== undefined && histogram.addSaved(latencyMs[name], latencies[name]);
    return part(`latencyMs.${name}`, isWhole ? histogram : undefined);
  };
  const lagOf = new LatencyHistogram();
  const steps = readSteps(load);
  if ('damaged' in steps) throw damaged(file, `worker.load.steps[${steps.damaged}]`);
  const state: WorkerState = {
    file,
    section,
    totals: part('totals', totals),
    shardRows: shards,
    series: part('series', series),
    shards: part('worker.shards', readCounts(section.shards, shards.length)),
    keys: {
      numbers: keyColumn('numbers'),
      shards: keyColumn('shards'),
      atMost: keyColumn('atMost'),
      missed: keyColumn('missed'),
      counts: part('worker.keys.counts', readCounts(keys.counts, keys.held)),
    },
    steps,
    response: latency('response'),
    service: latency('service'),
    queue: latency('queue'),
    lag: part('worker.lag', lagOf.addSaved(lag, lag) ? lagOf : undefined),
  };
  const unread = readersTrouble(document, section);
  if (unread !== undefined) throw damaged(file, unread);
  check(state, (document.scenario?.durationMs ?? document.durationMs) / 1000);
  return state;
}

/** What `merge` relies on beyond the form of each part. */
function check(
  { file, section, keys, shards, shardRows, steps, totals, response }: WorkerState,
  durationSec: number,
): void {
  const { stepSec } = section.load;
  const lastSec = durationSec + MOST_LATE_SEC;
  const { held, names, hashKeys } = section.keys;
  const isShard = (number: number): boolean => Number.isInteger(number) && number < shardRows.length;
  const named: [string, boolean][] = [
    ['worker.keys.names', names.length === held && new Set(keys.numbers).size === held],
    ['worker.keys.hashKeys', hashKeys === undefined || hashKeys.length === held],
    ['worker.keys.shards', keys.shards.every(isShard)],
    ['worker.index', section.index <= section.count],
    ...COUNT_NAMES.map((name, n): [string, boolean] => {
      const sum = shards[n].reduce((total, value) => total + value, 0);
      return [`worker.shards.${name}`, sum === totals[name === 'bytes' ? 'bytesOffered' : name]];
    }),
    ['totals', totals.accepted + totals.throttled + totals.failed + totals.dropped === totals.offered],
    ['latencyMs.response', response.count === totals.accepted],
    ['worker.load.stepSec', stepSec <= 2 * lastSec],
    ['worker.load.steps', steps.every(({ step }) => step * stepSec <= lastSec)],
    ['worker.load.steps', steps.every(({ step }, i) => i === 0 || step > steps[i - 1].step)],
    [
      'worker.load.steps',
      steps.every((rows) => rows.shards.every((value, i) => i % TRACE_WIDTH !== 0 || isShard(value))),
    ],
  ];
  const { reading } = section;
  const unread = reading && readingTrouble(reading, lastSec);
  if (unread !== undefined) throw damaged(file, `worker.reading.${unread}`);
  const wrong = named.find(([, isRight]) => !isRight)?.[0] ?? wrongRow(shardRows, shards);
  if (wrong !== undefined) throw damaged(file, wrong);
}

/** The first count of a shard's row that is not the one that is added up; counts that a row has not got are in no row. */
function wrongRow(rows: readonly ShardRow[], columns: readonly Float64Array[]): string | undefined {
  for (const [i, row] of rows.entries()) {
    const counts: Partial<Record<CountName, number>> = row;
    const name = COUNT_NAMES.find((of, n) => counts[of] !== undefined && counts[of] !== columns[n][i]);
    if (name !== undefined) return `shards[${i}].${name}`;
  }
  return undefined;
}

/**
 * The preflight says what was to be read, and whoever came to the end of the run has told of it.
 * @returns the path of what does not fit
 */
function readersTrouble(
  { preflight, partial }: ReportDocument,
  { reading }: WorkerSection,
): string | undefined {
  if (preflight?.readers === undefined || (partial !== false && reading === undefined)) return undefined;
  const { polling, fanOut } = preflight.readers;
  const planned = [...polling, ...fanOut].sort();
  const told = (reading?.consumers ?? []).map(({ row }) => row.name).sort();
  if (planned.length === told.length && planned.every((name, i) => name === told[i])) return undefined;
  return reading === undefined ? 'worker.reading' : 'worker.reading.consumers';
}

function damaged(file: string, part: string): Refusal {
  return badInput(`${file}: ${part} does not fit the rest of the report.`, DAMAGED);
}
