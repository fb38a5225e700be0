/**
 * `shardwise run --target aws`: says what it will do, asks for --yes, sends, removes what it made, compares counters.
 */
import { randomBytes } from 'node:crypto';
import { badInput, Refusal, worldFailure } from '../model/refusal.ts';
import type { Preflight } from '../results/preflight.ts';
import type { Reconciliation } from '../results/reconciliation.ts';
import type { AwsLoad, AwsTarget, TargetOptions } from '../run/aws/aws-load.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { TransportName } from '../run/send/transport.ts';
import type { Scenario } from '../traffic/scenario.ts';
import { showName } from '../report/name.ts';
import type { AwsRunOptions } from './aws-flags.ts';
import type { AwsLastAct } from './aws-last-act.ts';
import type { Context } from './context.ts';
import { exitCodeOf, type Gates } from './gates.ts';
import type { Interrupt } from './interrupt.ts';
import { leftoverNotice } from './leftover-notice.ts';
import { noticeOf } from './notice.ts';
import { emit, type Output } from './output.ts';
import { keptSentence, partialReport, type PartialReport } from './partial-report.ts';
import type { ProgressLine } from './progress.ts';
import { refusalText } from './refusal-text.ts';
import { identityOf, runIdOf } from './worker-report.ts';
import { startTime, type WorkerOptions } from './worker-flags.ts';

export interface AwsRun {
  readonly file: string;
  readonly scenario: Scenario;
  readonly options: AwsRunOptions;
  readonly gates: Gates;
  readonly output: Output;
  readonly transport: TransportName;
  /** Sending threads. */
  readonly workers: number;
  readonly machine: WorkerOptions;
}

export async function runOnAws(run: AwsRun, context: Context): Promise<void> {
  const { options } = run;
  const { connect } = await import('../run/aws/connection.ts');
  const { checkStream } = await import('../run/aws/stream-reference.ts');
  const { checkSafety } = await import('../run/aws/safety.ts');
  const stream = options.stream === undefined ? undefined : checkStream(options.stream);
  const connection = await connect(options.aws, stream);
  const runId = runIdOf(run.machine, run.scenario, randomBytes(16));
  try {
    const preflight = await inspect(connection, run, stream, runId);
    const notice = await leftoverNotice(connection);
    await printPreflight(preflight, notice, run, context);
    checkSafety(preflight, options.limits);
    if (!options.yes) {
      throw badInput('Nothing was sent: this is what would be done.', 'Add --yes to do it.');
    }
    await sendAndReport(connection, run, { preflight, stream, runId }, context);
  } finally {
    connection.close();
  }
}

async function inspect(
  connection: AwsConnection,
  { scenario, options, machine }: AwsRun,
  stream: string | undefined,
  runId: string,
): Promise<Preflight> {
  const { inspectPlan, inspectStream } = await import('../run/aws/preflight.ts');
  if (stream === undefined) return inspectPlan(connection, runId, scenario);
  return (await inspectStream(connection, stream, scenario, options, machine.split?.count)).preflight;
}

/** It is the answer where nothing is sent, and a word on stderr beside the report where something is. */
async function printPreflight(
  preflight: Preflight,
  notice: string,
  { options, output }: AwsRun,
  context: Context,
): Promise<void> {
  const { renderPreflight } = await import('../report/preflight-text.ts');
  const text = renderPreflight(preflight, context.columns);
  if (!output.quiet) context.err(notice);
  if (!options.yes && output.format === 'text') context.out(text);
  else if (!options.yes || !output.quiet) context.err(text);
}

interface Planned {
  readonly preflight: Preflight;
  readonly stream: string | undefined;
  readonly runId: string;
}

