/**
 * A diagnosis as text, for somebody woken at night: the first screen says which shard and which key, since when, whether a
 * split helps and where to cut; then what that rests on, then everything else.
 *
 * Everything shown stands in the document; nothing is worked out here beyond the way it is written.
 */
import type { DiagnosisDocument } from '../../results/diagnosis-document.ts';
import type { EvidenceInfo } from '../../results/evidence/evidence-info.ts';
import type { Confidence, DiagnosisFinding } from '../../results/diagnosis-finding.ts';
import { amountOf, listed, NBSP } from '../figure.ts';
import { SEVERITY_COLORS } from '../finding-text.ts';
import { type Ink, inkFor } from '../ink.ts';
import { showName } from '../name.ts';
import { finish, labelled, pageWidth, wrap } from '../paragraph.ts';
import type { Style } from '../render.ts';
import { commandLines } from './command-lines.ts';
import { givenEndpointOf } from '../given-endpoint.ts';
import { explainDiagnosis } from './diagnosis-catalogue.ts';
import { clockText, type WordsContext } from './diagnosis-words.ts';
import { evidenceLines } from './evidence-text.ts';
import { heatMapLines } from './heat-map-text.ts';
import { diagnosedKeyLines, diagnosedShardLines } from './load-tables.ts';

const INDENT = 17;
/** Findings that the first lines name one by one. */
const MOST_FIRST = 3;

/** In at most 80 columns. The same document and style give the same text. */
export function renderDiagnosisText(document: DiagnosisDocument, style: Style): string {
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  const context = contextOf(document);
  return finish([
    ...answerLines(document, context, ink, columns),
    '',
    ...subjectLines(document, columns),
    ...evidenceLines(withoutShownCommands(document), columns),
    ...document.findings.flatMap((finding, i) => [
      '',
      ...findingLines(finding, context, ink, columns, i < MOST_FIRST),
    ]),
    ...numberSections(document, ink, columns),
  ]);
}

export function contextOf({
  target,
  evidence,
}: Pick<DiagnosisDocument, 'target' | 'evidence'>): WordsContext {
  const endpoint = givenEndpointOf(target);
  return {
    stream: nameOf(target.stream),
    ...(target.stream.startsWith('arn:') ? { arn: target.stream } : {}),
    region: target.region,
    ...(endpoint === undefined ? {} : { endpoint }),
    isOnDemand: evidence.stream?.mode === 'on-demand',
    fromMs: evidence.fromMs,
    toMs: evidence.toMs,
    stepMs: evidence.stepMs,
    ...(evidence.log === undefined ? {} : { log: evidence.log.file }),
  };
}

/** Of an ARN its last part, which is what commands take. */
function nameOf(stream: string): string {
  return stream.startsWith('arn:') ? stream.slice(stream.lastIndexOf('/') + 1) : stream;
}

/** What a finding below tells to do about missing evidence is not told twice. */
function withoutShownCommands({ evidence, findings }: DiagnosisDocument): EvidenceInfo {
  if (findings.every(({ code }) => code !== 'MONITORING_OFF')) return evidence;
  const missing = evidence.missing.map(({ command, ...rest }) =>
    rest.what === 'shard-metrics' || command === undefined ? rest : { ...rest, command },
  );
  return { ...evidence, missing };
}

function answerLines(
  document: DiagnosisDocument,
  context: WordsContext,
  ink: Ink,
  columns: number,
): string[] {
  const { findings, partial } = document;
  const first = findings.slice(0, MOST_FIRST);
  const rest = [...new Set(findings.slice(MOST_FIRST).map(({ code }) => code))];
  const interrupted =
    partial === false ? [] : wrap(`Partial report: ${partial}. It covers what was read until then.`, columns);
  if (findings.length === 0)
    return [...wrap(calmText(document), columns).map((line) => ink('green', line)), ...interrupted];
  return [
    ...first.flatMap((finding) => {
      const { headline, commands } = explainDiagnosis(finding, context);
      const sentence = `${finding.code}: ${headline}${sureText(finding.confidence)}`;
      const lines = wrap(sentence, columns).map((line) => ink(SEVERITY_COLORS[finding.severity], line));
      const split = commands.filter((command) => isUrgent(finding, command));
      return [...lines, ...split.flatMap((command) => commandLines(command, columns))];
    }),
    ...(rest.length > 0 ? wrap(`Also ${listed(rest)}.`, columns) : []),
    ...interrupted,
  ];
}

/**
 * Commands for the first screen: a cut that rests on keys or widths, not one in the middle of the unknown; and reading
 * records, where nothing else tells what it is.
 */
function isUrgent(finding: DiagnosisFinding, command: string): boolean {
  if (finding.code === 'MONITORING_OFF')
    return finding.evidence.says === 'skew-or-burst' && command.startsWith('shardwise ');
  if (finding.code === 'HOT_SHARD' && finding.evidence.cutFrom === 'midpoint') return false;
  return command.includes(' split-shard ');
}

function sureText(confidence: Confidence): string {
  return confidence === 'high' ? '' : ` (${confidence} confidence)`;
}

