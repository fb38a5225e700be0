/**
 * The report of a load test as text for a terminal: the verdict first, then the reasons, then the numbers.
 *
 * Everything shown stands in the document; nothing is worked out here beyond the way it is written.
 */
import type { ReportDocument } from '../results/report-document.ts';
import { generatorSentence, repeatSentence, subjectLines } from './circumstances.ts';
import { burstLines } from './burst-text.ts';
import { capacityLines } from './capacity-text.ts';
import { changeLines, phaseLines } from './change-table.ts';
import { consumerLines } from './consumer-text.ts';
import { errorLines } from './error-lines.ts';
import { findingLines } from './finding-text.ts';
import { type Ink, inkFor } from './ink.ts';
import { keyLines } from './key-table.ts';
import { latencyLines } from './latency-table.ts';
import { machineLines, unknownSentence } from './machines-text.ts';
import { finish, labelled, pageWidth, wrap } from './paragraph.ts';
import { reconciliationFoot, reconciliationLines, reconciliationNote } from './reconciliation-text.ts';
import { retrySentence } from './producer-text.ts';
import type { Style } from './render.ts';
import { shardLines } from './shard-table.ts';
import { thresholdLines } from './threshold-table.ts';
import { windowText } from './throttling.ts';
import { timelineLines, timelineNote } from './timeline.ts';
import { totalsLines } from './totals-table.ts';
import { verdictLines } from './verdict.ts';

/** A run's report in at most 80 columns. The same document and style give the same text. */
export function renderRunText(document: ReportDocument, style: Style): string {
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  return finish([
    ...verdictLines(document, ink, columns),
    '',
    ...subjectLines(document, columns),
    ...(document.findings ?? []).flatMap((finding) => [
      '',
      ...findingLines(finding, ink, columns, document.capacity),
    ]),
    ...numberSections(document, ink, columns),
    ...closing(document, columns),
  ]);
}

function numberSections(document: ReportDocument, ink: Ink, columns: number): string[] {
  const { totals, errors, latencyMs, shards, keys = [], keySpread, series, thresholds } = document;
  const { timeline, capacity, durationMs } = document;
  const section = (title: string, note: string, lines: readonly string[]): string[] => {
    const isBeside = title.length + note.length + 2 <= columns;
    return [
      '',
      ink('bold', title) + (isBeside ? `  ${ink('dim', note)}` : ''),
      ...(isBeside ? [] : wrap(note, columns - 2).map((line) => `  ${ink('dim', line)}`)),
      ...lines,
    ];
  };
  return [
    ...(thresholds?.length ? section('THRESHOLDS', '', thresholdLines(document, ink, columns)) : []),
    ...(totals
      ? section('RECORDS', '', [
          ...totalsLines(totals, ink, document.partial === 'unfinished'),
          ...retryLines(document, columns),
        ])
      : []),
    ...(errors?.length
      ? section('ERRORS', 'why attempts failed, other than by throttling', errorLines(errors, ink, columns))
      : []),
    ...(capacity
      ? section(
          'CAPACITY MODE',
          `attempts by open shards${capacity.assumptions.length > 0 ? '; below, what this rests on' : ''}`,
          capacityLines(capacity, ink, columns),
        )
      : []),
    ...(timeline?.length
      ? section('WHAT CHANGED', '', [
          ...changeLines(timeline, ink, columns),
          ...(document.phases ? phaseLines(document.phases, ink) : []),
        ])
      : []),
    ...(shards?.length
      ? section('SHARDS', `hottest first; load: the busiest ${windowText(durationMs)} against the limit`, [
          ...shardLines(shards, ink, columns),
          ...burstLines(shards, columns),
        ])
      : []),
    ...(keys.length > 0 || keySpread !== undefined
      ? section(
          'HEAVIEST KEYS',
          keys.length > 0 && keys[0].shardId === undefined
            ? 'the stream spreads each over all shards'
            : 'load: of the key alone, at least, against the limit of a shard',
          keyLines(keys, keySpread, ink, columns),
        )
      : []),
    ...(document.consumers?.length
      ? section('CONSUMERS', 'Kinesis records read from the stream', consumerLines(document, ink, columns))
      : []),
    ...(series?.offered.length
      ? section('OVER TIME', timelineNote(series, columns), timelineLines(series, durationMs, ink, columns))
      : []),
    ...(latencyMs
      ? section('LATENCY', 'of accepted records', latencyLines(latencyMs, document, ink, columns))
      : []),
    ...counterSection(document, section, ink, columns),
    ...(document.merged
      ? section('MACHINES', 'each sent its part of the load', machineLines(document.merged, ink, columns))
      : []),
  ];
}

/** Our count beside the service's, where there is more to it than that they are the same. */
function counterSection(
  { reconciliation }: ReportDocument,
  section: (title: string, note: string, lines: readonly string[]) => string[],
  ink: Ink,
  columns: number,
): string[] {
  if (reconciliation === undefined) return [];
  const lines = reconciliationLines(reconciliation, ink, columns);
  return lines.length === 0 ? [] : section('COUNTERS', reconciliationNote(reconciliation), lines);
}

function retryLines({ retry, totals }: ReportDocument, columns: number): string[] {
  const sentence = retry && retrySentence(retry, totals?.retries ?? 0);
  return sentence === undefined ? [] : labelled('  Retries:', sentence, 11, columns);
}

function generatorText({ generator, merged, scenario }: ReportDocument): string | undefined {
  const unknown = merged && unknownSentence(merged);
  if (generator === undefined) return unknown && `${unknown}.`;
  return generatorSentence(generator, scenario?.producer?.loop === 'closed', unknown && `${unknown}: `);
}

function closing(document: ReportDocument, columns: number): string[] {
  const generator = generatorText(document);
  const repeat = repeatSentence(document);
  return [
    '',
    ...(document.reconciliation ? reconciliationFoot(document.reconciliation, columns) : []),
    ...(generator === undefined ? [] : labelled('Generator', generator, 11, columns)),
    ...(repeat === undefined ? [] : labelled('Repeat', repeat, 11, columns)),
  ];
}
