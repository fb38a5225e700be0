/**
 * Carries out the steps of a recommendation on a stream, one at a time, and goes by nothing but what the stream shows.
 *
 * Before every step the stream is ACTIVE and its open shards say how many steps are done: by us, by us before we were
 * killed, or by a call whose reply was lost. A call names the shards that it closes, so that one which arrives twice, or
 * late, finds them closed and changes nothing.
 */
import type { Shard } from '../../model/shard-map.ts';
import type { LayoutStep } from '../../results/layout-step.ts';
import type { AwsConnection } from '../aws/connection.ts';
import type { Journal } from './journal.ts';
import { childrenOf } from './step-order.ts';
import { look, type Way } from './stream-way.ts';
import { takeStep, type StepContext } from './take-step.ts';

export interface StepsToApply extends Way {
  readonly steps: readonly LayoutStep[];
  /** Take no more than so many this time. */
  readonly maxSteps: number;
}

export interface ApplyHooks {
  readonly signal: AbortSignal;
  /** Before each step: why to stop instead, or undefined. */
  readonly gate: () => Promise<GateStop | undefined>;
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
  const { steps, maxSteps } = order;
  const { signal, onState } = hooks;
  const context: StepContext = { connection, way: order, journal, signal, onState };
  let sight = await look(connection, order, onState);
  settleJournal(journal, order, sight.position, sight.shards);
  const first = sight.position;
  const stop = (ended: ApplyResult['ended']): ApplyResult => {
    const { position } = sight;
    journal.write({ event: 'stop', position, why: typeof ended === 'string' ? ended : ended.why });
    return { position, taken: position - first, ended };
  };
  while (sight.position < steps.length) {
    if (signal.aborted) return stop('interrupted');
    if (sight.position - first >= maxSteps) return stop('max-steps');
    const gate = await hooks.gate();
    if (gate !== undefined) return stop(gate);
    const startMs = performance.now();
    const step = steps[sight.position];
    const next = await takeStep(context, step, sight.position + 1, sight);
    // Interrupted while the call was held up: it was not taken.
    if (next.position === sight.position) return stop('interrupted');
    sight = next;
    hooks.onDone(step, sight.position, performance.now() - startMs);
  }
  return stop('finished');
}

/** What an earlier apply began and could not write down any more, as the stream shows it now. */
function settleJournal(
  journal: Journal,
  { steps }: StepsToApply,
  position: number,
  shards: readonly Shard[],
): void {
  journal.start(position);
  for (let step = journal.done + 1; step <= position; step++)
    journal.write({ event: 'done', step, how: 'found', children: childrenOf(steps[step - 1], shards) });
  if (journal.begun !== undefined) journal.write({ event: 'not-done', step: journal.begun });
}
