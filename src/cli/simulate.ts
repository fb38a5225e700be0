/**
 * `shardwise simulate`: the scenario against the shard model in virtual time; nothing is sent.
 */
import { Command } from 'commander';
import { requireDuration } from '../model/quantity.ts';
import { badInput } from '../model/refusal.ts';
import type { FindingCode, ReportDocument } from '../results/report-document.ts';
import type { Threshold } from '../results/threshold.ts';
import type { Sweep } from '../simulate/sweep.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { Context, ExitCode } from './context.ts';
import {
  addGateFlags,
  exitCodeOf,
  parseGates,
  readScenario,
  refuseClosedLoop,
  type GateFlags,
} from './gates.ts';
import { addOutputFlags, emit, parseOutput, type OutputFlags } from './output.ts';
import { watchInterrupt } from './interrupt.ts';
import { progressLine } from './progress.ts';
import { watchOf, type LongWatch } from './simulate-watch.ts';
import { parseEngine, type Engine } from './engine-name.ts';
import type { Question } from './simulate-once.ts';

export interface SimulateFlags extends OutputFlags, GateFlags {
  serviceTime: string;
  sweep?: string;
  findMax?: string;
  engine?: string;
}

export function simulateCommand(context: Context): Command {
  const command = new Command('simulate')
    .description('the scenario against the shard model, in virtual time; nothing is sent')
    .argument('<scenario.yaml>', 'what to play; see scenarios/')
    .option('--service-time <duration>', "from a request's sending to its reply", '20ms')
    .option(
      '--sweep <field=from..to>',
      'the same at several values: shards=4..16, shards=4..64:4 (a step), rate=1000/s..20000/s, …:500/s (a step), …:10 (so many points)',
      once('--sweep'),
    )
    .option(
      '--find-max <expression>',
      'the largest rate, all sources scaled alike, that holds this: "throttledAttempts < 0.1%"; no higher than ' +
        "2 million records a simulation or 4 times the scenario's rate, whichever is more",
      once('--find-max'),
    )
    .option('--engine <name>', 'exact: every record; aggregate: counts per shard and tick; auto (default)')
    .action((file: string, flags: SimulateFlags) => simulate(file, flags, context));
  return addOutputFlags(addGateFlags(command));
}

/** A value that may be given once: of two, commander would forget the first without a word. */
function once(flag: string): (value: string, previous?: string) => string {
  return (value, previous) => {
    if (previous === undefined) return value;
    throw badInput(`${flag} is given twice.`, 'Run the command once for each.');
  };
}

async function simulate(file: string, flags: SimulateFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const gates = parseGates(flags);
  const engine = parseEngine(flags.engine ?? 'auto');
  const serviceUs = requireDuration(flags.serviceTime, '--service-time');
  refuseCombinations(flags);
  const { parseSweep } = await import('../simulate/sweep.ts');
  const { parseFindMax } = await import('./simulate-find-max.ts');
  const sweep = flags.sweep === undefined ? undefined : parseSweep(flags.sweep);
  const threshold = flags.findMax === undefined ? undefined : parseFindMax(flags.findMax);
  const scenario = await readScenario(file, gates);
  if (sweep?.field === 'rate') refuseClosedLoop(file, scenario, '--sweep rate');
  if (threshold !== undefined) refuseClosedLoop(file, scenario, '--find-max');
  refuseEndless(file, scenario, serviceUs);
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt();
  line.show(`simulating ${scenario.stream.shards} shards`);
  try {
    const question = { file, serviceUs, engine, failOn: gates.failOn };
    const watch = { signal: interrupt.signal, show: line.show };
    const { document, exit } = await answer(scenario, { sweep, threshold }, question, watch);
    line.clear();
    await emit(document, output, context);
    context.setExit(exit);
  } finally {
    line.clear();
    interrupt.release();
  }
}

interface Many {
  readonly sweep: Sweep | undefined;
  readonly threshold: Threshold | undefined;
}

/** One simulation, or the many of a sweep or a search. */
async function answer(
  scenario: Scenario,
  { sweep, threshold }: Many,
  question: Question & { readonly engine: Engine; readonly failOn: readonly FindingCode[] },
  watch: LongWatch,
): Promise<{ document: ReportDocument; exit: ExitCode }> {
  if (sweep !== undefined) {
    const { simulateSweep } = await import('./simulate-sweep.ts');
    return simulateSweep(scenario, sweep, question, watch);
  }
  if (threshold !== undefined) {
    const { simulateFindMax } = await import('./simulate-find-max.ts');
    const document = await simulateFindMax(scenario, threshold, question, watch);
    const noRate = document.maxRate?.holdsAtPerSec === null ? 3 : 0;
    return { document, exit: document.partial === 'interrupted' ? 130 : noRate };
  }
  const { simulateBy } = await import('./simulate-engine.ts');
  const document = await simulateBy(
    question.engine,
    scenario,
    question,
    watchOf(scenario, watch.signal, watch.show),
  );
  return { document, exit: exitCodeOf(document, question.failOn) };
}

/** Slots that get their replies at once would send without end. */
function refuseEndless(file: string, { producer }: Scenario, serviceUs: number): void {
  if (producer.loop !== 'closed' || serviceUs > 0) return;
  throw badInput(
    `--service-time: ${file} is a closed loop (producer.concurrency), whose pace is that of the replies.`,
    'Write for example --service-time 20ms.',
  );
}

/** Flags that would contradict each other, or be read and ignored. */
function refuseCombinations({ sweep, findMax, threshold, failOn, engine }: SimulateFlags): void {
  const many = sweep === undefined ? (findMax === undefined ? undefined : '--find-max') : '--sweep';
  if (many !== undefined && engine !== undefined) {
    throw badInput(
      `--engine and ${many} do not go together: many simulations are all played record by record.`,
      'Leave one of them out.',
    );
  }
  if (findMax === undefined) return;
  const other = [
    ['--sweep', sweep],
    ['--threshold', threshold],
    ['--fail-on', failOn],
  ].find(([, value]) => value !== undefined);
  if (other === undefined) return;
  throw badInput(
    `--find-max and ${String(other[0])} do not go together: a search holds one threshold and nothing else.`,
    'Leave one of them out.',
  );
}
