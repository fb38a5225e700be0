/**
 * A captured stream as the text of a scenario file, with comments that say what is measured and what is assumed.
 */
import type { Capture, CapturedConsumer, CapturedSource } from '../../advice/capture/capture.ts';
import { formatHashKey } from '../../model/hash-key.ts';
import { MIB } from '../../model/limits.ts';
import { wrap } from '../paragraph.ts';
import { captureNotes } from './capture-notes.ts';

const COLUMNS = 100;
const LABEL = 10;

/** @param version of the program that writes it */
export function scenarioYamlText(capture: Capture, version: string): string {
  const { stream, sources } = capture;
  return [
    `# Captured from stream ${stream.name} by shardwise ${version}. No payloads are in it.`,
    '#',
    ...captureNotes(capture).flatMap(({ label, text }) => comment(label, text)),
    '',
    `description: ${JSON.stringify(`Traffic captured from stream ${stream.name}.`)}`,
    ...streamLines(capture),
    'traffic:',
    ...sources.flatMap((source) => sourceLines(source, capture)),
    ...producerLines(capture),
    ...consumerLines(capture.consumers),
    '',
  ].join('\n');
}

function comment(label: string, text: string): string[] {
  return wrap(text, COLUMNS - LABEL - 2).map((line, i) => `# ${(i === 0 ? label : '').padEnd(LABEL)}${line}`);
}

function streamLines({ stream }: Capture): string[] {
  const { ranges, isEven, mode, ignoresKeys, retentionHours, maxRecordBytes } = stream;
  const onDemand = mode === 'on-demand';
  return [
    'stream:',
    `  shards: ${ranges.length}`,
    ...(onDemand ? ['  mode: on-demand'] : []),
    ...(onDemand && ignoresKeys ? ['  recordDistribution: auto'] : []),
    ...(retentionHours === 24 ? [] : [`  retention: ${retentionHours}h`]),
    ...(maxRecordBytes === MIB ? [] : [`  maxRecordSize: ${decimal(maxRecordBytes / MIB)}MiB`]),
    ...(isEven
      ? []
      : ['  startingHashKeys:', ...ranges.map(({ start }) => `    - "${formatHashKey(start)}"`)]),
  ];
}

function sourceLines(
  { name, shards, steps, arrivals, size, keys, tails }: CapturedSource,
  { stream }: Capture,
): string[] {
  const arriving =
    arrivals.kind === 'bursts'
      ? `{ bursts: { every: ${decimal(arrivals.everySec)}s, within: ${decimal(arrivals.withinSec)}s } }`
      : arrivals.kind;
  const sized =
    size.kind === 'fixed'
      ? `${size.bytes}B`
      : `{ lognormal: { median: ${size.median}B, p99: ${size.p99}B } }`;
  const heading =
    shards.length === stream.ranges.length ? [] : [`    # Shards ${runsOf(shards)}, in order of hash key.`];
  return [
    `  - name: ${JSON.stringify(name)}`,
    ...heading,
    '    steps:',
    ...steps.map(
      (step) => `      - { for: ${decimal(step.seconds)}s, rate: ${decimal(step.recordsPerSec)}/s }`,
    ),
    `    arrivals: ${arriving}`,
    `    size: ${sized}`,
    '    keys:',
    '      # Weights are records per second.',
    '      hashKeys:',
    ...keys.map(({ hashKey, bytes, weight, name: key }) =>
      key === undefined
        ? `        - { hashKey: "${formatHashKey(hashKey)}", bytes: ${bytes}, weight: ${decimal(weight)} }`
        : `        - { key: ${JSON.stringify(key)}, weight: ${decimal(weight)} }`,
    ),
    ...tails.flatMap(({ shard, keys: count, bytes, weight }) => [
      `        - startingHashKey: "${formatHashKey(stream.ranges[shard].start)}"`,
      `          endingHashKey: "${formatHashKey(stream.ranges[shard].end)}"`,
      ...[`          keys: ${count}`, `          bytes: ${bytes}`, `          weight: ${decimal(weight)}`],
    ]),
  ];
}

/** `0-3, 7`. */
function runsOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

function producerLines({ producer: { api, batch, inFlight } }: Capture): string[] {
  const fields = [
    ...(api === 'PutRecord' ? ['api: PutRecord'] : []),
    ...(api === 'PutRecord' || batch === null ? [] : [`batch: ${batch}`]),
    ...(inFlight === 16 ? [] : [`inFlight: ${inFlight}`]),
    'retry: { policy: none }',
  ];
  return [`producer: { ${fields.join(', ')} }`];
}

function consumerLines(consumers: readonly CapturedConsumer[]): string[] {
  if (consumers.length === 0) return [];
  return [
    'consumers:',
    ...consumers.map((consumer) => `  - { name: ${JSON.stringify(consumer.name)}, ${how(consumer)} }`),
  ];
}

function how(consumer: CapturedConsumer): string {
  if (consumer.kind === 'efo') return 'kind: efo';
  if (consumer.kind !== 'polling') return `preset: ${consumer.kind}`;
  return consumer.everyMs === null ? 'kind: polling' : `kind: polling, every: ${consumer.everyMs}ms`;
}

/** Without an exponent, which no quantity is read with. */
function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, '');
}
