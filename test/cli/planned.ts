/** Runs `shardwise plan` as a user would, within the process. */
import { planCommand } from '../../src/cli/plan.ts';
import type { Refusal } from '../../src/model/refusal.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { fileOf, outcomeOf, refusalOf, type Outcome } from './outcome.ts';

export type { Outcome } from './outcome.ts';

export function plan(...args: string[]): Promise<Outcome> {
  return outcomeOf(planCommand, args);
}

export async function planJson(
  ...args: string[]
): Promise<Required<Pick<ReportDocument, 'plan'>> & ReportDocument> {
  const { out } = await plan(...args, '-f', 'json');
  return JSON.parse(out) as Required<Pick<ReportDocument, 'plan'>> & ReportDocument;
}

/** What a wrong question is answered with. */
export function planRefusal(...args: string[]): Promise<Refusal> {
  return refusalOf(plan(...args));
}

export function scenarioFile(text: string): Promise<string> {
  return Promise.resolve(fileOf(text));
}