async function sendAndReport(
  connection: AwsConnection,
  run: AwsRun,
  planned: Planned,
  context: Context,
): Promise<void> {
  const { watchInterrupt } = await import('./interrupt.ts');
  const { AwsLastAct } = await import('./aws-last-act.ts');
  const { progressLine } = await import('./progress.ts');
  const { awsRunReport } = await import('./run-report.ts');
  const { endedFix, endedSentence } = await import('../report/ended-early.ts');
  const line = progressLine(context, run.output.quiet);
  const last = new AwsLastAct(run.scenario.consumers.some(({ kind }) => kind === 'efo'));
  const interrupt = watchInterrupt(last, () => keptSentence(run.output));
  let sent: SentLoad | undefined;
  try {
    const identity = identityOf(run.machine, run.scenario, planned.runId);
    const { transport } = run;
    const parts = { preflight: planned.preflight, connection, identity, transport };
    const partialOf = (target: AwsTarget): Promise<PartialReport> =>
      partialReport(run.output, (load) => awsRunReport(run.file, { ...parts, target, load }), context);
    const notice = noticeOf(context, line, run.output.quiet);
    sent = await send(connection, run, planned, interrupt, { line, notice, partialOf, last });
    line.clear();
    if (sent === undefined) {
      context.err('Interrupted before anything was sent; what was made for the test is deleted.\n');
      context.setExit(130);
      return;
    }
    const { file, output, gates } = run;
    const document = awsRunReport(file, { ...parts, ...sent });
    await emit(document, output, context);
    last.reported();
    await sent.partial.remove();
    // Whoever does not wait for the counters has interrupted, although the load was over.
    context.setExit(interrupt.signal.aborted ? 130 : exitCodeOf(document, gates.failOn));
    if (document.ended !== undefined) {
      const what = endedSentence(document.ended, document.target?.stream ?? '');
      context.err(refusalText(worldFailure(what, endedFix(document.ended))));
    }
  } finally {
    line.clear();
    // What was made goes, whatever became of the report; why it does not is told when the report is safe.
    const trouble = await sent?.cleanedUp;
    interrupt.release();
    if (trouble !== undefined) context.err(refusalText(trouble));
    else if (sent?.target.isTemporary === true && !run.output.quiet)
      context.err(`Stream ${showName(sent.target.stream)}, made for this test, was deleted.\n`);
    if (trouble !== undefined && !interrupt.signal.aborted) context.setExit(1);
  }
}

export interface SentLoad {
  readonly target: AwsTarget;
  readonly load: AwsLoad;
  readonly reconciliation: Reconciliation;
  readonly partial: PartialReport;
  /** When what was made is removed: why it could not be. Never rejected. */
  readonly cleanedUp: Promise<Refusal | undefined>;
}

/** Who hears of the load while it goes on. */
interface Watchers {
  readonly line: ProgressLine;
  readonly notice: (text: string) => void;
  readonly partialOf: (target: AwsTarget) => Promise<PartialReport>;
  readonly last: AwsLastAct;
}

/** Undefined where it was interrupted before the load began. */
async function send(
  connection: AwsConnection,
  { scenario, options, transport, workers, machine }: AwsRun,
  { preflight, stream, runId }: Planned,
  { signal }: Interrupt,
  { line, notice, partialOf, last }: Watchers,
): Promise<SentLoad | undefined> {
  const { createTarget, openTarget, runAwsLoad } = await import('../run/aws/aws-load.ts');
  const { noiseMargin } = await import('../advice/verdict.ts');
  const { progressText } = await import('./run-progress.ts');
  const how: TargetOptions = {
    ...{ connection, scenario, runId, signal, say: line.show },
    onCreate: (created) => (last.stream = created),
  };
  const target =
    preflight.create === undefined
      ? await openTarget(how, stream ?? '')
      : await createTarget(how, preflight.create);
  if (target === undefined) return undefined;
  const partial = await partialOf(target);
  const show = progressText(target.scenario, line.show);
  let load: AwsLoad;
  try {
    load = await runAwsLoad({
      ...{ target, runId, transport, workers, signal, notice },
      z: noiseMargin(target.map.open.length),
      ...{ split: machine.split, startAt: startTime(machine, line.show) },
      onSecond: (view) => {
        show(view);
        partial.note(view);
      },
    });
  } catch (error) {
    await partial.settle();
    await target.cleanup();
    throw error;
  }
  await partial.settle();
  // Begun at once, waited for when the report is out.
  const cleanedUp = removed(target);
  const reconciliation = await compared(target, load, { machine, options, signal, say: line.show });
  return { target, load, reconciliation, cleanedUp, partial };
}

async function compared(
  target: AwsTarget,
  load: AwsLoad,
  {
    machine,
    options,
    signal,
    say,
  }: Pick<AwsRun, 'machine' | 'options'> & Pick<TargetOptions, 'signal' | 'say'>,
): Promise<Reconciliation> {
  if (machine.split !== undefined) {
    const reason = 'this is one part of what was sent; merge compares the sum';
    return { verdict: 'skipped', reason };
  }
  if (!options.reconcile) return { verdict: 'skipped', reason: '--no-reconcile' };
  if (load.ended !== undefined) return { verdict: 'skipped', reason: 'the load came to a dead end' };
  const { reconcileAwsLoad } = await import('../run/aws/aws-load.ts');
  return reconcileAwsLoad(target, load, signal, say);
}

/** Never rejected: what goes wrong is told beside the report. */
async function removed({ cleanup }: AwsTarget): Promise<Refusal | undefined> {
  try {
    await cleanup();
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    return worldFailure(
      `What was made for the test could not be removed: ${String(error)}.`,
      'See shardwise cleanup.',
    );
  }
}
