/** Runs `shardwise plan` as a user would, within the process. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../src/cli/context.ts';
import { planCommand } from '../../src/cli/plan.ts';
import { Refusal } from '../../src/model/refusal.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';

export interface Outcome {
  readonly out: string;
  readonly exit: number | undefined;
}

export async function plan(...args: string[]): Promise<Outcome> {
  const outcome = { out: '', exit: undefined as number | undefined };
  const context: Context = {
    out: (text) => (outcome.out += text),
    err: () => undefined,
    stderrIsTerminal: false,
    columns: 80,
    color: false,
    env: {},
    setExit: (code) => (outcome.exit = code),
  };
  await planCommand(context)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(args, { from: 'user' });
  return outcome;
}

export async function planJson(
  ...args: string[]
): Promise<Required<Pick<ReportDocument, 'plan'>> & ReportDocument> {
  const { out } = await plan(...args, '-f', 'json');
  return JSON.parse(out) as Required<Pick<ReportDocument, 'plan'>> & ReportDocument;
}

/** What a wrong question is answered with. */
export async function planRefusal(...args: string[]): Promise<Refusal> {
  try {
    await plan(...args);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error(`plan ${args.join(' ')} was not refused`);
}

export async function scenarioFile(text: string): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'shardwise-plan-')), 'scenario.yaml');
  await writeFile(path, text);
  return path;
}
