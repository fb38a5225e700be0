/**
 * What was run, against what, whether our own side of it can be trusted, and how to run it again.
 */
import { BLOCKED_LIMIT, mostBlocked } from '../results/generator-info.ts';
import type { GeneratorInfo, ReportDocument } from '../results/report-document.ts';
import { capacityOf } from './capacity-text.ts';
import { amountOf, bytes, count, duration, millis, NBSP, percent } from './figure.ts';
import { showName, showProse } from './name.ts';
import { labelled } from './paragraph.ts';
import { isPlain, producerOf } from './producer-text.ts';

const INDENT = 11;

export function subjectLines(document: ReportDocument, columns: number): string[] {
  const { scenario, target } = document;
  const lines = (label: string, text: string): string[] => labelled(label, text, INDENT, columns);
  return [
    ...(scenario?.file === undefined ? [] : lines('Scenario', showName(scenario.file))),
    ...(scenario?.description === undefined ? [] : lines('', showProse(scenario.description))),
    ...(scenario ? lines('Load', loadOf(document)) : []),
    ...(isPlain(scenario?.producer) ? [] : lines('Producer', producerOf(scenario?.producer))),
    ...(target ? lines('Target', targetOf(target)) : []),
    ...(document.capacity ? lines('Capacity', capacityOf(document.capacity)) : []),
    ...(document.engine ? lines('Engine', engineOf(document.engine)) : []),
  ];
}

function loadOf({ scenario, durationMs }: ReportDocument): string {
  if (scenario === undefined) return '';
  const warmup = scenario.warmupMs > 0 ? `, after ${duration(scenario.warmupMs)} of warm-up` : '';
  if (scenario.producer?.loop === 'closed')
    return `closed loop, ${amountOf(scenario.producer.inFlight, 'slot')}, for ${duration(durationMs)}${warmup}`;
  const { ratePerSec, peakRatePerSec = ratePerSec } = scenario;
  // A rate that does not change is its own mean and peak, but for the last bits of the sums.
  const changes = peakRatePerSec > ratePerSec * (1 + 1e-9);
  const rate = `${count(ratePerSec)}${NBSP}records/s`;
  const varying = changes ? ` on average, ${count(peakRatePerSec)}${NBSP}records/s at the peak,` : '';
  return `${rate}${varying} for ${duration(durationMs)}${warmup}`;
}

function targetOf(target: NonNullable<ReportDocument['target']>): string {
  const stream = `stream ${showName(target.stream)}, ${amountOf(target.shards, 'shard')}`;
  switch (target.kind) {
    case 'local':
      return `${stream}, on the local endpoint ${showName(target.endpoint)} (${showName(target.transport)})`;
    case 'aws':
      return `${stream}, ${placeOf(target)} (${showName(target.transport)})`;
    case 'simulated':
      return `${amountOf(target.shards, 'shard')}, simulated: nothing was sent`;
  }
}

/** Where a stream of --target aws is: any endpoint may have been named. */
function placeOf({ endpoint, region }: NonNullable<ReportDocument['target']>): string {
  const isAws = /\.amazonaws\.com(\.cn)?(:\d+)?$/.test(endpoint);
  return isAws ? `on AWS in ${showName(region)}` : `at ${showName(endpoint)} in ${showName(region)}`;
}

function engineOf(engine: NonNullable<ReportDocument['engine']>): string {
  if (engine.name === 'exact')
    return `exact: every record in virtual time; a request takes ${millis(engine.serviceTimeMs)}${NBSP}ms`;
  const { tickMs, throttledBetween: between } = engine;
  const tick = tickMs === undefined ? '' : ` in ticks of ${millis(tickMs)}${NBSP}ms`;
  const bracket =
    between === undefined
      ? ''
      : between.least === between.most
        ? `; for these arrivals ${count(between.least)} throttled, exactly`
        : `; for these arrivals ${count(between.least)} to ${count(between.most)} throttled, of which the middle is shown`;
  return `aggregate: counts per shard${tick}, no single records and no latencies${bracket}`;
}

/**
 * Whether the generator kept its promise, in one sentence with the numbers that decide it.
 * @param unknown where that is not known to the end: why
 */
