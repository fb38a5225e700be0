/**
 * `shardwise run`: the load test. Checks everything that was asked, then sends, then says what it saw.
 */
import { Command } from 'commander';
import { addTargetFlags, readTargetFlags, type TargetFlags } from './aws-flags.ts';
import type { FaultPlan } from '../local/faults/fault-rule.ts';
import { badInput } from '../model/refusal.ts';
import type { Context } from './context.ts';
import {
  addGateFlags,
  exitCodeOf,
  parseGates,
  readScenario,
  refuseAuto,
  refuseOutages,
  type GateFlags,
} from './gates.ts';
import { noticeOf } from './notice.ts';
import { addOutputFlags, addRedactFlag, emit, parseOutput, type Output, type OutputFlags } from './output.ts';
import { addSendFlags, parseSendFlags, workersFor, type SendFlags } from './run-flags.ts';
import {
  addWorkerFlags,
  checkPart,
  parseWorkerFlags,
  startTime,
  type WorkerFlags,
  type WorkerOptions,
} from './worker-flags.ts';

export interface RunFlags extends OutputFlags, GateFlags, SendFlags, TargetFlags, WorkerFlags {
  faults?: string;
}

export function runCommand(context: Context): Command {
  const command = new Command('run')
    .description('the load test: sends the scenario to an embedded local endpoint, or to a real stream')
    .argument('<scenario.yaml>', 'what to send; see scenarios/')
    .action((file: string, flags: RunFlags) => run(file, flags, context));
  const told = addRedactFlag(addOutputFlags(addGateFlags(addSendFlags(command))));
  return addTargetFlags(addWorkerFlags(told)).option(
    '--faults <file>',
    'local: what goes wrong, and how often (docs/local.md), from the first put on',
  );
}

async function run(file: string, flags: RunFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const gates = parseGates(flags);
  const { transport, workers: asked } = parseSendFlags(flags);
  const aws = readTargetFlags(flags);
  const machine = parseWorkerFlags(flags, context.env, Date.now() * 1000);
  refuseRedactedPart(output, machine);
  const scenario = await readScenario(file, gates);
  checkPart(machine, aws, scenario, gates);
  const faults = await faultsOf(flags, aws !== undefined);
  const workers = workersFor(scenario, asked, machine.split);
  if (aws !== undefined) {
    refuseOutages(file, scenario);
    const { runOnAws } = await import('./run-aws.ts');
    await runOnAws({ file, scenario, options: aws, gates, output, transport, workers, machine }, context);
    return;
  }
  refuseAuto(file, scenario);
  const { progressLine } = await import('./progress.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const { runLocalLoad } = await import('../run/local-load.ts');
  const { noiseMargin } = await import('../advice/verdict.ts');
  const { runReport } = await import('./run-report.ts');
  const { progressText } = await import('./run-progress.ts');
  const { keptSentence, partialReport } = await import('./partial-report.ts');
  const line = progressLine(context, output.quiet);
  const interrupt = watchInterrupt(undefined, () => keptSentence(output));
  let place = { streamName: '', endpoint: '', transport };
  const partial = await partialReport(output, (view) => runReport(file, scenario, place, view), context);
  const show = progressText(scenario, line.show);
  line.show(`starting the local endpoint: ${scenario.stream.shards} shards`);
  try {
    const load = await runLocalLoad({
      scenario,
      z: noiseMargin(scenario.stream.shards),
      transport,
      workers,
      signal: interrupt.signal,
      reconcile: flags.reconcile ?? true,
      faults,
      say: noticeOf(context, line, output.quiet),
      startAt: startTime(machine, line.show),
      onOpen: (target) => (place = { ...place, ...target }),
      onSecond: (view) => {
        show(view);
        partial.note(view);
      },
    });
    line.clear();
    const document = runReport(file, scenario, place, load);
    await emit(document, output, context);
    await partial.remove();
    context.setExit(exitCodeOf(document, gates.failOn));
  } finally {
    line.clear();
    await partial.settle();
    interrupt.release();
  }
}

/** Merging parts needs their keys. */
function refuseRedactedPart({ redactKeys = false }: Output, { split }: WorkerOptions): void {
  if (!redactKeys || split === undefined) return;
  throw badInput(
    '--redact-keys is not for the report of one machine of several: merge adds its keys up by their names.',
    'Leave it out here; keep the parts to yourself.',
  );
}

/** @throws Refusal (exit 2) where the file is wrong, or there is no endpoint of ours to have faults */
async function faultsOf({ faults }: RunFlags, isAws: boolean): Promise<FaultPlan | undefined> {
  if (faults === undefined) return undefined;
  if (isAws) {
    throw badInput(
      '--faults is for the embedded endpoint, and this run is on AWS.',
      'Leave it out, or use "shardwise local --faults" as the --endpoint-url.',
    );
  }
  const { readFaults } = await import('./local-wire.ts');
  return readFaults(faults);
}
