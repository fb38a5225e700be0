/**
 * A schedule as text: what it saves, a picture of the shards over time, and the calls.
 */
import type { PlanResult } from '../../results/plan-result.ts';
import type { PlanSchedule, ScheduledHour } from '../../results/plan-schedule.ts';
import { highestOf, sparkline } from '../bars.ts';
import { amountOf, count, NBSP, percent } from '../figure.ts';
import { labelled } from '../paragraph.ts';
import { dollars } from './layout-text.ts';

const MARGIN = 15;
const DAY = 24;
/** Calls in the short and in the long form; the document has all of them. */
const SHOWN_CALLS = 4;
const MOST_CALLS = 70;
const MOST_DAYS = 31;

export function scheduleLines({ schedule }: PlanResult, columns: number, details: boolean): string[] {
  if (schedule === undefined) return [];
  if (schedule === null)
    return [
      '',
      ...labelled('Schedule', "None: no number of shards fits the profile's highest hour.", MARGIN, columns),
    ];
  return [
    '',
    ...labelled('Schedule', savingText(schedule), MARGIN, columns),
    ...pictureLines(schedule.hours, columns, details),
    ...callLines(schedule, columns, details),
  ];
}

function savingText({ hours, changes, shardHours, staticShardHours, ...usd }: PlanSchedule): string {
  const over = `${count(hours.length)}${NBSP}hours`;
  const most = highestOf(hours.map(({ open }) => open));
  if (changes.length === 0)
    return `No change over ${over} would save what its calls are worth: ${amountOf(most, 'shard')} all the time.`;
  const least = hours.reduce((fewest, { shards }) => Math.min(fewest, shards), most);
  const money =
    typeof usd.monthlyUsd === 'number' && typeof usd.staticMonthlyUsd === 'number'
      ? `, $${dollars(usd.monthlyUsd)} a month instead of $${dollars(usd.staticMonthlyUsd)}`
      : '';
  return (
    `${count(least)} to ${amountOf(most, 'shard')} over ${over}, never below need: ${count(shardHours)} shard-hours ` +
    `instead of ${count(staticShardHours)} (${percent(1 - shardHours / staticShardHours)} less)${money}, by ` +
    `${amountOf(changes.length, 'call')} of UpdateShardCount.`
  );
}

/** The shards over the whole profile, or a row for each day. */
function pictureLines(hours: readonly ScheduledHour[], columns: number, details: boolean): string[] {
  const open = hours.map((hour) => hour.open);
  const most = highestOf(open);
  const room = columns - MARGIN;
  if (!details || hours.length <= DAY) return [' '.repeat(MARGIN) + sparkline(open, most, room)];
  const days = Math.min(MOST_DAYS, Math.ceil(hours.length / DAY));
  return Array.from({ length: days }, (_, day) => {
    const part = hours.slice(day * DAY, (day + 1) * DAY);
    const shards = part.map((hour) => hour.open);
    const range = `${count(part.reduce((least, hour) => Math.min(least, hour.shards), most))}–${count(highestOf(shards))}`;
    const label = part[0].at.replace(/, .*|T.*/, '');
    return `  ${label.padEnd(MARGIN - 2)}${sparkline(shards, most, DAY).padEnd(DAY)}  ${range}`;
  });
}

function callLines(
  { changes, longestLeadMinutes, leadGiven }: PlanSchedule,
  columns: number,
  details: boolean,
): string[] {
  if (changes.length === 0) return [];
  const shown = changes.slice(0, details ? MOST_CALLS : SHOWN_CALLS);
  const more = changes.length - shown.length;
  const list = shown
    .map(({ at, from, to }) => `${at.replaceAll(' ', NBSP)}${NBSP}${count(from)}→${count(to)}`)
    .join('; ');
  const rest = more > 0 ? ` … and ${count(more)} more${details ? ' (-f json)' : ' (--details)'}` : '';
  const rule = leadGiven ? '' : ` (30${NBSP}s for each split and merge; --reshard-lead)`;
  const lead = `A call is taken to need up to ${count(longestLeadMinutes)}${NBSP}min${rule}.`;
  return [...labelled('', `${list}${rest}.`, MARGIN, columns), ...labelled('', lead, MARGIN, columns)];
}
