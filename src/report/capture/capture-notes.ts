/**
 * What a captured scenario rests on and what it assumes: the same sentences in the file's comments and on the terminal.
 */
import type { Capture, CaptureBasis, CapturedSource } from '../../advice/capture/capture.ts';
import { formatBytes, formatCount, formatDuration, formatNumber } from '../../model/quantity.ts';
import { momentText } from '../diagnosis/diagnosis-words.ts';

export interface CaptureNote {
  readonly label: string;
  readonly text: string;
  /** What nobody measured, and matters. */
  readonly isLoud?: boolean;
}

const rate = (perSec: number): string => `${formatNumber(perSec)}/s`;

export function captureNotes(capture: Capture): CaptureNote[] {
  return [
    ...missingNote(capture),
    { label: 'Time', text: timeText(capture) },
    { label: 'Load', text: loadText(capture) },
    { label: 'Rates', text: ratesText(capture) },
    { label: 'Shards', text: sharesText(capture) },
    { label: 'Keys', text: keysText(capture) },
    { label: 'Sizes', text: sizesText(capture) },
    { label: 'Arrivals', text: arrivalsText(capture) },
    { label: 'Producer', text: producerText(capture) },
    { label: 'Readers', text: readersText(capture) },
  ];
}

/** The loud ones. */
function missingNote({ basis }: Capture): CaptureNote[] {
  if (basis.shares === 'width')
    return [
      {
        label: 'ASSUMED',
        isLoud: true,
        text:
          'there were neither metrics of shards nor records, so that every shard has load by the width of its range, ' +
          'and all keys are alike. A hot shard or a hot key cannot be in this file: capture again with --sample, or ' +
          'after shard-level metrics were switched on.',
      },
    ];
  if (basis.keys === 'none')
    return [
      {
        label: 'ASSUMED',
        isLoud: true,
        text:
          'no records were read: within a shard all keys are alike, so that a hot key cannot be in this file. Capture ' +
          'again with --sample.',
      },
    ];
  return [];
}

function timeText({ fromMs, toMs, seconds, basis }: Capture): string {
  const window = `${momentText(fromMs)} to ${momentText(toMs)}, ${formatDuration(seconds * 1_000_000)} of load`;
  const left = [
    ...(basis.emptySteps > 0 ? [`${formatCount(basis.emptySteps)} at either end without a record`] : []),
    ...(basis.incompleteSteps > 0 ? [`the newest ${basis.incompleteSteps}, which may still grow`] : []),
  ];
  const steps = basis.rates === 'metrics' ? ` (${formatCount(basis.steps)} steps of metrics)` : '';
  const clock = basis.rates === 'metrics' ? (toMs - fromMs) / 1000 / seconds : 1;
  const faster =
    Math.abs(clock - 1) < 0.01 ? '' : ` The metrics' clock runs ${formatNumber(clock)} times as fast.`;
  return `${window}${steps}.${faster}${left.length > 0 ? ` Left out: ${left.join(', and ')}.` : ''}`;
}

function loadText({ options, shards }: Capture): string {
  const total = (of: 'acceptedPerSec' | 'throttledPerSec'): number =>
    shards.reduce((sum, shard) => sum + shard[of], 0);
  const [accepted, throttled] = [total('acceptedPerSec'), total('throttledPerSec')];
  if (throttled <= 0) return `${rate(accepted)} on average, all of it accepted.`;
  const between =
    `The true load was between ${rate(accepted)} (accepted) and ${rate(accepted + throttled)} (attempts): a record that ` +
    'was throttled and sent again is counted at each try.';
  const taken = {
    attempts:
      'The file has every attempt as a record of its own that is sent once (retry: none), as the stream saw it, so that ' +
      'a simulation throttles as much.',
    middle: 'The file has the middle of the two, so that a simulation throttles less than the stream did.',
    accepted: 'The file has what was accepted, so that a simulation hardly throttles.',
  };
  return `${between} ${taken[options.offered]} Chosen by --offered ${options.offered}.`;
}

function ratesText({ basis, sources }: Capture): string {
  if (basis.rates === 'sample')
    return 'The mean of the records read, for there were no metrics: one constant rate.';
  const steps = sources.reduce((sum, source) => sum + source.steps.length, 0);
  const off = basis.foldedOff < 0.0005 ? '' : `, each within ${rate(basis.foldedOff)} of what it stands for`;
  const groups =
    sources.length === 1
      ? ''
      : ` in ${sources.length} sources: shards whose loads or sizes are not alike have their own`;
  return `CloudWatch's counts in ${formatCount(steps)} constant ${steps === 1 ? 'step' : 'steps'}${off}${groups}.`;
}

