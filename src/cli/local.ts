/** `shardwise local`: the local endpoint for Kinesis and CloudWatch, until stopped. */
import { Command } from 'commander';
import type { MetricOptions, Notice, StreamSpec } from '../local/local-service.ts';
import { LIMIT_GROUPS, type LimitGroup } from '../local/limit-groups.ts';
import { MINUTE_US, ON_DEMAND_RULES, type OnDemandRules } from '../model/on-demand.ts';
import { parseBytes, parseDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import type { Context } from './context.ts';
import { foldText } from './refusal-text.ts';
import {
  addWireFlags,
  prepareWire,
  readWireFlags,
  readyText,
  type WireFlags,
  type WireOptions,
} from './local-wire.ts';
import { VERSION } from './version.ts';

export interface LocalFlags extends WireFlags {
  readonly port: string;
  readonly host: string;
  readonly seedStream?: readonly string[];
  readonly createMs: string;
  readonly deleteMs: string;
  readonly reshardMs: string;
  readonly onDemandWithin: string;
  readonly memory: string;
  /** Commander's negative form: --no-limits makes it false. */
  readonly limits: string | boolean;
  readonly metricsClock: string;
  readonly metricsDelay: string;
  readonly metricsMemory?: string;
  readonly quiet?: boolean;
}

export interface LocalCommandOptions extends WireOptions {
  readonly port: number;
  readonly host: string;
  readonly streams: readonly StreamSpec[];
  readonly createMs: number;
  readonly deleteMs: number;
  readonly reshardMs: number;
  readonly onDemandRules: OnDemandRules;
  readonly limits: readonly LimitGroup[];
  readonly memoryBytes: number;
  readonly metrics: MetricOptions;
  readonly quiet: boolean;
}

const NOTICES_MS = 5000;
/** One request can be half as large as this, and its body is kept whole. */
const LEAST_MEMORY = 32 * 1024 * 1024;
const LEAST_METRICS_MEMORY = 1024 * 1024;
/** Above this a metric minute is over before a poller can look twice. */
const MOST_CLOCK_FACTOR = 3600;
/** AWS's largest shard quota; the endpoint refuses more as CreateStream does. */
const MOST_SHARDS = 20_000;
/** A day: stream states do not take longer anywhere. */
const MOST_STATE_MS = 86_400_000;

export function localCommand(context: Context): Command {
  const command = new Command('local')
    .description('the local Kinesis and CloudWatch endpoint, until stopped')
    .option('--port <number>', 'port to listen on; 0 picks a free one', '4567')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--seed-stream <name:shards>', 'a stream that is ACTIVE from the start (repeatable)', collect)
    .option('--create-ms <milliseconds>', 'how long CreateStream takes', '500')
    .option('--delete-ms <milliseconds>', 'how long DeleteStream takes', '500')
    .option('--reshard-ms <milliseconds>', 'how long a stream is UPDATING when it changes', '500')
    .option('--on-demand-within <duration>', 'from too much load on an on-demand shard to its split', '15m')
    .option(
      '--limits <groups>',
      'limits to enforce: write, read, control, on-demand, with commas between',
      LIMIT_GROUPS.join(','),
    )
    .option('--no-limits', 'enforce none of them: only a store')
    .option('--memory <size>', 'memory for all records and metrics; the oldest go first', '512MiB')
    .option('--metrics-clock <factor>', 'metric minutes per real minute, such as 60x', '1x')
    .option('--metrics-delay <duration>', 'metric time from the end of a minute until it shows', '0s')
    .option('--metrics-memory <size>', 'what of it metrics may take (default: an eighth)');
  return addWireFlags(command)
    .option('--quiet', 'no warnings and notices')
    .action(async (flags: LocalFlags) => {
      await runLocal(readLocalFlags(flags), context);
    });
}

function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

/** @throws Refusal (exit 2) where a flag's value cannot be used */
export function readLocalFlags(flags: LocalFlags): LocalCommandOptions {
  const memoryBytes = readMemory('--memory', flags.memory, LEAST_MEMORY, '512MiB');
  return {
    port: readWhole('--port', flags.port, 65_535, 4567),
    host: readHost(flags.host),
    streams: readSeedStreams(flags.seedStream ?? []),
    createMs: readWhole('--create-ms', flags.createMs, MOST_STATE_MS, 500),
    deleteMs: readWhole('--delete-ms', flags.deleteMs, MOST_STATE_MS, 500),
    reshardMs: readWhole('--reshard-ms', flags.reshardMs, MOST_STATE_MS, 500),
    onDemandRules: { ...ON_DEMAND_RULES, withinUs: readWithin(flags.onDemandWithin) },
    limits: readLimits(flags.limits),
    memoryBytes,
    metrics: {
      clockFactor: readFactor(flags.metricsClock),
      delayMs: readDelay(flags.metricsDelay),
      ...readMetricsMemory(flags.metricsMemory, memoryBytes),
    },
    quiet: flags.quiet ?? false,
    ...readWireFlags(flags),
  };
}

function readLimits(text: string | boolean): LimitGroup[] {
  if (typeof text === 'boolean') return text ? [...LIMIT_GROUPS] : [];
  return text.split(',').map((name) => {
    const group = LIMIT_GROUPS.find((candidate) => candidate === name);
    if (group !== undefined) return group;
    throw badInput(
      `--limits ${text} names ${name === '' ? 'nothing' : name} between its commas.`,
      `Name some of ${LIMIT_GROUPS.join(', ')}, as in --limits write,read; or write --no-limits.`,
    );
  });
}

/** As the `within` of a scenario: the load of an on-demand shard is looked at minute by minute. */
function readWithin(text: string): number {
  const withinUs = parseDuration(text);
  if (withinUs !== undefined && withinUs >= MINUTE_US && withinUs % MINUTE_US === 0) return withinUs;
  throw badInput(
    `--on-demand-within ${text} is not a whole number of minutes.`,
    'Write one with its unit, such as --on-demand-within 1m.',
  );
}

function readMemory(flag: string, text: string, least: number, example: string): number {
  const bytes = parseBytes(text);
  if (bytes !== undefined && bytes >= least) return bytes;
  throw badInput(
    `${flag} ${text} is not a size of ${least / 1024 ** 2}MiB or more.`,
    `Write a number with its unit, such as ${example}.`,
  );
}

function readMetricsMemory(text: string | undefined, memoryBytes: number): { memoryBytes?: number } {
  if (text === undefined) return {};
  const bytes = readMemory('--metrics-memory', text, LEAST_METRICS_MEMORY, '64MiB');
  if (bytes * 2 <= memoryBytes) return { memoryBytes: bytes };
  throw badInput(
    `--metrics-memory ${text} is more than half of --memory.`,
    'Give less to the metrics, or more to --memory.',
  );
}

function readFactor(text: string): number {
  const factor = Number(/^([1-9]\d{0,3})x$/.exec(text)?.[1]);
  if (factor <= MOST_CLOCK_FACTOR) return factor;
  throw badInput(
    `--metrics-clock ${text} is not a whole factor from 1x to ${MOST_CLOCK_FACTOR}x.`,
    'Write one with its x, such as --metrics-clock 60x: a metric minute per second.',
  );
}

function readDelay(text: string): number {
  const delayUs = parseDuration(text);
  if (delayUs !== undefined && delayUs / 1000 <= MOST_STATE_MS) return delayUs / 1000;
  throw badInput(
    `--metrics-delay ${text} is not a duration of at most a day.`,
    'Write a number with its unit, such as --metrics-delay 2m.',
  );
}

/** Node takes an empty address for all of the machine's, which nobody means by it. */
function readHost(host: string): string {
  if (host.trim() !== '') return host;
  throw badInput('--host is empty.', 'Write the address to listen on, such as --host 127.0.0.1.');
}

function readWhole(flag: string, text: string, most: number, example: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw badInput(
    `${flag} ${text} is not a whole number from 0 to ${most}.`,
    `Write one, such as ${flag} ${example}.`,
  );
}

function readSeedStreams(texts: readonly string[]): StreamSpec[] {
  const streams = texts.map((text): StreamSpec => {
    const match = /^([a-zA-Z0-9_.-]{1,128}):([1-9]\d{0,5})$/.exec(text);
    if (!match) {
      throw badInput(
        `--seed-stream ${text} is not a stream name, a colon and a number of shards.`,
        'Write it as in --seed-stream orders:4; names are of letters, digits, "_", "." and "-".',
      );
    }
    return { name: match[1], shards: Number(match[2]) };
  });
  const twice = streams.find(({ name }, i) => streams.findIndex((other) => other.name === name) !== i);
  if (twice)
    throw badInput(`--seed-stream names ${twice.name} twice.`, 'Give every stream a name of its own.');
  const shards = streams.reduce((sum, stream) => sum + stream.shards, 0);
  if (shards > MOST_SHARDS) {
    throw badInput(`--seed-stream asks for ${shards} shards.`, `Ask for at most ${MOST_SHARDS} altogether.`);
  }
  return streams;
}

/** Serves until SIGINT or SIGTERM; a requested stop is the normal end. */
export async function runLocal(options: LocalCommandOptions, context: Context): Promise<void> {
  const { LocalService } = await import('../local/local-service.ts');
  const { startServer } = await import('../run/serve/server.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { collectAtOnce } = await import('../run/serve/heap.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { host, port, streams, quiet } = options;
  const metrics = { ...options.metrics, originUs: epochClock() };
  collectAtOnce();
  const wire = await prepareWire(options, host, epochClock() / 1000, context);
  const { certificate, log, faults } = wire;
  const service = new LocalService({ ...options, metrics, faults });
  for (const stream of streams) service.createStream(stream, epochClock());
  const address = { host, port, certificate, log, version: VERSION };
  const server = await startServer({ ...address, service, nowUs: epochClock }).catch((error: unknown) => {
    wire.release();
    throw error;
  });
  const interrupt = watchInterrupt();
  if (!quiet && !isLoopback(host)) {
    context.err(`Warning: listening on ${host}: everyone who can reach this address can use the endpoint.\n`);
  }
  context.out(readyText(server.url, options, wire.certificatePath));
  const tell = (): void => {
    for (const notice of service.takeNotices())
      if (!quiet || notice.kind === 'failure') context.err(noticeText(notice));
  };
  const timer = setInterval(tell, NOTICES_MS);
  await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve));
  clearInterval(timer);
  await server.close();
  wire.release();
  interrupt.release();
  tell();
}

/** Whether only this machine can reach a listener at an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

function noticeText(notice: Notice): string {
  if (notice.kind === 'failure') return `The endpoint failed at ${notice.operation}:\n${notice.stack}\n`;
  const { stream, records, bytes } = notice;
  return `${foldText(
    `Stream ${stream}: the oldest ${records} records (${(bytes / 2 ** 20).toFixed(1)} MiB) were dropped, ` +
      'its memory is full (--memory).',
  )}\n`;
}
