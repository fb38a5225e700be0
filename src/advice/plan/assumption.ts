/**
 * What a plan takes for granted, and how much each statement is worth doubting: a reader who has time for one looks at
 * the first.
 */
import type { Doubt, PlanResult } from '../../results/plan-result.ts';

export interface Assumption {
  readonly text: string;
  /** `high`: if it is wrong, the answer is wrong. `some`: it moves the answer. `little`: it hardly matters. */
  readonly doubt: Doubt;
}

const ORDER: readonly Doubt[] = ['high', 'some', 'little'];

/** The two columns of the document, most worth doubting first; within one level the order stays. */
export function assumptionColumns(
  assumptions: readonly Assumption[],
): Required<Pick<PlanResult, 'assumptions' | 'doubts'>> {
  const sorted = ORDER.flatMap((doubt) => assumptions.filter((assumption) => assumption.doubt === doubt));
  return { assumptions: sorted.map(({ text }) => text), doubts: sorted.map(({ doubt }) => doubt) };
}

/** The same result with further assumptions, put in at their places. */
export function withAssumptions<Result extends PlanResult>(
  result: Result,
  further: readonly Assumption[],
): Result {
  const known = result.assumptions.map((text, i) => ({ text, doubt: result.doubts?.[i] ?? 'some' }));
  return { ...result, ...assumptionColumns([...known, ...further]) };
}