function calmText({
  evidence: { steps, stepMs, toMs, shardsWithMetrics, shardsInWindow, missing },
  shards,
}: DiagnosisDocument): string {
  if (steps === 0 && shards.every(({ utilization }) => utilization === null))
    return 'Nothing found, for nothing was there to look at.';
  if (shardsWithMetrics === 0 && missing.every(({ what }) => what !== 'shard-metrics'))
    return 'Nothing found: the shards have no samples in this window, which is what CloudWatch has of a stream that is idle.';
  if (shardsWithMetrics < shardsInWindow)
    return `Nothing found in what was looked at: ${shardsWithMetrics} of ${amountOf(shardsInWindow, 'shard')} have metrics.`;
  const calm = 'no shard is above its limit';
  const throttled = shards.filter(({ throttledAttempts }) => (throttledAttempts ?? 0) > 0);
  const last = Math.max(...throttled.map(({ lastThrottledMs }) => lastThrottledMs ?? -Infinity));
  if (throttled.length === 0 || last === -Infinity)
    return `Nothing found: ${calm}, nothing throttled, and no consumer is behind.`;
  const attempts = throttled.reduce((sum, shard) => sum + (shard.throttledAttempts ?? 0), 0);
  const [{ shardId, open }] = throttled;
  const who =
    throttled.length === 1
      ? `${shardId}${open ? '' : ' (closed since)'}`
      : amountOf(throttled.length, 'shard');
  const ended = clockText(last + stepMs, toMs);
  const isOver = last + 5 * stepMs < toMs;
  return (
    `Nothing found that ${isOver ? `goes on: the throttling is over since ${ended}` : 'explains it'}. ` +
    `${isOver ? 'Before that' : `Until ${ended}`} ${who} throttled ${amountOf(attempts, 'attempt')}; ` +
    `${calm}${isOver ? ' now' : ''}, and no consumer is behind.`
  );
}

function subjectLines({ target, evidence: { stream } }: DiagnosisDocument, columns: number): string[] {
  const endpoint = givenEndpointOf(target);
  const parts = [
    showName(nameOf(target.stream), 50),
    ...(stream === undefined ? [] : [stream.mode, `retention${NBSP}${stream.retentionHours}${NBSP}h`]),
    ...(stream === undefined && target.shards === 0 ? [] : [amountOf(target.shards, 'open shard')]),
    target.region,
    ...(endpoint === undefined ? [] : [showName(endpoint, 60)]),
  ];
  return labelled('Stream', parts.join(', '), 11, columns);
}

/** @param isFirst it is in the first lines as well, with its urgent commands */
function findingLines(
  finding: DiagnosisFinding,
  context: WordsContext,
  ink: Ink,
  columns: number,
  isFirst: boolean,
): string[] {
  const words = explainDiagnosis(finding, context);
  const isShown = (command: string): boolean =>
    isFirst && finding.code === 'MONITORING_OFF' && isUrgent(finding, command);
  const isTold = words.commands.some(isShown);
  const point = (label: string, text: string): string[] => labelled(`  ${label}`, text, INDENT, columns);
  const where = [finding.key === undefined ? undefined : showName(finding.key, 30), finding.shardId].filter(
    (name) => name !== undefined,
  );
  const heading = `${ink(SEVERITY_COLORS[finding.severity], finding.code)}  ${ink('bold', words.title)}`;
  return [
    heading,
    ...(where.length === 0 ? [] : point('Where', where.join(' on '))),
    ...point('What we saw', words.saw),
    ...point('What it means', words.means),
    ...point('How sure', SURE[finding.confidence]),
    ...(words.split === undefined ? [] : point('Split helps?', words.split)),
    ...point(
      'What to do',
      isTold
        ? words.todo.replace('Read records now', 'Read records now (the command is at the top)')
        : words.todo,
    ),
    ...words.commands
      .filter((command) => !isShown(command))
      .flatMap((command) => commandLines(command, columns)),
    ...point('Read more', words.page),
  ];
}

const SURE: Readonly<Record<Confidence, string>> = {
  high: 'high: it follows from what was counted.',
  medium: 'medium: it rests on an assumption, named above.',
  low: 'low: one of several explanations.',
};

function numberSections(document: DiagnosisDocument, ink: Ink, columns: number): string[] {
  const { shards, keys, heatMap, evidence } = document;
  const section = (title: string, note: string, lines: readonly string[]): string[] => [
    '',
    ink('bold', title),
    ...wrap(note, columns - 2).map((line) => `  ${ink('dim', line)}`),
    ...lines,
  ];
  return [
    ...section(
      'SHARDS',
      'hottest first; load: the worst step against the limit, from what was accepted to that with all that was throttled',
      diagnosedShardLines(shards, evidence.toMs, ink),
    ),
    ...(keys.length === 0
      ? []
      : section(
          'HEAVIEST KEYS',
          'share: of what their shard accepted; load alone: of the key by itself against the limit of a shard',
          diagnosedKeyLines(keys, ink),
        )),
    ...(heatMap === undefined || heatMap.columns === 0
      ? []
      : section('HEAT MAP', 'hash range from low to high, over time', heatMapLines(heatMap, ink, columns))),
  ];
}
