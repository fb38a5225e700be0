/**
 * `shardwise run`: the load test. Checks everything that was asked, then sends, then says what it saw.
 */
import { Command } from 'commander';
import { badInput } from '../model/refusal.ts';
import { FINDING_CODES, type FindingCode, type ReportDocument } from '../results/report-document.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Context, ExitCode } from './context.ts';
import { addOutputFlags, emit, parseOutput, type OutputFlags } from './output.ts';

export interface RunFlags extends OutputFlags {
  target?: string;
  seed?: string;
  threshold?: string[];
  failOn?: string;
}

export interface RunOptions {
  readonly seed: number | undefined;
  readonly thresholds: readonly string[];
  readonly failOn: readonly FindingCode[];
}

export function runCommand(context: Context): Command {
  const command = new Command('run')
    .description('the load test: sends the scenario to an embedded local endpoint with the limits of Kinesis')
    .argument('<scenario.yaml>', 'what to send; see scenarios/')
    .option('--target <target>', 'local: the embedded endpoint', 'local')
    .option('--seed <n>', "replaces the scenario's seed")
    .option('--threshold <expression>', 'a gate, as "latency.p99 < 200ms"; repeatable', collect)
    .option('--fail-on <codes>', 'exit 3 on any of these findings, as HOT_KEY,HOT_SHARD')
    .action((file: string, flags: RunFlags) => run(file, flags, context));
  return addOutputFlags(command);
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** Flags that stand on their own, checked before any file is read. */
export function parseRunFlags(flags: RunFlags): RunOptions {
  if (flags.target !== undefined && flags.target !== 'local') {
    const what =
      flags.target === 'aws' ? 'sending to AWS is not built yet' : `there is no target "${flags.target}"`;
    throw badInput(`--target: ${what}.`, 'Leave it out, or use --target local.');
  }
  return {
    seed: flags.seed === undefined ? undefined : parseSeed(flags.seed),
    thresholds: flags.threshold ?? [],
    failOn: parseFailOn(flags.failOn),
  };
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw badInput(
      `--seed: "${text}" is no whole number from 0 to 2^53 - 1.`,
      'Write, for example, --seed 42.',
    );
  }
  return seed;
}

function parseFailOn(text: string | undefined): FindingCode[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const code = FINDING_CODES.find((known) => known === part.trim());
    if (code === undefined) {
      throw badInput(`--fail-on: there is no finding "${part.trim()}".`, `Use ${FINDING_CODES.join(', ')}.`);
    }
    return code;
  });
}

async function run(file: string, flags: RunFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const options = parseRunFlags(flags);
  const scenario = await readScenario(file, options);
  const { progressLine } = await import('./progress.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { runLocalLoad } = await import('../run/local-load.ts');
  const { noiseMargin } = await import('../advice/verdict.ts');
  const { runReport } = await import('./run-report.ts');
  const { progressText } = await import('./run-progress.ts');
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt();
  line.show(`starting the local endpoint: ${scenario.stream.shards} shards`);
  try {
    const load = await runLocalLoad({
      scenario,
      z: noiseMargin(scenario.stream.shards),
      signal: interrupt.signal,
      onProgress: progressText(scenario, line.show),
    });
    line.clear();
    const document = runReport(file, scenario, load);
    await emit(document, output, context);
    context.setExit(exitCodeOf(document, options.failOn));
  } finally {
    line.clear();
    interrupt.release();
  }
}

async function readScenario(file: string, options: RunOptions): Promise<Scenario> {
  const { readTextFile } = await import('../run/files/text-file.ts');
  const { parseScenario } = await import('../traffic/scenario-file.ts');
  const { parseThreshold } = await import('../results/threshold.ts');
  const scenario = parseScenario(await readTextFile(file), file);
  if (scenario.consumers.length > 0) {
    throw badInput(
      `${file}: consumers: this version of run has no consumers.`,
      'Remove them; plan counts them without a load test.',
    );
  }
  scenario.thresholds.forEach((expression, i) => parseThreshold(expression, `${file}: thresholds[${i}]`));
  for (const expression of options.thresholds) parseThreshold(expression, '--threshold');
  return {
    ...scenario,
    seed: options.seed ?? scenario.seed,
    thresholds: [...scenario.thresholds, ...options.thresholds],
  };
}

/** Interface, exit codes: the first that holds of 130, 1, 4, 3 and 0; 2 is behind us. */
export function exitCodeOf(document: ReportDocument, failOn: readonly FindingCode[]): ExitCode {
  const { partial, totals, thresholds = [], findings = [], generator } = document;
  if (partial === 'interrupted') return 130;
  if (partial === 'failed' || (totals !== undefined && totals.accepted === 0 && totals.failed > 0)) return 1;
  if (generator?.valid === false || thresholds.some((row) => row.ok === null)) return 4;
  if (thresholds.some((row) => row.ok === false)) return 3;
  return findings.some((finding) => failOn.includes(finding.code)) ? 3 : 0;
}
