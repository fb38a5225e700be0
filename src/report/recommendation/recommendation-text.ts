/**
 * A recommendation as text for a terminal: the verdict and its reasons first, then the layouts side by side, the steps,
 * and what could be done instead.
 */
import type {
  LayoutForecast,
  LayoutRange,
  RecommendationDocument,
  UnfitKey,
  WayOut,
} from '../../results/recommendation-document.ts';
import { amountOf, count, duration, listed, NBSP, percent } from '../figure.ts';
import { inkFor, type Color } from '../ink.ts';
import { quoteName, showMessage } from '../name.ts';
import { finish, labelled, pageWidth, wrap } from '../paragraph.ts';

import type { Style } from '../render.ts';
import { layoutChangeLines } from './layout-change-table.ts';
import { actionWords, stepKinds, verdictWords } from './headline.ts';
import { percents, reasonWords } from './reason-words.ts';
import { throttlingLines } from './throttling-text.ts';
import { momentText } from '../diagnosis/diagnosis-words.ts';
import { evidenceLines } from '../diagnosis/evidence-text.ts';
import { alternativeLines, costText } from './cost-text.ts';
import { commandLines } from './step-commands.ts';

const MARGIN = 15;

const COLORS = {
  UNDER_PROVISIONED: 'red',
  RIGHT_SIZED: 'green',
  OVER_PROVISIONED: 'yellow',
  UNDECIDED: 'yellow',
} as const satisfies Record<RecommendationDocument['verdict'], Color>;

/** At most 80 columns; the same document and style give the same text. */
export function renderRecommendationText(document: RecommendationDocument, style: Style): string {
  const ink = inkFor(style);
  const columns = pageWidth(style.columns);
  const details = style.details ?? false;
  const { verdict, reasons, steps, targetLayout } = document;
  const headline = wrap(showMessage(`${verdict}: ${verdictWords(document)}`), columns);
  return finish([
    ink(COLORS[verdict], headline[0]),
    ...headline.slice(1),
    ...wrap(showMessage(actionWords(document)), columns),
    '',
    ...reasons.flatMap((reason, i) =>
      labelled(
        i === 0 ? 'Why' : '',
        showMessage(reasonWords(reason, document.lastChangeMs, document.planning.burstFactor)),
        MARGIN,
        columns,
      ),
    ),
    ...judgedLines(document, columns),
    ...subjectLines(document, columns),
    '',
    ...labelled('Planned with', planningText(document), MARGIN, columns),
    ...basisLines(document, columns),
    ...(targetLayout.length === 0 ? [] : ['', ...layoutChangeLines(document, ink, details)]),
    '',
    ...throttlingLines(document, MARGIN, columns),
    ...changeLines(document, columns),
    ...hotKeyLines(document, columns),
    ...wayLines(document, columns),
    ...alternativeLines(document, columns),
    ...ownerLines(document, columns),
    '',
    ...evidenceLines(document.evidence, columns),
    ...(steps.length === 0 ? [] : ['', ...commandLines(steps, document.target, details)]),
  ]);
}

/** Steps that may still grow are not judged. */
function judgedLines({ evidence, reasons }: RecommendationDocument, columns: number): string[] {
  const { incompleteSteps: left, fromMs, stepMs, steps } = evidence;
  if (left === 0 || steps === 0) return [];
  const untilMs = Math.floor(fromMs / stepMs) * stepMs + (steps - left) * stepMs;
  const since = reasons.find(({ code }) => code === 'since-change');
  const from = since?.code === 'since-change' ? ` from ${momentText(since.sinceMs)}` : '';
  const text =
    `Steps${from} up to ${momentText(untilMs)}; the newest ${left === 1 ? 'one is' : `${count(left)} are`} not complete and ` +
    'not judged, but for whether anything throttled in them.';
  return labelled('Judged', text, MARGIN, columns);
}

function subjectLines({ target, lastChangeMs }: RecommendationDocument, columns: number): string[] {
  const changed = lastChangeMs === null ? '' : `. Its layout last changed by ${momentText(lastChangeMs)}.`;
  const text = `${target.stream} in ${target.region}${changed}`;
  return ['', ...labelled('Stream', showMessage(text), MARGIN, columns)];
}

