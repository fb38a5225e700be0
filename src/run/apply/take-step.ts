/**
 * One step of a recommendation: called, and called again where it was held up, until the stream shows it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { worldFailure } from '../../model/refusal.ts';
import type { LayoutStep } from '../../results/layout-step.ts';
import { awsTrouble } from '../aws/aws-trouble.ts';
import type { AwsConnection } from '../aws/connection.ts';
import { callReshard, reshardTroubleOf, type ReshardTrouble } from '../reshard/reshard-call.ts';
import type { Journal } from './journal.ts';
import { childrenOf, namedStep, orderOfStep } from './step-order.ts';
import { look, wentBack, type Sight, type Way } from './stream-way.ts';

/** No step takes longer: then somebody has to look. AWS's own sample code waits 10 minutes. */
const STUCK_MS = 15 * 60_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 10_000;

export interface StepContext {
  readonly connection: AwsConnection;
  readonly way: Way;
  readonly journal: Journal;
  readonly signal: AbortSignal;
  /** Told of the stream's state, or of why a call is held up. */
  readonly onState: (status: string) => void;
}

/**
 * Takes a step on a stream that is ACTIVE.
 * @param number counts from 1
 * @returns what the stream shows then: further on, where another apply has carried out steps too; as it was, where the step
 *   was held up and then interrupted
 * @throws Refusal where the call is refused for good, somebody else changes the layout, or 15 minutes were not enough
 */
export async function takeStep(
  context: StepContext,
  step: LayoutStep,
  number: number,
  before: Sight,
): Promise<Sight> {
  const { journal, signal } = context;
  const deadlineMs = performance.now() + STUCK_MS;
  journal.write({ event: 'begin', step: number, ...namedStep(step, orderOfStep(step, before.shards)) });
  let sight = before;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    const trouble = await callStep(context, step, number, sight);
    sight = await lookAfter(context, before.position, trouble === undefined ? deadlineMs : 0);
    if (sight.position > before.position) {
      const how = trouble === undefined ? 'called' : 'found';
      journal.write({ event: 'done', step: number, how, children: childrenOf(step, sight.shards) });
      return sight;
    }
    checkHope(trouble, number, deadlineMs);
    if (signal.aborted) {
      journal.write({ event: 'not-done', step: number });
      return sight;
    }
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
  }
}

interface StepTrouble extends ReshardTrouble {
  /** As a user is told of it. */
  readonly refusal: Error;
}

async function callStep(
  { connection, way, journal, onState }: StepContext,
  step: LayoutStep,
  number: number,
  { shards }: Sight,
): Promise<StepTrouble | undefined> {
  const action = step.kind === 'split' ? 'SplitShard' : 'MergeShards';
  onState(action);
  try {
    await callReshard(connection.control, way.stream, orderOfStep(step, shards));
    return undefined;
  } catch (error) {
    const trouble = reshardTroubleOf(error);
    onState(trouble.code);
    if (trouble.kind !== 'refused') journal.write({ event: 'held-up', step: number, code: trouble.code });
    const { endpoint } = connection.watch;
    const about = `stream ${way.stream}`;
    return { ...trouble, refusal: awsTrouble(error, { action: `kinesis:${action}`, about, endpoint }) };
  }
}

/** Whether another try may do. */
function checkHope(trouble: StepTrouble | undefined, number: number, deadlineMs: number): void {
  if (trouble?.kind === 'refused') throw trouble.refusal;
  if (performance.now() <= deadlineMs) return;
  throw worldFailure(
    `Step ${number} is not done after 15 minutes${trouble === undefined ? '' : ` (${trouble.code})`}.`,
    'See what else changes the stream, and apply again: it goes on from there.',
  );
}

/** After a call that was taken the stream may still show what was before, for a moment. */
async function lookAfter(
  context: StepContext,
  position: number,
  untilMs: number,
): Promise<Sight> {
  const { connection, way } = context;
  for (;;) {
    const sight = await look(connection, way, context);
    if (sight.position < position) throw wentBack(way.stream, sight.position);
    if (sight.position > position || performance.now() > untilMs) return sight;
    await sleep(FIRST_WAIT_MS);
  }
}
