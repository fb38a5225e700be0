/**
 * Layouts cut between keys as text: beside equal ranges in a few lines, and the steps as commands in the long form.
 */
import type { LayoutStep } from '../../results/layout-step.ts';
import type { LayoutFigures, PlanLayouts } from '../../results/plan-layouts.ts';
import type { PlanResult } from '../../results/plan-result.ts';
import { amountOf, count, NBSP, percent } from '../figure.ts';
import { labelled } from '../paragraph.ts';

const MARGIN = 15;
/** The document has all of them. */
const MOST_COMMANDS = 12;

/** @param details with the commands */
export function layoutLines({ layouts }: PlanResult, columns: number, details: boolean): string[] {
  if (layouts === undefined) return [];
  const paragraphs = [...figureSentences(layouts), ...stepSentences(layouts, details)];
  return [
    '',
    ...paragraphs.flatMap((text, i) => labelled(i === 0 ? 'Layout' : '', text, MARGIN, columns)),
    ...(details ? commandLines(layouts.steps) : []),
  ];
}

function figureSentences(layouts: PlanLayouts): string[] {
  const { uniform, weighted, weightedSameCount: same, keysLeftOut } = layouts;
  const without =
    keysLeftOut === undefined
      ? ''
      : ` (both without the ${amountOf(keysLeftOut, 'key')} that no shard can carry)`;
  const equal =
    uniform === null
      ? noneText('Equal ranges')
      : `Equal ranges: ${figuresText(uniform)} of its limit${without}.`;
  if (weighted === null) return [equal, noneText('Cut between keys')];
  const even = same === null ? '' : ` On ${count(same.shards)}, cut evenly: ${percent(same.utilization)}.`;
  const few = layouts.savedShards === 0 ? 'no fewer' : `${figuresText(weighted)}${savedText(layouts)}`;
  return [equal, `Cut between keys: ${few}.${even}`];
}

function noneText(what: string): string {
  return `${what}: no count within the quota fits.`;
}

function figuresText({ shards, utilization }: LayoutFigures): string {
  return `${amountOf(shards, 'shard')}, the hottest at ${percent(utilization)}`;
}

function savedText({ savedShards, savedUsdPerMonth }: PlanLayouts): string {
  if (savedShards === null) return '';
  const usd =
    savedUsdPerMonth === undefined || savedUsdPerMonth === null
      ? ''
      : `, $${dollars(savedUsdPerMonth)} a month less`;
  return `: ${count(savedShards)} fewer${usd}`;
}

export function dollars(usd: number): string {
  return usd.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',');
}

/** What it takes, and what can undo it. */
function stepSentences({ steps, from, peakShards }: PlanLayouts, details: boolean): string[] {
  if (from === undefined || peakShards === undefined) return [];
  const which = from.today ? "today's" : 'a new stream of';
  const where = details
    ? `; ${count(peakShards)} are open at most on the way`
    : ` (--details${NBSP}lists them)`;
  return [
    `${amountOf(steps.length, 'split or merge', 'splits and merges')} from ${which} ${count(from.shards)} equal ` +
      `shards${where}. It fits these keys as counted: cut anew when they change. UpdateShardCount undoes it.`,
  ];
}

function commandLines(steps: readonly LayoutStep[]): string[] {
  if (steps.length === 0) return [];
  const more = steps.length - MOST_COMMANDS;
  return [
    '',
    'One after another, each when the stream is ACTIVE again (names as of a stream',
    'that was never resharded):',
    ...steps.slice(0, MOST_COMMANDS).flatMap(commandOf),
    ...(more > 0 ? [`  … and ${count(more)} more: -f json has them all.`] : []),
  ];
}

function commandOf(step: LayoutStep): string[] {
  if (step.kind === 'split')
    return [
      '  aws kinesis split-shard --stream-name NAME \\',
      `    --shard-to-split ${step.shardId} \\`,
      `    --new-starting-hash-key ${step.newStartingHashKey ?? ''}`,
    ];
  return [
    '  aws kinesis merge-shards --stream-name NAME \\',
    `    --shard-to-merge ${step.shardId} \\`,
    `    --adjacent-shard-to-merge ${step.adjacentShardId ?? ''}`,
  ];
}
