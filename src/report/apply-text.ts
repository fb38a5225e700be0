/**
 * What `apply` is about to do, and what it has done, as text for a terminal.
 */
import { formatDuration } from '../model/quantity.ts';
import type { LayoutStep } from '../results/layout-step.ts';
import type { RecommendationDocument } from '../results/recommendation-document.ts';
import { isTooTight, type ShardRoom } from '../results/shard-room.ts';
import { inkFor } from './ink.ts';
import { momentText } from './diagnosis/diagnosis-words.ts';
import { showName } from './name.ts';
import { finish, wrap } from './paragraph.ts';
import { tableLines, type Column } from './table.ts';

/** Steps that are listed; of more, the last that is done, the next ones, and the last ones. */
const MOST_LISTED = 20;
const LAST_LISTED = 4;
/** A recommendation that is older is said to be. */
const OLD_MS = 24 * 3_600_000;

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
  /** Now, since 1970. */
  readonly nowMs: number;
  /** Shards of the account in the region; undefined where it does not tell. */
  readonly room: ShardRoom | undefined;
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
    ...wrap(ageText(plan), columns),
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
    ...wrap(left === 0 ? '' : roomText(plan), columns),
    `Journal: ${showName(plan.journal)}`,
  ]);
}

function ageText({ document, nowMs, position }: ApplyPlan): string {
  const madeMs = Date.parse(document.startedAt);
  if (!Number.isFinite(madeMs)) return '';
  const ageMs = Math.max(0, nowMs - madeMs);
  const minutes = Math.floor(ageMs / 60_000);
  const ago = minutes === 0 ? 'just now' : `${formatDuration(minutes * 60_000_000)} ago`;
  const made = `Recommended ${ago} (${momentText(madeMs)}).`;
  if (ageMs <= OLD_MS || position === document.steps.length) return made;
  return `${made} That is more than a day: the load may be another one by now. Run shardwise recommend again to be sure.`;
}

function roomText({ room, region }: ApplyPlan): string {
  if (room === undefined)
    return 'How many shards the account may have was not told (kinesis:DescribeLimits).';
  const { open, most, more } = room;
  if (more === 0) return '';
  const has = `The account has ${open} of the ${most} shards that it may have in ${region}`;
  if (!isTooTight(room)) return `${has}; on the way there are ${more} more.`;
  return (
    `${has}; on the way there would be ${more} more: they do not fit. Nothing is done. ` +
    'Have the quota raised, recommend with --max-shards, or take fewer steps (--max-steps).'
  );
}

function stepLines(steps: readonly LayoutStep[], position: number): string[] {
  const rows = steps.map((step, i) => [
    i < position ? 'done' : '',
    String(i + 1),
    step.kind,
    showName(shortId(step.shardId)),
    step.kind === 'split'
      ? `at ${step.newStartingHashKey ?? ''}`
      : `with ${showName(shortId(step.adjacentShardId))}`,
  ]);
  return tableLines(COLUMNS, abridged(rows, position), inkFor({ color: false }));
}

const COLUMNS: readonly Column[] = [
  { title: '' },
  { title: '', align: 'right' },
  { title: '' },
  { title: 'shardId-' },
  { title: '' },
];

/** A window of rows around the next step, and the last ones. */
function abridged(rows: readonly string[][], position: number): readonly string[][] {
  if (rows.length <= MOST_LISTED) return rows;
  const window = MOST_LISTED - LAST_LISTED;
  const first = Math.max(0, Math.min(position - 1, rows.length - MOST_LISTED));
  const end = first + window;
  const gap = (count: number, state = ''): string[][] =>
    count <= 0 ? [] : [[state, '…', `${count} more`, '', '']];
  return [
    ...gap(first, 'done'),
    ...rows.slice(first, end),
    ...gap(rows.length - LAST_LISTED - end),
    ...rows.slice(-LAST_LISTED),
  ];
}

/** The number is what tells shards apart. */
function shortId(shardId = ''): string {
  return shardId.replace(/^shardId-/, '');
}

/** `23m30s`, whole seconds. */
export function span(ms: number): string {
  return formatDuration(Math.max(1, Math.round(ms / 1000)) * 1_000_000);
}

export function amount(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
