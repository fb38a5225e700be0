/**
 * `shardwise cleanup`: lists the streams and fan-out consumers that load tests have left behind, and deletes them with
 * --yes.
 */
import { Command } from 'commander';
import { formatDuration, parseDuration } from '../model/quantity.ts';
import { badInput, Refusal, worldFailure } from '../model/refusal.ts';
import { inkFor } from '../report/ink.ts';
import { showName } from '../report/name.ts';
import { tableLines } from '../report/table.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { Leftover } from '../run/aws/leftovers.ts';
import { makerOf } from '../run/aws/ownership.ts';
import { addAwsFlags, readAwsFlags, type AwsFlags } from './aws-flags.ts';
import type { Context } from './context.ts';

const KEPT =
  'Its runs may be under way: it is kept until its expiry. --older-than 0s takes it\nall the same.';

interface CleanupFlags extends AwsFlags {
  olderThan?: string;
  yes?: boolean;
}

export function cleanupCommand(context: Context): Command {
  const command = new Command('cleanup')
    .description('list, and with --yes delete, streams and consumers that load tests left behind')
    .option(
      '--older-than <time>',
      'all that was made longer ago (default: what is past its expiry, or whose run on this machine is gone)',
    )
    .option('--yes', 'delete what is listed as left over');
  return addAwsFlags(command).action((flags: CleanupFlags) => cleanup(flags, context));
}

function readOlderThan(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const us = parseDuration(text);
  if (us !== undefined) return us;
  throw badInput(
    `--older-than ${text} is not a duration.`,
    'Write a number with its unit, such as --older-than 2h; 0s is everything of ours.',
  );
}

/**
 * Whether something may go: made long enough ago, where an age was asked for; else past its expiry, or made by a process
 * of this machine that is no more.
 */
export function isLeftOver(
  { createdUs, expiresUs }: Pick<Leftover, 'createdUs' | 'expiresUs'>,
  olderThanUs: number | undefined,
  nowUs: number,
  maker: ReturnType<typeof makerOf>,
): boolean {
  if (olderThanUs !== undefined) return nowUs - createdUs >= olderThanUs;
  return nowUs > expiresUs || maker === 'gone';
}

async function cleanup(flags: CleanupFlags, context: Context): Promise<void> {
  const olderThanUs = readOlderThan(flags.olderThan);
  const { connect } = await import('../run/aws/connection.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const connection = await connect(readAwsFlags(flags));
  const interrupt = watchInterrupt();
  try {
    const found = await findAll(connection, interrupt.signal);
    const nowUs = epochClock();
    const chosen = found.filter((leftover) => isLeftOver(leftover, olderThanUs, nowUs, makerOf(leftover)));
    context.out(listText(found, chosen, connection.region, nowUs));
    if (flags.yes === true) await removeAll(connection, chosen, interrupt.signal, context);
    else if (chosen.length > 0)
      context.out('\nNothing was deleted. Add --yes to delete what is left over.\n');
    else if (found.length > 0) {
      context.out(`\n${KEPT}\n`);
    }
    if (interrupt.signal.aborted) context.setExit(130);
  } finally {
    interrupt.release();
    connection.close();
  }
}

async function findAll(connection: AwsConnection, signal: AbortSignal): Promise<Leftover[]> {
  const { findConsumers, findStreams, listStreams } = await import('../run/aws/leftovers.ts');
  const listed = await listStreams(connection);
  const streams = await findStreams(connection, listed);
  const own = new Set(streams.map(({ name }) => name));
  // Consumers of a stream of ours go with it.
  const others = listed.filter(({ name }) => !own.has(name));
  return [...streams, ...(await findConsumers(connection, others, signal))];
}

function listText(
  found: readonly Leftover[],
  chosen: readonly Leftover[],
  region: string,
  nowUs: number,
): string {
  if (found.length === 0) return `Nothing of shardwise's is left in ${showName(region)}.\n`;
  const columns = [{ title: 'kind' }, { title: 'name' }, { title: 'made, expiry' }, { title: 'state' }];
  const rows = found.map((leftover) => [
    leftover.kind,
    showName(leftover.streamName === undefined ? leftover.name : `${leftover.streamName}/${leftover.name}`),
    leftoverAge(leftover, nowUs),
    chosen.includes(leftover) ? 'left over' : 'kept',
  ]);
  return `What load tests made in ${showName(region)}:\n${tableLines(columns, rows, inkFor({ color: false })).join('\n')}\n`;
}

/** `made 3 h ago, expired`. */
export function leftoverAge(leftover: Leftover, nowUs: number): string {
  const { createdUs, expiresUs } = leftover;
  const age = `made ${wholeSpan(Math.max(0, nowUs - createdUs))} ago`;
  if (makerOf(leftover) === 'gone') return `${age}, its run is gone`;
  return nowUs > expiresUs ? `${age}, expired` : `${age}, expires in ${wholeSpan(expiresUs - nowUs)}`;
}

function wholeSpan(us: number): string {
  const unit = us < 60_000_000 ? 1_000_000 : 60_000_000;
  return formatDuration(Math.round(us / unit) * unit);
}

/** Deletes each, also after one has failed; exit 1 where one did. */
async function removeAll(
  connection: AwsConnection,
  chosen: readonly Leftover[],
  signal: AbortSignal,
  context: Context,
): Promise<void> {
  const { removeLeftover } = await import('../run/aws/leftovers.ts');
  let failed = 0;
  for (const leftover of chosen) {
    if (signal.aborted) break;
    try {
      await removeLeftover(connection, leftover);
      context.out(`deleted ${leftover.kind} ${showName(leftover.name)}\n`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed++;
      context.err(`${leftover.kind} ${showName(leftover.name)} was not deleted: ${error.what}\n`);
    }
  }
  if (failed > 0) throw worldFailure(`${failed} of ${chosen.length} could not be deleted.`, 'Run it again.');
}
