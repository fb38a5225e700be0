/**
 * A plan's answer in its first lines: how many shards, which constraint asks for them, and where none will do, what
 * would.
 */
import type { HottestKey, PlanResult } from '../../results/plan-result.ts';
import { amountOf, count, percent, times } from '../figure.ts';
import { type Ink } from '../ink.ts';
import { quoteName } from '../name.ts';
import { labelled, wrap } from '../paragraph.ts';
import { bindingText } from './binding-text.ts';
import { MEANING, showFigures } from './constraint-text.ts';
import { headlinePrice } from './money-text.ts';
import { questionLines } from './question-text.ts';

export function answerLines(plan: PlanResult, ink: Ink, columns: number): string[] {
  const sentences = [...skewSentence(plan), ...safeSentence(plan)];
  return [
    ...wrap(showFigures(answer(plan)), columns).map((line) =>
      plan.reverse === undefined ? ink('bold', ink(plan.feasible ? 'green' : 'red', line)) : line,
    ),
    ...(plan.reverse === undefined ? questionLines(plan.input, columns) : []),
    ...doubtLines(plan, columns),
    ...sentences.flatMap((sentence) => wrap(showFigures(sentence), columns)),
    ...(plan.remedies ?? []).flatMap((remedy, i) =>
      labelled(i === 0 ? 'What helps' : '', showFigures(remedy), 12, columns),
    ),
  ];
}

/** Where it was asked what given shards carry, that is the answer, and this is beside it. */
function neededText(shards: number, reverse: PlanResult['reverse']): string {
  const amount = amountOf(shards, 'shard');
  return reverse === undefined ? amount : `This traffic needs ${amount}`;
}

/** `12 shards. hot-shard binds: several keys fall on the same shard.` */
function answer(plan: PlanResult): string {
  if (plan.shards !== null)
    return `${neededText(plan.shards, plan.reverse)}${headlinePrice(plan)}. ${bindingText(plan)}`;
  const { hottestKey: key, constraints, binding } = plan;
  if (binding === 'hot-key' && key !== null && !key.fits)
    return `No number of shards fits: ${nameOf(key)} alone ${excess(key)}.`;
  const formula = constraints.find(({ name }) => name === binding)?.formula;
  if (binding === 'quota') return `No plan within the quota: ${formula ?? ''}.${asksForMost(plan)}`;
  return `No number of shards fits. ${bindingText(plan)}`;
}

/** Of a plan beyond the quota: who it is that asks for so many. */
function asksForMost({ constraints, capacity }: PlanResult): string {
  if (capacity !== undefined && (capacity.shardsWanted ?? Infinity) <= capacity.shardQuota) return '';
  const most = constraints.reduce((a, b) => ((b.shards ?? 0) > (a.shards ?? 0) ? b : a));
  return ` ${most.name} asks for most: ${MEANING[most.name]}.`;
}

/** The assumption that the answer stands or falls with. */
function doubtLines({ assumptions, doubts = [] }: PlanResult, columns: number): string[] {
  return doubts[0] === 'high' ? wrap(`Doubt first: ${showFigures(assumptions[0])}`, columns) : [];
}

/** A key may fit on a shard, but for the room that is to be left free. */
function excess({ utilization }: HottestKey): string {
  return utilization > 1
    ? `is ${times(utilization)} what one shard takes`
    : `takes ${percent(utilization)} of one shard, which leaves less than the headroom`;
}

/** So much more than an even load would need is worth a sentence. */
const MUCH_MORE = 1.5;

/** Where keys that fall together ask for far more than the sums do: how much, and the way out. */
function skewSentence({ shards, capacity, hottestKey }: PlanResult): string[] {
  if (shards === null || capacity === undefined) return [];
  const { shardsIfEven } = capacity;
  if (shards <= shardsIfEven + 1 || shards < MUCH_MORE * shardsIfEven) return [];
  if (hottestKey?.crowds === true) {
    return [
      `If every shard carried the same, ${count(shardsIfEven)} would do. The heaviest key alone takes ` +
        `${percent(hottestKey.ofPlanned ?? 0)} of what is planned for a shard, so little fits beside it.`,
    ];
  }
  return [
    `If every shard carried the same, ${count(shardsIfEven)} would do: the rest is skew. More and finer partition keys (an ` +
      'order rather than a customer) bring the number down.',
  ];
}

/** Fitting is not monotone in the number of shards: say so where it matters. */
function safeSentence({ shards, shardsSafe, hottestShard }: PlanResult): string[] {
  if (shards === null || shardsSafe === shards) return [];
  const between = 'a larger count moves every boundary and can put heavy keys together again';
  if (shardsSafe === null) return [`Not every larger count fits, up to the quota: ${between}.`];
  const names = hottestShard?.placement === 'actual' ? ' for these names' : '';
  return [`From ${count(shardsSafe)} shards on every count fits${names}; between, not all do: ${between}.`];
}

function nameOf(key: HottestKey): string {
  return key.key === null ? 'one key' : quoteName(key.key, 40);
}
