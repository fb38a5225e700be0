/**
 * `shardwise simulate --sweep`: the scenario at several values of one field, as one report with a point for each.
 */
import { formatCount, formatNumber } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import type { SweepPoint } from '../results/many-simulations.ts';
import type { FindingCode, ReportDocument } from '../results/report-document.ts';
import { checkSweep, sweptScenario, type Sweep } from '../simulate/sweep.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { ExitCode } from './context.ts';
import { exitCodeOf } from './gates.ts';
import { watchOf, type LongWatch } from './simulate-watch.ts';
import { simulateOnce, utilizationMaxOf, withoutCounts, type Question } from './simulate-once.ts';
import type { SimulatedDocument } from './simulation-report.ts';

export interface SweepOutcome {
  readonly document: ReportDocument;
  /** The best of the points: 0 where some value holds every gate. */
  readonly exit: ExitCode;
}

/** Interrupted, it has the points that were played to their end. */
export async function simulateSweep(
  scenario: Scenario,
  sweep: Sweep,
  question: Question & { readonly failOn: readonly FindingCode[] },
  { signal, show }: LongWatch,
): Promise<SweepOutcome> {
  const { field, values } = sweep;
  checkSweep(sweep, scenario);
  const points: SweepPoint[] = [];
  let exit: ExitCode = 4;
  let shared: ReportDocument | undefined;
  for (const value of values) {
    const which = `${field} ${formatCount(value)}: simulation ${points.length + 1} of ${values.length}`;
    const variant = `${field}=${formatCount(value)}`;
    const swept = sweptScenario(scenario, field, value);
    const document = await simulateOnce(swept, { ...question, variant }, watchOf(swept, signal, show, which));
    if (document.partial !== false) {
      shared = { ...(shared ?? withoutCounts(document, scenario)), partial: document.partial };
      exit = 130;
      break;
    }
    points.push(pointOf(document, value));
    const code = exitCodeOf(document, question.failOn);
    if (code < exit) exit = code;
    shared ??= withoutCounts(document, scenario);
  }
  if (shared === undefined) throw new Error('a sweep without values');
  const isWhole = points.length === values.length;
  if (isWhole && points.every(({ totals }) => totals.offered === 0))
    throw nothingDue(scenario, points.length);
  return { document: { ...shared, sweep: { field, points } }, exit };
}

function nothingDue({ durationUs }: Scenario, points: number): Error {
  const seconds = formatNumber(durationUs / 1_000_000);
  return badInput(
    `--sweep: at none of the ${points} points does a record fall due within the scenario's duration, ${seconds} s.`,
    'Write a higher rate or a longer duration.',
  );
}

function pointOf(document: SimulatedDocument, value: number): SweepPoint {
  const { totals, findings, thresholds } = document;
  return { value, totals, utilizationMax: utilizationMaxOf(document), findings, thresholds };
}
