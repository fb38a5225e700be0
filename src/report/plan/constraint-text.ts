/**
 * The constraints of a plan: a table of their counts and arithmetic, and in the long form the numbers and the source
 * behind each.
 */
import { formatBytes, formatNumber, formatPercent } from '../../model/quantity.ts';
import type {
  Constraint,
  ConstraintInput,
  ConstraintName,
  InputOrigin,
  PlanResult,
} from '../../results/plan-result.ts';
import { count, NBSP } from '../figure.ts';
import type { Ink } from '../ink.ts';
import { showProse } from '../name.ts';
import { labelled, wrap } from '../paragraph.ts';
import { type Column, tableLines } from '../table.ts';

const COLUMNS: readonly Column[] = [
  { title: 'constraint' },
  { title: 'shards', align: 'right' },
  { title: 'arithmetic' },
];

/** What each is about, completing "binds: ". */
export const MEANING: Readonly<Record<ConstraintName, string>> = {
  'write-bytes': 'the bytes written',
  'write-records': 'the records written',
  'read-bandwidth': 'the bytes that consumers read',
  'read-calls': 'the GetRecords calls of the consumers',
  'consumer-speed': 'what the code of the consumers works off',
  'catch-up': 'the backlog after an outage',
  burst: 'the load while a burst lasts',
  quota: 'what AWS lets an account have',
  'hot-key': 'the heaviest key',
  'hot-shard': 'keys that fall on the same shard',
};

/** One row for each constraint that was evaluated, and a line for all that were not. */
export function constraintLines({ constraints, binding }: PlanResult, ink: Ink, columns: number): string[] {
  const evaluated = constraints.filter((constraint) => constraint.evaluated);
  const widest = Math.max(...evaluated.map(({ name }) => name.length), COLUMNS[0].title.length);
  const room = columns - 2 - widest - 2 - 'shards'.length - 2;
  const rows = evaluated.flatMap((constraint) => {
    const isBinding = constraint.name === binding;
    const name = isBinding ? ink('bold', constraint.name) : constraint.name;
    // The lines that a long arithmetic takes are rows of their own: the table does not wrap.
    return wrap(showFigures(constraint.formula), room).map((line, i) => [
      i === 0 ? name : '',
      i === 0 ? (constraint.shards === null ? 'none' : count(constraint.shards)) : '',
      line,
    ]);
  });
  return [...tableLines(COLUMNS, rows, ink), ...leftOutLines(constraints, columns)];
}

/** `Not asked for: catch-up, burst, hot-key, hot-shard.`: the documents say by which flag each would be. */
function leftOutLines(constraints: readonly Constraint[], columns: number): string[] {
  const names = constraints.filter(({ evaluated }) => !evaluated).map(({ name }) => name);
  return names.length === 0 ? [] : labelled('', `Not asked for: ${names.join(', ')}.`, 2, columns);
}

/** Of each evaluated constraint its inputs, who says them, and the source of the rule. */
export function detailLines({ constraints }: PlanResult, ink: Ink, columns: number): string[] {
  return constraints
    .filter(({ evaluated, inputs }) => evaluated && inputs !== undefined)
    .flatMap(({ name, inputs = [], source }) => [
      '',
      ink('bold', name),
      ...tableLines(INPUT_COLUMNS, inputs.map(inputCells), ink),
      ...(source === undefined ? [] : labelled('  Source:', showProse(source), 10, columns)),
    ]);
}

const INPUT_COLUMNS: readonly Column[] = [{ title: '' }, { title: '', align: 'right' }, { title: '' }];

const ORIGINS: Readonly<Record<InputOrigin, string>> = {
  flag: 'given by a flag',
  scenario: 'of the scenario',
  default: 'default',
  limit: "AWS's limit",
  derived: 'worked out',
};

function inputCells({ name, value, unit, origin }: ConstraintInput): string[] {
  return [name, valueText(value, unit), ORIGINS[origin]];
}

function valueText(value: number, unit: string): string {
  if (unit.startsWith('of ')) return `${formatPercent(value).replace('%', ' %')} ${unit}`;
  if (/^B\b/.test(unit)) return formatBytes(value) + unit.slice(1);
  return `${formatNumber(value)} ${unit}`;
}

/** Prose whose numbers stay on a line with their units. */
export function showFigures(text: string): string {
  return showProse(text).replace(/(?<=\d) (?=%|[KMGT]?i?B\b|shards?\b|h\b)/g, NBSP);
}