function planningText({ planning }: RecommendationDocument): string {
  const { burstFactor: burst, headroom, deadBand } = planning;
  const factor =
    burst.records === burst.bytes ? String(burst.records) : `${burst.records} (bytes ${burst.bytes})`;
  const origin = {
    measured:
      `measured, p99 of ${count(burst.seconds ?? 0)} sampled seconds over the means of their busy minutes` +
      (burst.cappedFrom === undefined ? '' : `; taken for ${burst.cappedFrom} no further than this`),
    given: 'given',
    default: `assumed: ${unmeasuredText(burst)}`,
  }[burst.origin];
  return (
    `Loads are one-minute means times a burst factor of ${factor} (${origin}), over a shard's limits; ` +
    `${percent(headroom)} of these stay free. What is cut or merged is held to ${percent(deadBand)} of the rest, so that ` +
    'it is not undone tomorrow.'
  );
}

/** Why a burst factor was not measured, also where records were read. */
function unmeasuredText({ sampled }: RecommendationDocument['planning']['burstFactor']): string {
  if (sampled === undefined) return 'no seconds were sampled';
  const seconds = `${amountOf(sampled.seconds, 'second')} of shards were sampled`;
  return sampled.minutes === 0
    ? `${seconds}, and no whole minute among them`
    : `${seconds}, and too few of the ${amountOf(sampled.minutes, 'whole minute')} among them were busy throughout and below the limit`;
}

/** Where single shards' loads do not come from their own metrics. */
function basisLines({ shardLoads }: RecommendationDocument, columns: number): string[] {
  const { metrics, sampled, unknown, seconds, moments, full } = shardLoads;
  if (sampled === 0 && unknown === 0) return [];
  const lines = metrics === 0 ? [] : [`${amountOf(metrics, 'shard')} by their own metrics.`];
  if (sampled > 0)
    lines.push(
      `${amountOf(sampled, 'shard')} by records read: ${duration(Math.round(seconds * 1000))} of each at least, ` +
        `${moments === 1 ? 'once' : `at ${count(moments)} times`}. A shard's part of what was read then is taken for its part of the stream's load in ` +
        'every minute, which only shard metrics would show; ranges are three standard errors, and retries or not.',
    );
  if (full.length > 0)
    lines.push(
      `What throttled is counted to ${listed(full.slice(0, 4))}${full.length > 4 ? ` and ${count(full.length - 4)} more` : ''}, ` +
        'at the limit when read: records that are read are the accepted ones, so more of it is offered than was seen.',
    );
  if (unknown > 0)
    lines.push(
      `${amountOf(unknown, 'shard')} unknown: each carries at most what the ${sampled + metrics > 0 ? 'others leave of the stream' : "stream's metrics sum up to"}.`,
    );
  return lines.flatMap((text, i) => labelled(i === 0 ? 'Shard loads' : '', text, MARGIN, columns));
}

function changeLines(document: RecommendationDocument, columns: number): string[] {
  const { steps, before, after, estimate, peakShards, leastShards } = document;
  if (steps.length === 0)
    return labelled('Steps', `None. ${amountOf(before.shards, 'shard')} stay.`, MARGIN, columns);
  const least =
    leastShards === null || leastShards >= after.shards || document.throttling?.throttledAttempts === 0
      ? ''
      : ` If all that throttled were retries, ${count(leastShards)} would do; planned for the most that it can be.`;
  return [
    ...labelled(
      'Steps',
      `${stepKinds(steps)}: ${count(before.shards)} shards become ${count(after.shards)}, ${count(peakShards)} at most on ` +
        `the way. About ${duration(estimate.seconds * 1000)} (${amountOf(steps.length, 'step')} x ` +
        `${estimate.secondsPerStep}${NBSP}s one after another, a rule of the community; AWS promises nothing).${least}`,
      MARGIN,
      columns,
    ),
    ...labelled(
      'Hottest shard',
      `${hottestText(before, document.layout)} of its limit before, ` +
        `${hottestText(after, document.targetLayout)} after.${spreadText(document)}`,
      MARGIN,
      columns,
    ),
    ...labelled('Cost', costText(document), MARGIN, columns),
    ...labelled(
      'Template',
      document.owners.some(({ kind }) => kind !== 'autoscaler')
        ? `The template that owns the stream must say ${amountOf(after.shards, 'open shard')} from now on.`
        : `If a template owns the stream (no tag shows one), it must say ${amountOf(after.shards, 'open shard')} from now on.`,
      MARGIN,
      columns,
    ),
  ];
}

function hottestText({ hottest }: LayoutForecast, layout: readonly LayoutRange[]): string {
  if (hottest === null) return 'unknown';
  if (!layout.some(({ basis }) => basis === 'stream')) return percents(hottest);
  return `unknown (at most ${percent(hottest.upper)})`;
}

