/**
 * How a load is sent: `--transport` and `--workers`.
 */
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { badInput } from '../model/refusal.ts';
import { TRANSPORT_NAMES, type TransportName } from '../run/send/transport.ts';
import { isKpl } from '../traffic/open-producer.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { shareOf, WHOLE } from '../traffic/split.ts';

export interface SendFlags {
  transport?: string;
  workers?: string;
}

export interface SendOptions {
  readonly transport: TransportName;
  /** Undefined: as many as the machine and the scenario allow. */
  readonly workers: number | undefined;
}

/** More threads than any machine has cores. */
const MOST_WORKERS = 256;

export function addSendFlags(command: Command): Command {
  return command
    .option(
      '--transport <name>',
      'sdk: the AWS SDK with our bodies; raw: our own requests, for less CPU; sdk-plain: the AWS SDK alone',
      'sdk',
    )
    .option('--workers <n>', 'threads that send (default: cores - 1, at least 1)');
}

/** @throws Refusal (exit 2) */
export function parseSendFlags({ transport = 'sdk', workers }: SendFlags): SendOptions {
  const name = TRANSPORT_NAMES.find((known) => known === transport);
  if (name === undefined) {
    throw badInput(
      `--transport: there is no transport "${transport}".`,
      `Use ${TRANSPORT_NAMES.join(', ')}.`,
    );
  }
  return { transport: name, workers: workers === undefined ? undefined : parseWorkers(workers) };
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!/^\d+$/.test(text) || workers < 1 || workers > MOST_WORKERS) {
    throw badInput(
      `--workers: "${text}" is no whole number from 1 to ${MOST_WORKERS}.`,
      'Write, for example, --workers 2, or leave it out.',
    );
  }
  return workers;
}

/**
 * Threads for a scenario: those asked for, else one less than there are cores. Each needs an in-flight slot of its own;
 * and one KPL is one process, so that more of them are to be asked for.
 * @throws Refusal (exit 2) where more are asked for than there are slots
 */
export function workersFor({ producer }: Scenario, asked: number | undefined, split = WHOLE): number {
  const inFlight = shareOf(producer.inFlight, split);
  if (asked !== undefined && asked > inFlight) {
    const part = split.count === 1 ? '' : ` on each of ${split.count} machines`;
    throw badInput(
      `--workers ${asked}: the scenario has ${inFlight} requests in flight at most${part}, and each worker needs one.`,
      `Raise producer.inFlight, or use --workers ${inFlight} or fewer.`,
    );
  }
  if (asked !== undefined) return asked;
  return isKpl(producer) ? 1 : Math.max(1, Math.min(availableParallelism() - 1, inFlight));
}
