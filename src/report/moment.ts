/**
 * A moment as a date and a time of day in UTC, without a clock: the same digits on every machine.
 */
import { NBSP } from './figure.ts';

const DAY_MS = 86_400_000;

/** `2026-11-20 03:00 UTC`. @param ms since 1970 */
export function moment(ms: number): string {
  const { date, time } = partsOf(ms);
  return `${date}${NBSP}${time}${NBSP}UTC`;
}

/** `2026-11-20T03:00:00Z`, the next full minute: as flags take it. */
export function isoMinute(ms: number): string {
  const { date, time } = partsOf(Math.ceil(ms / 60_000) * 60_000);
  return `${date}T${time}:00Z`;
}

function partsOf(ms: number): { readonly date: string; readonly time: string } {
  const days = Math.floor(ms / DAY_MS);
  const minutes = Math.floor((ms - days * DAY_MS) / 60_000);
  const two = (part: number): string => String(part).padStart(2, '0');
  const { year, month, day } = dateOf(days);
  return {
    date: `${year}-${two(month)}-${two(day)}`,
    time: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`,
  };
}

/** Days since 1970 in the Gregorian calendar, by years that begin in March (Hinnant, days_from_civil). */
function dateOf(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const years = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * years + Math.floor(years / 4) - Math.floor(years / 100));
  const march = Math.floor((5 * ofYear + 2) / 153);
  const month = march < 10 ? march + 3 : march - 9;
  return {
    year: years + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: ofYear - Math.floor((153 * march + 2) / 5) + 1,
  };
}