/** Why the upper end of the hottest shard stays above the limit beside a replay in which nothing throttles. */
function spreadText({ after, reasons }: RecommendationDocument): string {
  const isBlind = reasons.some(({ code }) => code === 'cut-blindly');
  if (!isBlind || after.hottest === null || after.hottest.upper <= after.hottest.lower) return '';
  return (
    ' The lower end: the load of a shard that is cut divides evenly, as in the replay. The upper: all of it stays on one ' +
    'side, as a single key would; then the cut helps nothing, nor does it harm.'
  );
}

function hotKeyLines(document: RecommendationDocument, columns: number): string[] {
  const { hotKeys, planning } = document;
  const room = percent(1 - planning.headroom);
  return hotKeys.flatMap((hot, i) =>
    labelled(
      i === 0 ? 'Hot key' : '',
      `${quoteName(hot.key, 40)} on ${hot.shardId} is ${percents(hot.utilization)} of a shard's limit by itself` +
        `${fitText(hot, room)} ${aloneText(hot, document)} Salts: ${saltText(hot.salts)}.`,
      MARGIN,
      columns,
    ),
  );
}

function fitText({ fits, planned }: UnfitKey, room: string): string {
  switch (fits) {
    case 'nowhere':
      return ': it fits nowhere.';
    case 'no-headroom':
      return `: it fits on a shard of its own only, and without the headroom (${room} is planned for).`;
    case 'busy-seconds':
      return (
        `, ${percents(planned)} with the burst factor: above the ${room} that is planned for` +
        (planned.upper > 1 ? ', and perhaps above the limit.' : ', below the limit, so it need not throttle.')
      );
  }
}

/** A part of a shard's load that is as good as all of it. */
const NEARLY_ALL = 0.85;

/** Whichever shard has it is at least as full as that. */
function aloneText({ shardId, shardIdAfter, planned }: UnfitKey, document: RecommendationDocument): string {
  const no = 'No cut lowers it: a split moves a key whole. Only fewer records with this key do.';
  const after = document.targetLayout.find((range) => range.shardId === shardIdAfter)?.utilization;
  if (shardIdAfter === shardId || after === undefined || after === null) return no;
  const isAlone = planned.upper >= NEARLY_ALL * after.upper;
  return `After the steps it is on ${shardIdAfter}, at ${percents(after)}${isAlone ? ', which is this key alone' : ''}. ${no}`;
}

function saltText({ random, chosen }: RecommendationDocument['hotKeys'][number]['salts']): string {
  if (chosen === null) return 'none do beside the rest of the load; more shards first';
  const byChance =
    random === null ? 'no number with random names' : `${count(random)} with random names (95 % sure)`;
  return `${count(chosen)} where each is chosen for a shard of its own, ${byChance}`;
}

function wayLines({ ways }: RecommendationDocument, columns: number): string[] {
  return ways.flatMap((way, i) =>
    labelled(i === 0 ? 'What helps' : '', showMessage(wayText(way)), MARGIN, columns),
  );
}

function wayText(way: WayOut): string {
  switch (way.code) {
    case 'salt-key':
      return `Write ${quoteName(way.key, 40)} as several keys (key#0, key#1, …), as many as above; readers join them again.`;
    case 'aggregate':
      return 'Aggregate records (KPL), where records and not bytes are the limit: a thousand fit into one.';
    case 'auto-distribution':
      return (
        'Let the service spread records and ignore keys (RecordDistributionStrategy AUTO), where order does not matter' +
        (way.needsOnDemand ? '; it needs on-demand capacity.' : '.')
      );
    case 'warm-throughput':
      return (
        `Warm throughput (UpdateStreamWarmThroughput, On-demand Advantage) of ${count(way.mibPerSec)}${NBSP}MiB/s (1,000 records/s count as one): twice ` +
        'the busiest step of the window, and ready before the next peak.'
      );
    case 'own-shards':
      return (
        'Provisioned mode, with cuts at keys: a switch of mode keeps ' +
        `${amountOf(way.shards, 'shard')}, twice in 24${NBSP}h at most.`
      );
  }
}

const OWNERS = {
  cloudformation: 'CloudFormation owns this stream',
  terraform: 'Terraform seems to own this stream',
  autoscaler: 'an autoscaler seems to keep its shards',
} as const;

function ownerLines({ owners, after, steps }: RecommendationDocument, columns: number): string[] {
  if (owners.length === 0 || steps.length === 0) return [];
  return owners.flatMap(({ kind, tag, value }, i) =>
    labelled(
      i === 0 ? 'Warning' : '',
      showMessage(
        `By the tag ${tag}=${value} ${OWNERS[kind]}: ` +
          (kind === 'autoscaler'
            ? 'it would undo the steps. Stop it first.'
            : `its next change puts the old number back, unless it says ${count(after.shards)} first.`),
      ),
      MARGIN,
      columns,
    ),
  );
}