export function generatorSentence(generator: GeneratorInfo, isClosed = false, unknown = ''): string {
  const { lagMs } = generator;
  const misrouted =
    generator.misrouted > 0
      ? ` ${amountOf(generator.misrouted, 'reply', 'replies')} named another shard than we had worked out: the ` +
        'stream was resharded meanwhile.'
      : '';
  const moved =
    generator.moved === undefined
      ? ''
      : ` ${amountOf(generator.moved, 'record was', 'records were')} answered by a shard of the other layout around a change.`;
  const trust = generator.valid === false ? 'DID NOT keep the rate' : `kept the rate${asFarAs(generator)}`;
  const pace = isClosed
    ? closedPace(generator)
    : `${trust}: ${percent(generator.dispatched)} of due records handed on in time, lag p99 ` +
      `${millis(lagMs.p99)}${NBSP}ms, max ${millis(lagMs.max)}${NBSP}ms`;
  return (
    `${unknown}${pace}; ${amountOf(generator.workers, 'sending thread')}${cpuOf(generator)}, ` +
    `event loop ${percent(generator.eventLoopUtilization)} busy${delayOf(generator)}${readersOf(generator)}` +
    `${wireOf(generator)}${backlogOf(generator)}.${misrouted}${moved}`
  );
}

function asFarAs({ valid }: GeneratorInfo): string {
  return valid === null ? ' as far as is known' : '';
}

/** Above this the slots of a closed loop wait for this machine. */
const BUSY_SENDERS = 0.9;

function closedPace({ eventLoopUtilization }: GeneratorInfo): string {
  return eventLoopUtilization > BUSY_SENDERS
    ? 'closed loop, and ITS OWN THREADS were the limit: the pace and the latencies are of this machine'
    : 'closed loop: the replies set the pace, so that nothing is late';
}

/** Each thread on its own where the system says so; else the whole process. */
function cpuOf({ cpu, threads = [] }: GeneratorInfo): string {
  const each = threads.flatMap((thread) => thread.cpu ?? []);
  if (each.length === 0 || each.length > MOST_THREADS_NAMED)
    return `, CPU ${percent(cpu)} of a core for the process`;
  return ` with CPU ${each.map(percent).join(', ')} of a core, ${percent(cpu)} for the process`;
}

/** More threads than that make no sentence. */
const MOST_THREADS_NAMED = 4;

function delayOf({ threads = [] }: GeneratorInfo): string {
  const most = Math.max(-1, ...threads.map(({ loopDelayMs }) => loopDelayMs?.p99 ?? -1));
  return most < 0 ? '' : ` and ${millis(most)}${NBSP}ms late at p99`;
}

/** Below this a connection is held up no more than any is while a large request goes out. */
const WORTH_SAYING = 0.1;

function backlogOf(generator: GeneratorInfo): string {
  const sockets = mostBlocked(generator);
  if (sockets === undefined || sockets.blocked < WORTH_SAYING) return '';
  const { blocked, waitingBytes } = sockets;
  const held = `; ${percent(blocked)} of connections held up, ${bytes(waitingBytes.mean)} waiting in them`;
  return blocked < BLOCKED_LIMIT
    ? held
    : `${held}: THE NETWORK TOOK NO MORE, or the far end did not read; more threads do not help`;
}

function wireOf({ mbitPerSec, connectMs }: GeneratorInfo): string {
  const wire = mbitPerSec === undefined ? '' : `; ${millis(mbitPerSec)}${NBSP}Mbit/s sent`;
  return connectMs === undefined
    ? wire
    : `${wire}; measured from ${millis(connectMs)}${NBSP}ms away (a TCP connect, one round trip)`;
}

/** Above this the consumers' own thread may be what they wait for. */
const BUSY_READERS = 0.8;

function readersOf({ readersUtilization }: GeneratorInfo): string {
  if (readersUtilization === undefined) return '';
  const caution =
    readersUtilization > BUSY_READERS
      ? ': THEY were the limit, so that ages and end-to-end latencies are of this machine'
      : '';
  return `, the consumers' ${percent(readersUtilization)}${caution}`;
}

/** What it takes to offer the same records again; nothing where no records were drawn. */
export function repeatSentence(document: ReportDocument): string | undefined {
  const { seed, totals, tool, scenario } = document;
  if (seed === undefined || totals === undefined) return undefined;
  const { offeredDigest } = totals;
  const same = `seed ${seed}, shardwise ${showName(tool.version)}: the same scenario`;
  if (scenario?.producer?.loop === 'closed')
    return `${same} draws the same keys and sizes; when, and how many, is up to the replies.`;
  if (offeredDigest === undefined) return `${same} draws the same counts.`;
  if (!isWhole(document))
    return (
      `${same} draws the same records; the digest ${showName(offeredDigest)} is of those alone that were offered ` +
      'before the end of this report, and another run need not come to it.'
    );
  return `${same} offers the same records, digest ${showName(offeredDigest)}.`;
}

/** Whether everything that the scenario offers is in the report: of one part, that part. */
function isWhole({ partial, ended, merged }: ReportDocument): boolean {
  const isEvery = ended === undefined && (merged === undefined || merged.missing.length === 0);
  return isEvery && (partial === false || partial === 'failed');
}
