/**
 * Carries out the steps of a recommendation on a stream, one at a time, and goes by nothing but what the stream shows.
 *
 * Before every step the stream is ACTIVE and its open shards say how many steps are done: by us, by us before we were
 * killed, or by a call whose reply was lost. A call names the shards that it closes, so that one which arrives twice, or
 * late, finds them closed and changes nothing.
 */
import { Refusal } from '../../model/refusal.ts';
import type { LayoutStep } from '../../results/layout-step.ts';
import { PassingTrouble } from '../aws/aws-trouble.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { JournalTrouble, type Journal } from './journal.ts';
import { childrenOf } from './step-order.ts';
import { look, type Sight, type Way } from './stream-way.ts';
import { takeStep, type StepContext } from './take-step.ts';

export interface StepsToApply extends Way {
  readonly steps: readonly LayoutStep[];
  /** Take no more than so many this time. */
  readonly maxSteps: number;
}

export interface ApplyHooks {
  readonly signal: AbortSignal;
  /** Before each step: why to stop instead, or undefined. `taken`: steps of this time that are done. */
  readonly gate: (taken: number) => Promise<GateStop | undefined>;
  /** What is waited for now: the stream's state in AWS's word, or the code that a call was refused with. */
  readonly onState: (status: string) => void;
  /** A step is done and in the journal. */
  readonly onDone: (step: LayoutStep, position: number, tookMs: number) => void;
}

export interface GateStop {
  readonly kind: 'gate' | 'gate-unknown';
  /** In a sentence. */
  readonly why: string;
}

export interface ApplyResult {
  /** Steps that are done. */
  readonly position: number;
  /** Of them, those taken this time. */
  readonly taken: number;
  readonly ended: 'finished' | 'max-steps' | 'interrupted' | GateStop;
}

/** @throws Refusal where the stream has left the way of the steps, or AWS does not do its part; the journal says how far */
export async function applySteps(
  connection: AwsConnection,
  order: StepsToApply,
  journal: Journal,
  hooks: ApplyHooks,
): Promise<ApplyResult> {
  const { signal, onState } = hooks;
  const context: StepContext = { connection, way: order, journal, signal, onState };
  let sight = await look(connection, order, hooks);
  journal.start(sight.position);
  noteFound(journal, order, sight);
  const first = sight.position;
  const stop = (why: string): void => journal.write({ event: 'stop', position: sight.position, why });
  try {
    const ended = await walk(context, order, hooks, sight, (next) => (sight = next));
    stop(typeof ended === 'string' ? ended : ended.why);
    return { position: sight.position, taken: sight.position - first, ended };
  } catch (error) {
    if (!(error instanceof Refusal) || error instanceof JournalTrouble) throw error;
    // Interrupted while nobody answered: the stream shows later what came of it.
    const isInterrupted = error instanceof PassingTrouble && signal.aborted;
    stop(isInterrupted ? 'interrupted' : error.what);
    if (!isInterrupted) throw error;
    return { position: sight.position, taken: sight.position - first, ended: 'interrupted' };
  }
}

/** @param onSight told of what the stream shows after each step */
async function walk(
  context: StepContext,
  order: StepsToApply,
  hooks: ApplyHooks,
  start: Sight,
  onSight: (sight: Sight) => void,
): Promise<ApplyResult['ended']> {
  const { steps, maxSteps } = order;
  let sight = start;
  while (sight.position < steps.length) {
    if (hooks.signal.aborted) return 'interrupted';
    if (sight.position - start.position >= maxSteps) return 'max-steps';
    const gate = await hooks.gate(sight.position - start.position);
    if (gate !== undefined) return gate;
    const startMs = performance.now();
    const { position } = sight;
    sight = await takeStep(context, steps[position], position + 1, sight);
    // Interrupted while the call was held up: it was not taken.
    if (sight.position === position) return 'interrupted';
    onSight(sight);
    noteFound(context.journal, order, sight);
    hooks.onDone(steps[position], sight.position, performance.now() - startMs);
  }
  return 'finished';
}

/** What an earlier apply began and could not write down any more, or another one did, as the stream shows it now. */
function noteFound(journal: Journal, { steps }: StepsToApply, { position, shards }: Sight): void {
  for (let step = journal.done + 1; step <= position; step++)
    journal.write({ event: 'done', step, how: 'found', children: childrenOf(steps[step - 1], shards) });
  if (journal.begun !== undefined) journal.write({ event: 'not-done', step: journal.begun });
}
