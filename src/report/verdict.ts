/**
 * The first lines of a run's report: the answer, for a reader who reads nothing else.
 */
import type {
  ConsumerRow,
  Finding,
  GeneratorInfo,
  ReportDocument,
  ThresholdRow,
  Totals,
} from '../results/report-document.ts';
import { BLOCKED_LIMIT, mostBlocked } from '../results/generator-info.ts';
import { eventsNotCarriedOut } from '../results/timeline-played.ts';
import { explain } from './catalogue.ts';
import { consumerVerdict } from './consumer-text.ts';
import { amountOf, count, duration, NBSP, percent } from './figure.ts';
import { endedSentence } from './ended-early.ts';
import { SEVERITY_COLORS } from './finding-text.ts';
import type { Color, Ink } from './ink.ts';
import { mergedVerdicts, partVerdict } from './machines-text.ts';
import { showName } from './name.ts';
import { outageSentences } from './outage-text.ts';
import { wrap } from './paragraph.ts';
import { lossTexts } from './totals-table.ts';
import { hottestOf, noiseSentence, throttledSpan, throttlingSentences } from './throttling.ts';

interface Verdict {
  readonly color: Color;
  readonly sentence: string;
}

export function verdictLines(document: ReportDocument, ink: Ink, columns: number): string[] {
  const parts = [
    ...endedVerdict(document),
    verdictOf(document),
    ...consumerVerdicts(document.consumers ?? []),
    ...gateVerdicts(document.thresholds ?? []),
    ...eventVerdict(document),
    ...outsideVerdict(document),
    ...partialVerdict(document),
    ...mergedVerdicts(document).map((sentence) => ({ color: 'yellow' as const, sentence })),
  ];
  return [
    ...parts.flatMap(({ color, sentence }) => wrap(sentence, columns).map((line) => ink(color, line))),
    ...reasons(document).flatMap((text) => wrap(text, columns)),
  ];
}

/** What a reader without a finding should know of throttling, and of a load that is just at a limit. */
function reasons(document: ReportDocument): string[] {
  if (document.findings?.length || document.generator?.valid === false || document.worker) return [];
  const outage = outageSentences(document);
  if (outage !== undefined) return [outage.join(' ')];
  if (document.totals && document.totals.throttledAttempts > 0)
    return [throttlingSentences(document).join(' ')];
  const noise = noiseSentence(document);
  return noise === undefined ? [] : [noise];
}

function verdictOf(document: ReportDocument): Verdict {
  const findings = document.findings ?? [];
  const late = findings.find((finding) => finding.code === 'GENERATOR_LATE');
  if (late !== undefined) {
    return { color: 'yellow', sentence: `Inconclusive: ${explain(late).headline}` };
  }
  if (document.generator?.valid === false) {
    return { color: 'yellow', sentence: 'Inconclusive: the generator could not keep the rate.' };
  }
  const part = partVerdict(document);
  if (part !== undefined) return { color: 'yellow', sentence: part };
  if (findings.length === 0) return nothingFound(document);
  const worst = findings.find((finding) => finding.severity === 'critical') ?? findings[0];
  return {
    color: SEVERITY_COLORS[worst.severity],
    sentence: `${worst.code}: ${explain(worst).headline}${when(document, worst)}${also(findings.filter((finding) => finding !== worst))}`,
  };
}

/** When it throttled: what a reader on call looks up next. */
function when(document: ReportDocument, { code }: Finding): string {
  if (code === 'LOST_RECORDS' || code === 'GENERATOR_LATE') return '';
  const span = throttledSpan(document);
  return span === undefined ? '' : ` ${span}`;
}

/** ` Also HOT_KEY, 2 × HOT_SHARD.`: the findings that the first line has no room for. */
function also(others: readonly Finding[]): string {
  const codes = [...new Set(others.map((finding) => finding.code))];
  if (codes.length === 0) return '';
  const named = codes.map((code) => {
    const amount = others.filter((finding) => finding.code === code).length;
    return amount === 1 ? code : `${amount}${NBSP}×${NBSP}${code}`;
  });
  return ` Also ${named.join(', ')}.`;
}

