/**
 * `shardwise apply`: carries out the steps of a recommendation. A dry run without --yes; killed at any moment and called
 * again, it goes on from what the stream shows.
 */
import { existsSync as isThere } from 'node:fs';
import { Command } from 'commander';
import { badInput, Refusal } from '../model/refusal.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import type { LayoutTrail } from '../results/layout-trail.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import { addAwsFlags, readAwsFlags, type AwsFlags } from './aws-flags.ts';
import type { Context } from './context.ts';
import type { Interrupt, LastAct } from './interrupt.ts';
import { readSteps, streamOf, type AppliedStream } from './apply-file.ts';
import { ApplyProgress } from './apply-progress.ts';
import { applyEnding } from './apply-ending.ts';
import { pageWidth } from '../report/paragraph.ts';
import { progressLine } from './progress.ts';

interface ApplyFlags extends AwsFlags {
  yes?: boolean;
  maxSteps?: string;
  stopIf?: string;
  journal?: string;
  quiet?: boolean;
}

export function applyCommand(context: Context): Command {
  const command = new Command('apply')
    .description('carry out the splits and merges of a recommendation, one by one')
    .argument('<steps.json>', 'a recommendation saved with -o FILE.json')
    .option('--yes', 'do it; without it, only what would be done is printed')
    .option('--max-steps <n>', 'take at most so many steps this time')
    .option(
      '--stop-if <expression>',
      'asked before each step, of the last 5 minutes: "throttledAttempts > 20%", above what throttles now',
    )
    .option('--journal <file>', 'where each step is written down (default: steps.json.journal)')
    .option('--quiet', 'no progress on stderr');
  return addAwsFlags(command).action((file: string, flags: ApplyFlags) => apply(file, flags, context));
}

/** Whatever is under way goes on by itself, and the stream shows it. */
const LAST_ACT: LastAct = {
  ended:
    'Ended at once. A step that was begun is still finished by the stream.\nThe same command goes on from what the stream shows.',
  isReported: () => false,
  act: () => Promise.resolve(''),
  cutOff: () => '',
};

interface ApplyOptions {
  readonly file: string;
  readonly document: RecommendationDocument;
  readonly trail: LayoutTrail;
  readonly stream: AppliedStream;
  readonly maxSteps: number;
  readonly stopIf: string | undefined;
  readonly journal: string;
  readonly quiet: boolean;
  readonly yes: boolean;
}

async function apply(file: string, flags: ApplyFlags, context: Context): Promise<void> {
  const aws = readAwsFlags(flags);
  const maxSteps = readMaxSteps(flags.maxSteps);
  const { checkStopExpression } = await import('../run/apply/stop-gate.ts');
  const stopIf = flags.stopIf === undefined ? undefined : checkStopExpression(flags.stopIf);
  const { document, trail } = await readSteps(file);
  const stream = streamOf(document, aws, file);
  const options: ApplyOptions = {
    ...{ file, document, trail, stream, maxSteps, stopIf },
    journal: flags.journal ?? `${file}.journal`,
    quiet: flags.quiet ?? false,
    yes: flags.yes ?? false,
  };
  const { connect } = await import('../run/aws/connection.ts');
  const { watchInterrupt } = await import('./interrupt.ts');
  const connection = await connect(stream.aws, stream.name);
  const interrupt = watchInterrupt(LAST_ACT);
  try {
    const found = await inspect(connection, options, interrupt, context);
    if (found === undefined || interrupt.signal.aborted) context.setExit(130);
    else if (found.isTooTight) context.setExit(3);
    else if (!options.yes) {
      if (found.position < trail.length)
        context.out('\nNothing was changed: this is a dry run. Add --yes to do it.\n');
    } else if (found.position < trail.length || isThere(options.journal))
      await carryOut(connection, options, found.position, interrupt, context);
  } finally {
    interrupt.release();
    connection.close();
  }
}

