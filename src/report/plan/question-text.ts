/**
 * The question that a plan answers, in a line: the traffic, who reads it, and what was said beyond the defaults.
 */
import { formatNumber } from '../../model/quantity.ts';
import {
  DEFAULT_CONFIDENCE,
  DEFAULT_HEADROOM,
  DEFAULT_REGION,
  DEFAULT_RETENTION_HOURS,
} from '../../advice/plan/plan-settings.ts';
import { perSec, timeOf } from '../../advice/plan/constraints.ts';
import type { AskedBurst, AskedConsumer, AskedSource, PlanQuestion } from '../../results/plan-question.ts';
import { bytes, count, listed, NBSP, percent } from '../figure.ts';
import { quoteName, showProse } from '../name.ts';
import { labelled } from '../paragraph.ts';

const MARGIN = 5;
/** Of more sources only the sum is shown. */
const LISTED = 3;

/** Nothing where the report does not know. */
export function questionLines(question: PlanQuestion | undefined, columns: number): string[] {
  if (question === undefined) return [];
  const traffic = trafficTexts(question.sources).join('; ');
  const parts = [
    ...aggregateText(question),
    `read by ${readersText(question.consumers)}`,
    ...question.bursts.flatMap(burstText),
    ...settingTexts(question),
  ];
  const join = question.sources.length > 1 ? '; ' : ', ';
  return labelled('For', `${traffic}${join}${parts.join(', ')}.`, MARGIN, columns);
}

function trafficTexts(sources: readonly AskedSource[]): string[] {
  if (sources.length <= LISTED) return sources.map(sourceText);
  const rate = rateText({
    meanRecordsPerSec: sumOf(sources, ({ meanRecordsPerSec = 0 }) => meanRecordsPerSec),
    recordsPerSec: sumOf(sources, ({ recordsPerSec = 0 }) => recordsPerSec),
  });
  return [[`${count(sources.length)} sources`, ...rate].join(', ')];
}

/** `3,000/s on average and 9,000/s at the peak, 900 B + 16 B key, keys zipf:1.1:100000`. */
function sourceText(source: AskedSource): string {
  const { name, dataBytes, keyBytes, keys } = source;
  const parts = [
    ...rateText(source),
    `${bytes(dataBytes)} + ${bytes(keyBytes)} key`,
    ...(keys === undefined ? [] : [`${keys.includes(':') ? 'keys ' : ''}${showProse(keys)}`]),
  ];
  return `${name === undefined ? '' : `${quoteName(name, 30)}: `}${parts.join(', ')}`;
}

function rateText({
  meanRecordsPerSec: mean,
  recordsPerSec: peak,
}: Pick<AskedSource, 'meanRecordsPerSec' | 'recordsPerSec'>): string[] {
  if (mean === undefined || peak === undefined) return [];
  if (peak <= mean) return [perSec(mean)];
  return [`${perSec(mean)} on average and ${perSec(peak)} at the peak`];
}

function aggregateText({ aggregate }: PlanQuestion): string[] {
  if (aggregate === undefined) return [];
  const { producers, maxBytes } = aggregate;
  return [
    `aggregated up to ${bytes(maxBytes)} by ${count(producers)}${NBSP}${producers === 1 ? 'producer' : 'producers'}`,
  ];
}

/** `lambda and 2 efo`. */
function readersText(consumers: readonly AskedConsumer[]): string {
  if (consumers.length === 0) return 'nobody';
  const kinds = new Map<string, number>();
  for (const consumer of consumers) {
    const what = consumerText(consumer);
    kinds.set(what, (kinds.get(what) ?? 0) + 1);
  }
  return listed([...kinds].map(([what, amount]) => (amount === 1 ? what : `${count(amount)}${NBSP}${what}`)));
}

function consumerText({ short, recordsPerSec, parallel }: AskedConsumer): string {
  if (recordsPerSec === undefined) return short;
  return `${short} (${perSec(recordsPerSec)}${parallel === 1 ? '' : `${NBSP}×${NBSP}${count(parallel)}`})`;
}

/** What chance makes of Poisson arrivals is no burst that anybody asked for. */
function burstText({ lengthSec, everySec, recordsPerSec, isChance }: AskedBurst): string[] {
  if (isChance === true) return [];
  const often = everySec === undefined ? '' : ` every ${timeOf(everySec)}`;
  return [`bursts of ${perSec(recordsPerSec)} for ${timeOf(lengthSec)}${often}`];
}

function settingTexts(question: PlanQuestion): string[] {
  const { outage, headroom, confidence, maxThrottled, region, retentionHours, placement } = question;
  return [
    ...(outage === undefined
      ? []
      : [`an outage of ${timeOf(outage.outageSec)} caught up with in ${timeOf(outage.recoverSec)}`]),
    ...(headroom === DEFAULT_HEADROOM ? [] : [`headroom ${percent(headroom)}`]),
    ...(confidence === undefined || confidence === DEFAULT_CONFIDENCE
      ? []
      : [`confidence ${percent(confidence)}`]),
    ...(maxThrottled === undefined ? [] : [`at most ${percent(maxThrottled)} throttled`]),
    ...(placement === 'actual' ? ['keys placed by name'] : []),
    ...(retentionHours === DEFAULT_RETENTION_HOURS
      ? []
      : [`kept for ${formatNumber(retentionHours)}${NBSP}h`]),
    ...(region === DEFAULT_REGION ? [] : [`in ${region}`]),
  ];
}

function sumOf(sources: readonly AskedSource[], of: (source: AskedSource) => number): number {
  return sources.reduce((sum, source) => sum + of(source), 0);
}
