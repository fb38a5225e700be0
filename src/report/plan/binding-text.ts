/**
 * Which constraint decides, in words. Where several ask for the same count, one of them binds by rule, and the others
 * are named with it.
 */
import type { Constraint, ConstraintName, PlanResult } from '../../results/plan-result.ts';
import type { PlanReverse } from '../../results/plan-reverse.ts';
import { listed } from '../figure.ts';
import { MEANING } from './constraint-text.ts';

/** `write-bytes binds, and write-records asks for as many.`; nothing where nothing binds. */
export function bindingText({ binding, constraints, shards }: PlanResult): string {
  if (binding === null) return '';
  if (shards === 1) return 'Every constraint holds on one.';
  const own = ownOf(constraints, binding);
  const others = constraints.filter(
    ({ name, evaluated, shards: count }) => evaluated && name !== binding && count === own,
  );
  const names = others.map(({ name }) => name);
  if (own !== null) return sentenceOf(binding, names, ['asks for as many', 'ask for as many']);
  const neither = names.length === 0 ? '' : `; ${listed(names)} cannot be met either`;
  return `${binding} binds: ${MEANING[binding]}${neither}.`;
}

/** The same of the rate that so many shards carry. */
export function rateBindingText({ binding, perConstraint }: PlanReverse): string {
  if (binding === null) return '';
  const own = perConstraint.find(({ name }) => name === binding)?.ratePerSec;
  const others = perConstraint.filter(({ name, ratePerSec }) => name !== binding && ratePerSec === own);
  return sentenceOf(
    binding,
    others.map(({ name }) => name),
    ['allows no more', 'allow no more'],
  );
}

function ownOf(constraints: readonly Constraint[], binding: ConstraintName): number | null | undefined {
  return constraints.find(({ name }) => name === binding)?.shards;
}

function sentenceOf(
  binding: ConstraintName,
  others: readonly ConstraintName[],
  [one, several]: readonly string[],
): string {
  if (others.length === 0) return `${binding} binds: ${MEANING[binding]}.`;
  return `${binding} binds, and ${listed(others)} ${others.length === 1 ? one : several}.`;
}
