/**
 * What `apply` is about to do, and what it has done, as text for a terminal.
 */
import { formatDuration } from '../model/quantity.ts';
import type { LayoutStep } from '../results/layout-step.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import { inkFor } from './ink.ts';
import { showName } from './name.ts';
import { finish, wrap } from './paragraph.ts';
import { tableLines } from './table.ts';

/** Steps that are listed; of more, the first and the last. */
const MOST_LISTED = 40;

export interface ApplyPlan {
  readonly document: RecommendationDocument;
  /** Steps that the stream shows as done. */
  readonly position: number;
  /** At most so many more will be taken this time. */
  readonly maxSteps: number;
  /** What a step is taken to need. */
  readonly secondsPerStep: number;
  readonly journal: string;
  /** Name or ARN, as it is called. */
  readonly stream: string;
  readonly region: string;
  readonly endpoint: string;
}

/** The dry run: which steps, on what, and for how long. */
export function renderApplyPlan(plan: ApplyPlan, columns: number): string {
  const { document, position, maxSteps, secondsPerStep } = plan;
  const { steps } = document;
  const left = Math.min(steps.length - position, maxSteps);
  const from = document.layout.length;
  const to = document.targetLayout.length;
  return finish([
    `${showName(plan.stream)} in ${showName(plan.region)} (${showName(plan.endpoint)})`,
    ...wrap(
      `${amount(steps.length, 'step')}, from ${amount(from, 'shard')} to ${to}. ` +
        (position === 0
          ? 'The stream has the layout that they start from.'
          : `The stream shows that ${position === steps.length ? 'all' : position} of them ${position === 1 ? 'is' : 'are'} done.`),
      columns,
    ),
    ...(steps.length === 0 ? [] : ['', ...stepLines(steps, position)]),
    '',
    ...wrap(
      left === 0
        ? 'There is nothing left to do.'
        : `${amount(left, 'step')} to take${left < steps.length - position ? ` (--max-steps), of ${steps.length - position} that are left` : ''}: ` +
            `about ${span(left * secondsPerStep * 1000)}, at ${secondsPerStep} s a step (a rule of thumb: AWS promises no time). ` +
            'One at a time; writing and reading go on meanwhile.',
      columns,
    ),
    `Journal: ${showName(plan.journal)}`,
  ]);
}

function stepLines(steps: readonly LayoutStep[], position: number): string[] {
  const shown = steps.length <= MOST_LISTED ? steps.length : MOST_LISTED / 2;
  const rows = steps.map((step, i) => [
    i < position ? 'done' : '',
    String(i + 1),
    step.kind,
    step.kind === 'split'
      ? showName(step.shardId)
      : `${showName(step.shardId)} + ${showName(shortId(step.adjacentShardId))}`,
    step.kind === 'split' ? `at ${step.newStartingHashKey ?? ''}` : '',
  ]);
  const listed =
    steps.length <= MOST_LISTED
      ? rows
      : [
          ...rows.slice(0, shown),
          ['', '…', `${steps.length - 2 * shown} more`, '', ''],
          ...rows.slice(-shown),
        ];
  const columns = [
    { title: '' },
    { title: '', align: 'right' as const },
    { title: '' },
    { title: '' },
    { title: '' },
  ];
  return tableLines(columns, listed, inkFor({ color: false }));
}

/** `…000003`: the number is what tells shards apart. */
function shortId(shardId = ''): string {
  return shardId.startsWith('shardId-') ? `…${shardId.slice(-6)}` : shardId;
}

/** `23 min 30 s`, whole seconds. */
export function span(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 1000)) * 1_000_000);
}

export function amount(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