function sharesText({ basis, stream, shards }: Capture): string {
  const from = {
    metrics: 'The load of each shard is from its own metrics.',
    mixed: 'The load is from metrics of some shards; the others share the rest of the stream.',
    sample:
      'Metrics of shards were off: shares are those of the records read; shards that were not read have the rest by width.',
    width: 'Shares are by width of the ranges, which nobody measured.',
  }[basis.shares];
  const worst = shards.reduce((most, shard) => (shard.worstOff > most.worstOff ? shard : most));
  const off =
    basis.shares === 'width' || worst.worstOff < 0.0005
      ? ''
      : ` In its worst step a shard is ${rate(worst.worstOff)} off what was measured (${worst.shardId}).`;
  const guessed = basis.isThrottlingGuessed
    ? ' Throttled records were counted of the stream alone: they are given to the shards that looked full.'
    : '';
  const layout = basis.isLayoutGuessed
    ? ' Its shards could not be listed: equal ones are assumed.'
    : basis.wasResharded
      ? ` The stream was resharded in that time: what closed shards took is on those that have their ranges now${inheritedText(basis)}.`
      : '';
  return `${stream.ranges.length}, ${stream.isEven ? 'equal' : 'not equal: startingHashKeys has their ranges'}. ${from}${off}${guessed}${layout}`;
}

/** How the load of closed shards was shared out among several that have their ranges now. */
function inheritedText({ inherited: { byKeys, byWidth } }: CaptureBasis): string {
  const keys = "by the closed shards' keys that were read, the rest of them by width";
  const width = 'by width, which nobody measured: too few of their records were read (100 tell their keys)';
  if (byKeys === 0) return byWidth === 0 ? '' : `, ${width}`;
  if (byWidth === 0) return `, ${keys}`;
  return `; of ${byKeys} ${keys}; of ${byWidth} ${width}`;
}

function keysText({ basis, sources, options }: Capture): string {
  const listed = sources.reduce((sum, source) => sum + source.keys.length, 0);
  const tails = sources.reduce(
    (sum, source) => sum + source.tails.reduce((all, { keys }) => all + keys, 0),
    0,
  );
  const tail = `${formatCount(tails)} light keys of equal weight, evenly in the range of their own shard, stand for all others`;
  if (basis.keys === 'none') return `Uniform: ${tail}, 16 B each.`;
  const seen = `${formatCount(basis.sampledRecords)} records of ${basis.sampledShards} shards were read`;
  const elsewhere =
    basis.placedElsewhere > 0
      ? ` ${formatCount(basis.placedElsewhere)} keys were read from another shard than their name says, and stay there.`
      : '';
  const heavy = `${formatCount(listed)} heavy keys (1 % of their shard or more)`;
  const names = options.keepKeys
    ? 'By name, for --keep-keys was given: the file holds real keys.'
    : basis.keyBits === 0
      ? 'No key is listed by itself.'
      : `Pseudonymised, not anonymous: of a heavy key the file has the first ${basis.keyBits} bits of its hash key and its ` +
        `length. Who guesses a name can test it: one wrong guess in 2^${basis.keyBits} passes.`;
  return `${seen}. ${heavy}; ${tail}. ${names}${elsewhere}`;
}

function sizesText({ basis, sources }: Capture): string {
  const of = (source: CapturedSource): string =>
    source.size.kind === 'fixed'
      ? formatBytes(source.size.bytes)
      : `${formatBytes(source.size.mean)} on average, median ${formatBytes(source.size.median)}, p99 ${formatBytes(source.size.p99)}`;
  const text =
    sources.length === 1
      ? `Data without keys: ${of(sources[0])}.`
      : 'The mean of each source is that of its shards.';
  const from = {
    sample: 'The spread is that of the records read.',
    metrics: 'Their spread is not known: all are as large as their mean.',
    none: 'Nothing says how large records were: 1 KiB with its key is assumed.',
  }[basis.sizes];
  return `${text} ${from}`;
}

function arrivalsText({ basis, sources }: Capture): string {
  if (basis.arrivals === 'none')
    return 'Independent of each other (poisson), which is assumed: no run of seconds was read. Bursts cannot be in this file.';
  const bursts = sources.find(({ arrivals }) => arrivals.kind === 'bursts')?.arrivals;
  if (bursts?.kind !== 'bursts')
    return `${sources[0].arrivals.kind === 'even' ? 'Even' : 'Independent of each other (poisson)'}, by the seconds read; within a second nothing is known.`;
  const regular = bursts.isRegular
    ? ''
    : ' They came at irregular times, and the file has them at regular ones.';
  return `In bursts, by the seconds read; within a second nothing is known.${regular}`;
}

function producerText({ producer }: Capture): string {
  if (producer.api === 'PutRecord') return 'PutRecord: a record a call.';
  if (producer.batch === null) return 'Not known: PutRecords with the defaults.';
  return `PutRecords, ${producer.batch} records a call on average; one producer stands for all.`;
}

function readersText({ consumers }: Capture): string {
  if (consumers.length === 0) return 'None seen.';
  const polling = consumers.some(({ kind }) => kind === 'polling')
    ? ' Of those that poll, metrics know neither names nor number: as many as the bytes read are times those written.'
    : '';
  return `${consumers.map(({ name }) => name).join(', ')}.${polling}`;
}
