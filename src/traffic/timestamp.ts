/**
 * Times as ISO 8601 writes them, without the engine's own idea of a calendar.
 */

const FORM =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Microseconds since 1970, or undefined where the text is no time; without an offset it is UTC. */
export function timestampUs(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const fraction = Number(`0${(match[7] as string | undefined) ?? ''}`);
  const minutes = hour * 60 + minute - offsetMinutes(match[8]);
  return (
    (daysSince1970(year, month, day) * 86_400 + minutes * 60 + second) * 1_000_000 +
    Math.round(fraction * 1e6)
  );
}

/** Such a time to the minute, in UTC: `2026-03-02T08:00Z`. @param us since 1970, of a year from 1 to 9999 */
export function timestampText(us: number): string {
  const minutes = Math.floor(us / 60_000_000);
  let days = Math.floor(minutes / 1440);
  let year = 1970 + Math.floor(days / 366);
  while (daysSince1970(year + 1, 1, 1) <= days) year++;
  days -= daysSince1970(year, 1, 1);
  let month = 1;
  for (; days >= daysOf(year, month); month++) days -= daysOf(year, month);
  const ofDay = minutes - Math.floor(minutes / 1440) * 1440;
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${String(year).padStart(4, '0')}-${two(month)}-${two(days + 1)}`;
  return `${date}T${two(Math.floor(ofDay / 60))}:${two(ofDay % 60)}Z`;
}

function offsetMinutes(text: string | undefined): number {
  if (text === undefined || text === 'Z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return text.startsWith('-') ? -minutes : minutes;
}

/** Proleptic Gregorian calendar, years from 1. */
function daysSince1970(year: number, month: number, day: number): number {
  const before = year - 1;
  let days =
    before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162;
  for (let m = 1; m < month; m++) days += daysOf(year, m);
  return days + day - 1;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}
