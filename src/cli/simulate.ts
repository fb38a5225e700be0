/**
 * `shardwise simulate`: the scenario against the shard model in virtual time; nothing is sent.
 */
import { Command } from 'commander';
import { requireDuration } from '../model/quantity.ts';
import type { Context } from './context.ts';
import {
  addGateFlags,
  exitCodeOf,
  parseGates,
  readScenario,
  refuseConsumers,
  type GateFlags,
} from './gates.ts';
import { addOutputFlags, emit, parseOutput, type OutputFlags } from './output.ts';

export interface SimulateFlags extends OutputFlags, GateFlags {
  serviceTime: string;
}

export function simulateCommand(context: Context): Command {
  const command = new Command('simulate')
    .description('the scenario against the shard model, in virtual time; nothing is sent')
    .argument('<scenario.yaml>', 'what to play; see scenarios/')
    .option('--service-time <duration>', "from a request's sending to its reply", '20ms')
    .action((file: string, flags: SimulateFlags) => simulate(file, flags, context));
  return addOutputFlags(addGateFlags(command));
}

async function simulate(file: string, flags: SimulateFlags, context: Context): Promise<void> {
  const output = parseOutput(flags);
  const gates = parseGates(flags);
  const serviceUs = requireDuration(flags.serviceTime, '--service-time');
  const scenario = await readScenario(file, gates);
  refuseConsumers(file, scenario, 'simulate');
  const { simulateExactly } = await import('../simulate/exact.ts');
  const { noiseMargin } = await import('../advice/verdict.ts');
  const { simulationReport } = await import('./simulation-report.ts');
  const simulation = simulateExactly(scenario, { serviceUs, z: noiseMargin(scenario.stream.shards) });
  const document = simulationReport(file, scenario, simulation, serviceUs);
  await emit(document, output, context);
  context.setExit(exitCodeOf(document, gates.failOn));
}