function readMaxSteps(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw badInput(`--max-steps ${text} is not a whole number above 0.`, 'Write for example --max-steps 1.');
}

/** What the stream shows, before anything is done. */
interface Found {
  /** Steps that are done. */
  readonly position: number;
  /** The account has no room for the shards that are open on the way. */
  readonly isTooTight: boolean;
}

/** Checks the stream and says what would be done. @returns undefined where it was interrupted before */
async function inspect(
  connection: AwsConnection,
  options: ApplyOptions,
  { signal }: Interrupt,
  context: Context,
): Promise<Found | undefined> {
  const { document, stream, trail, maxSteps, journal } = options;
  const { inspectStream } = await import('../run/apply/stream-way.ts');
  const { readShardRoom } = await import('../run/apply/shard-room.ts');
  const { isTooTight } = await import('../results/shard-room.ts');
  const { epochClock } = await import('../run/clock.ts');
  const { renderApplyPlan } = await import('../report/apply-text.ts');
  const { SECONDS_PER_STEP } = await import('../advice/schedule/resize-lead.ts');
  const line = progressLine(context, options.quiet);
  const onState = (status: string): void => line.show(`the stream is ${status}: waiting until it is ACTIVE`);
  const way = { stream: stream.name, trail };
  const position = await inspectStream(connection, way, stream, { signal, onState }).finally(line.clear);
  if (position === undefined) return undefined;
  const room = await readShardRoom(connection, trail, position, Math.min(trail.length, position + maxSteps));
  const plan = {
    ...{ document, position, maxSteps, journal, stream: stream.name, secondsPerStep: SECONDS_PER_STEP },
    ...{ region: connection.region, endpoint: connection.watch.endpoint, nowMs: epochClock() / 1000, room },
  };
  context.out(renderApplyPlan(plan, pageWidth(context.columns)));
  return { position, isTooTight: room !== undefined && isTooTight(room) };
}

/** @param position steps that are done */
async function carryOut(
  connection: AwsConnection,
  options: ApplyOptions,
  position: number,
  interrupt: Interrupt,
  context: Context,
): Promise<void> {
  const { document, trail, stream, maxSteps, stopIf } = options;
  const { applySteps } = await import('../run/apply/apply-steps.ts');
  const { Journal } = await import('../run/apply/journal.ts');
  const { askGate } = await import('../run/apply/stop-gate.ts');
  const { fingerprint, targetFingerprint, steps } = document;
  const journal = new Journal(options.journal, {
    ...{ stream: document.target.stream, fingerprint, targetFingerprint, steps: steps.length },
  });
  const progress = new ApplyProgress(progressLine(context, options.quiet), position, steps.length, maxSteps);
  const onAbort = (): void => {
    progress.clear();
    context.err('Interrupted: the step under way is waited for. Ctrl-C again ends at once.\n');
  };
  interrupt.signal.addEventListener('abort', onAbort);
  try {
    const result = await applySteps(connection, { stream: stream.name, steps, trail, maxSteps }, journal, {
      signal: interrupt.signal,
      gate: async (taken) =>
        stopIf === undefined ? undefined : askGate(connection, stream.shortName, stopIf, taken === 0),
      onState: (status) => progress.state(status),
      onDone: (step, now, tookMs) => {
        progress.done(now, tookMs);
        context.out(`${now}/${steps.length} ${step.kind} done in ${(tookMs / 1000).toFixed(1)} s\n`);
      },
    });
    progress.clear();
    const { text, exit } = applyEnding(result, steps.length, pageWidth(context.columns));
    context.out(text);
    context.setExit(exit);
  } catch (error) {
    if (error instanceof Refusal) context.out(`${progress.position} of ${steps.length} steps are done.\n`);
    throw error;
  } finally {
    interrupt.signal.removeEventListener('abort', onAbort);
    progress.clear();
    journal.close();
  }
}