/** What there is to say where nothing was found; losses are told all the same. */
function nothingFound({ totals, shards, generator, partial }: ReportDocument): Verdict {
  if (totals?.offered === 0) return { color: 'yellow', sentence: 'No findings: nothing was offered.' };
  const losses = totals ? lossTexts(totals, partial, FATES) : [];
  if (totals && losses.length > 0) {
    const of = amountOf(totals.offered, 'record');
    return {
      color: 'yellow',
      sentence: `No findings, but of ${of} ${losses.join(', ')}${whyDropped(totals, generator)}.`,
    };
  }
  const again = totals?.throttledAttempts
    ? `, after ${amountOf(totals.throttledAttempts, 'throttled attempt')}`
    : '';
  const all = totals ? ` All ${amountOf(totals.offered, 'record')} accepted${again}.` : '';
  const hottest = hottestOf(shards ?? []);
  if (hottest && hottest.utilization > 1) {
    return { color: 'yellow', sentence: `No findings, but one shard is at its limit.${all}` };
  }
  const load = hottest
    ? ` The hottest shard, ${showName(hottest.shardId, 32)}, came to ${percent(hottest.utilization)} of its limit.`
    : '';
  return { color: 'green', sentence: `No findings.${all}${load}` };
}

const FATES = { throttled: 'were throttled', failed: 'failed', dropped: 'were dropped' };

/** Where the stream is not to blame for what was never sent. */
function whyDropped({ dropped }: Totals, generator: GeneratorInfo | undefined): string {
  const { blocked } = (generator && mostBlocked(generator)) ?? { blocked: 0 };
  return dropped > 0 && blocked >= BLOCKED_LIMIT ? '; the network took no more' : '';
}

/** The first of those who do not get what they need; the section on consumers has them all. */
function consumerVerdicts(consumers: readonly ConsumerRow[]): Verdict[] {
  const sentence = consumers.map(consumerVerdict).find((text) => text !== undefined);
  return sentence === undefined ? [] : [{ color: 'yellow', sentence }];
}

function gateVerdicts(thresholds: readonly ThresholdRow[]): Verdict[] {
  const missed = thresholds.filter((row) => row.ok === false).length;
  const unmeasured = thresholds.filter((row) => row.ok === null).length;
  const of = amountOf(thresholds.length, 'threshold');
  return [
    ...(missed > 0 ? [{ color: 'red' as const, sentence: `${missed} of ${of} missed.` }] : []),
    ...(unmeasured > 0
      ? [
          {
            color: 'yellow' as const,
            sentence: `Inconclusive: ${unmeasured} of ${of} could not be measured.`,
          },
        ]
      : []),
  ];
}

/** Who reshards a stream under a load test should not be surprised by what the load then looks like. */
function outsideVerdict({ timeline = [] }: ReportDocument): Verdict[] {
  const changes = timeline.filter(({ cause }) => cause === 'outside').length;
  if (changes === 0) return [];
  const times = changes === 1 ? 'once' : `${count(changes)} times`;
  const sentence = `Somebody else changed the shards of the stream while it ran, ${times}: see WHAT CHANGED.`;
  return [{ color: 'yellow', sentence }];
}

/** A run of another scenario than the one that was asked for answers nothing about that one. */
function eventVerdict(document: ReportDocument): Verdict[] {
  const missing = eventsNotCarriedOut(document);
  if (missing === 0) return [];
  const { timeline = [] } = document;
  const of = amountOf(timeline.filter(({ cause }) => cause === 'timeline').length, 'timeline event');
  const sentence = `Inconclusive: ${count(missing)} of ${of} ${missing === 1 ? 'was' : 'were'} not carried out.`;
  return [{ color: 'yellow', sentence }];
}

function endedVerdict({ ended, target }: ReportDocument): Verdict[] {
  if (ended === undefined) return [];
  return [{ color: 'red', sentence: endedSentence(ended, target?.stream ?? '') }];
}

function partialVerdict({ partial, durationMs, scenario, merged }: ReportDocument): Verdict[] {
  if (partial === false || merged !== undefined) return [];
  const of = scenario ? ` of ${duration(scenario.durationMs)}` : '';
  const isWhole = scenario !== undefined && durationMs >= scenario.durationMs;
  if (partial === 'unfinished') {
    const covered = `${duration(durationMs)}${of}`;
    return [
      {
        color: 'yellow',
        sentence: `Partial report, written while the run went on: it covers the first ${covered}.`,
      },
    ];
  }
  return [
    {
      color: 'yellow',
      sentence: isWhole
        ? `The load came to its end, ${duration(durationMs)}, and ${partial === 'failed' ? 'had failed' : 'was interrupted'} by then: nothing of it is left out.`
        : `Partial report: ${partial} after ${duration(durationMs)}${of}. It covers that time only.`,
    },
  ];
}
