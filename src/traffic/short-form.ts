/**
 * The short forms of flags: `hot:40%:1:10000` for keys, `polling:2,efo:1,lambda:1` for consumers.
 */
import { badInput } from '../model/refusal.ts';
import type { ConsumerPreset, ConsumerSpec } from './scenario.ts';

/** The fields that each kind of keys takes after its name, in order. */
const KEY_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['uniform', ['count']],
  ['zipf', ['exponent', 'count']],
  ['hot', ['share', 'keys', 'of']],
  ['sequential', ['count']],
  ['roundRobin', ['count']],
  ['perBatch', ['count']],
  ['timestamp', ['granularity']],
  ['latest', ['exponent', 'count', 'newEvery']],
  ['drift', ['share', 'keys', 'of', 'every']],
  ['explicitHashKey', ['shard']],
]);

/** The kind of keys that a short form names. */
export function kindOfShort(short: string): string {
  return short.trim().split(':', 1)[0];
}

const EXAMPLES = 'uniform:100000, zipf:1.1:100000, hot:40%:1:10000 or file:counts.csv';

/** Fields of the long form, their values not yet checked; or two sentences on what is wrong. */
type Expanded =
  | { readonly long: Readonly<Record<string, Readonly<Record<string, number | string>>>> }
  | { readonly long: { readonly file: string } }
  | { readonly what: string; readonly fix: string };

/** The long form of keys in short form. */
export function expandKeys(short: string): Expanded {
  const [kind, ...values] = short.trim().split(':');
  if (kind === 'file' && values.join(':') !== '') return { long: { file: values.join(':') } };
  if (short.trim() === 'sequential') return { long: { sequential: {} } };
  const names = KEY_FIELDS.get(kind);
  if (!names)
    return { what: `${JSON.stringify(short)} is no kind of keys.`, fix: `Write for example ${EXAMPLES}.` };
  if (values.length !== names.length) {
    const form = [kind, ...names].join(':');
    return {
      what: `${JSON.stringify(short)} does not have the form ${form}.`,
      fix: `Write for example ${EXAMPLES}.`,
    };
  }
  return { long: { [kind]: Object.fromEntries(names.map((name, i) => [name, valueOf(values[i])])) } };
}

function valueOf(text: string): number | string {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

const MAX_CONSUMERS = 100;

/**
 * Reads `polling:2,efo:1,lambda:1` as two polling consumers, one with enhanced fan-out and one Lambda function.
 * @throws Refusal
 */
export function parseConsumersShort(text: string, where = '--consumers'): CountedConsumer[] {
  const consumers = text.split(',').flatMap((part) => {
    const match = /^\s*([a-z-]+):(\d{1,4})\s*$/.exec(part);
    const consumer = match && CONSUMER_KINDS.get(match[1]);
    if (!consumer) {
      throw badInput(`${where}: ${JSON.stringify(part)} is no kind and number of consumers.`, CONSUMERS_FIX);
    }
    return Array<CountedConsumer>(Number(match[2])).fill(consumer);
  });
  if (consumers.length <= MAX_CONSUMERS) return consumers;
  throw badInput(`${where}: ${consumers.length} consumers are more than ${MAX_CONSUMERS}.`, CONSUMERS_FIX);
}

/** What a count says of a consumer: everything else is its preset's. */
export interface CountedConsumer extends Pick<ConsumerSpec, 'kind'> {
  readonly preset?: ConsumerPreset;
  /** Of Firehose: backup of all records. */
  readonly backup?: boolean;
}

/** Presets by the way that each reads by default, and by the other one. */
const CONSUMER_KINDS: ReadonlyMap<string, CountedConsumer> = new Map([
  ['polling', { kind: 'polling' }],
  ['efo', { kind: 'efo' }],
  ['kcl', { kind: 'efo', preset: 'kcl' }],
  ['kcl-polling', { kind: 'polling', preset: 'kcl' }],
  ['lambda', { kind: 'polling', preset: 'lambda' }],
  ['lambda-efo', { kind: 'efo', preset: 'lambda' }],
  ['firehose', { kind: 'polling', preset: 'firehose' }],
  ['firehose-backup', { kind: 'polling', preset: 'firehose', backup: true }],
  ['flink', { kind: 'polling', preset: 'flink' }],
  ['flink-efo', { kind: 'efo', preset: 'flink' }],
] as const satisfies [string, CountedConsumer][]);

/** What a flag calls a consumer that reads like this: `lambda`, `kcl-polling`, `firehose-backup`. */
export function shortOfConsumer({ kind, preset = 'custom', backup = false }: CountedConsumer): string {
  for (const [short, known] of CONSUMER_KINDS) {
    if (known.kind === kind && (known.preset ?? 'custom') === preset && (known.backup ?? false) === backup)
      return short;
  }
  return kind;
}

const CONSUMERS_FIX = `Write for example polling:2,efo:1,lambda:1 (known kinds: ${[...CONSUMER_KINDS.keys()].join(', ')}).`;
