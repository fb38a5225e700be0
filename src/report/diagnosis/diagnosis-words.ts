/**
 * What the words for a finding of a diagnosis are made of, and the figures that several of them write.
 */
import { timestampText } from '../../traffic/timestamp.ts';
import type { DiagnosisCode, DiagnosisFindingOf, JudgedInterval } from '../../results/diagnosis-finding.ts';
import type { LoadInterval } from '../../results/load-interval.ts';
import { count, duration, NBSP, percent, perSec, times } from '../figure.ts';
import { quoteName, showName } from '../name.ts';

/** Of the stream, for commands and for what can be done there. */
export interface WordsContext {
  readonly stream: string;
  /** Where it is known. */
  readonly arn?: string;
  readonly region: string;
  /** Where calls go, if that is not AWS's own address. */
  readonly endpoint?: string;
  readonly isOnDemand: boolean;
  /** The window, on the metrics' clock. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Files of evidence that the user gave, for commands to give again. */
  readonly log?: string;
  readonly stepMs: number;
}

export interface DiagnosisWords<C extends DiagnosisCode = DiagnosisCode> {
  readonly title: string;
  readonly page: string;
  readonly headline: (finding: DiagnosisFindingOf<C>, context: WordsContext) => string;
  readonly saw: (finding: DiagnosisFindingOf<C>, context: WordsContext) => string;
  readonly means: (finding: DiagnosisFindingOf<C>, context: WordsContext) => string;
  /** Whether a split will help, answered in the first word; absent where it is no matter. */
  readonly split?: (finding: DiagnosisFindingOf<C>, context: WordsContext) => string;
  readonly todo: (finding: DiagnosisFindingOf<C>, context: WordsContext) => string;
  /** Commands to copy, each in full. */
  readonly commands?: (finding: DiagnosisFindingOf<C>, context: WordsContext) => readonly string[];
}

const KEY_COLUMNS = 36;
const SHARD_COLUMNS = 32;

export const keyName = (key: string | undefined): string =>
  key === undefined ? 'one key' : quoteName(key, KEY_COLUMNS);

export const shardName = (shardId: string | undefined): string =>
  shardId === undefined ? 'a shard' : showName(shardId, SHARD_COLUMNS);

/** `1.4 ×`, `1.4 to 3 ×`: ends that are written alike are one. */
export function timesBetween({ lower, upper }: LoadInterval): string {
  const [least, most] = [times(lower), times(upper)];
  return least === most ? least : `${least.replace(`${NBSP}×`, '')} to ${most}`;
}

/** `1,000 to 3,250 records/s`. */
export function perSecBetween({ dimension, perSec: load, limitPerSec }: JudgedInterval): string {
  const [least, most] = [
    perSec(dimension, load.lower, limitPerSec),
    perSec(dimension, load.upper, limitPerSec),
  ];
  if (least === most) return least;
  return `${least.split(NBSP)[0]} to ${most}`;
}

export function limitText({ dimension, limitPerSec }: JudgedInterval): string {
  return perSec(dimension, limitPerSec, limitPerSec);
}

/** `40 %`, `38 to 42 %`. */
export function percentBetween({ lower, upper }: LoadInterval): string {
  const [least, most] = [percent(lower), percent(upper)];
  return least === most ? least : `${least.replace(`${NBSP}%`, '')} to ${most}`;
}

/** `2026-11-20 02:41 UTC`. */
export function momentText(ms: number): string {
  return timestampText(ms * 1000)
    .replace('T', NBSP)
    .replace('Z', `${NBSP}UTC`);
}

/** `02:41 UTC`, or with its date where that is not the end's. */
export function clockText(ms: number, toMs: number): string {
  const text = timestampText(ms * 1000);
  const isSameDay = text.slice(0, 10) === timestampText(Math.max(0, toMs - 1) * 1000).slice(0, 10);
  return isSameDay ? text.slice(11).replace('Z', `${NBSP}UTC`) : momentText(ms);
}

interface Shown {
  readonly sinceMs?: number;
  readonly untilMs?: number;
}

/** Whether it has ended: metrics come some minutes late, so that what showed in one of the last five steps is taken to go on. */
export function isOver({ sinceMs, untilMs }: Shown, { toMs, stepMs }: WordsContext): boolean {
  return sinceMs !== undefined && untilMs !== undefined && untilMs + 5 * stepMs < toMs;
}

/**
 * ` since 02:41 UTC, and still`, ` from 02:41 UTC to 02:55 UTC`; nothing where it is not known. What was there in the first
 * step of the window began before.
 */
export function whenText(shown: Shown, context: WordsContext): string {
  const { sinceMs, untilMs } = shown;
  const { fromMs, toMs, stepMs } = context;
  if (sinceMs === undefined) return '';
  const since = clockText(sinceMs, toMs);
  // A log may begin long before the window.
  const isFromStart = sinceMs < fromMs + stepMs && sinceMs > fromMs - stepMs;
  if (untilMs === undefined || !isOver(shown, context))
    return isFromStart
      ? ` since before ${since}, the start of the window, and still`
      : ` since ${since}, and still`;
  if (untilMs === sinceMs) return ` at ${since}`;
  const endMs = untilMs + stepMs;
  const isOtherDay = dayOf(sinceMs) !== dayOf(endMs);
  const end = isOtherDay ? momentText(endMs) : clockText(endMs, toMs);
  return isFromStart
    ? ` from before ${since}, the start of the window, to ${end}`
    : ` from ${since} to ${end}`;
}

function dayOf(ms: number): string {
  return timestampText(ms * 1000).slice(0, 10);
}

/** `3 of 60 min`: in so many steps of so many. */
export function stepsText(above: number, of: number, { stepMs }: WordsContext): string {
  const isMinutes = stepMs === 60_000;
  return `${count(above)} of ${count(of)}${NBSP}${isMinutes ? 'minutes' : `steps of ${duration(stepMs)}`}`;
}
