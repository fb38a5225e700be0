/** Times as the Query protocol writes them: ISO 8601 in UTC, to and from seconds since 1970. */

const DAY_SEC = 86_400;
const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Seconds since 1970 of a date or a time; one without a zone is UTC. A plain number is seconds already. */
export function parseIsoTime(text: string): number | undefined {
  if (/^-?\d{1,15}(\.\d{1,9})?$/.test(text)) return Number(text);
  const match = FORM.exec(text);
  if (!match) return undefined;
  const groups: readonly (string | undefined)[] = match;
  const [year, month, day, hour, minute, second] = groups.slice(1, 7).map((part) => Number(part ?? 0));
  const isCalendar = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  if (!isCalendar || hour > 23 || minute > 59 || second > 60) return undefined;
  const clock = hour * 3600 + minute * 60 + second + Number(groups[7] ?? 0);
  return daysSince1970(year, month, day) * DAY_SEC + clock - zoneSec(groups[8]);
}

/** "2026-11-20T00:01:00Z"; fractions of a second are left out. */
export function isoTime(sec: number): string {
  const whole = Math.floor(sec);
  const days = Math.floor(whole / DAY_SEC);
  const { year, month, day } = civilDate(days);
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${clockText(whole - days * DAY_SEC)}Z`;
}

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "Fri, 20 Nov 2026 00:01:00 GMT", as HTTP's Date has it. */
export function httpDate(sec: number): string {
  const whole = Math.floor(sec);
  const days = Math.floor(whole / DAY_SEC);
  const { year, month, day } = civilDate(days);
  const date = `${pad(day)} ${MONTHS[month - 1]} ${pad(year, 4)}`;
  return `${DAYS[days % 7]}, ${date} ${clockText(whole - days * DAY_SEC)} GMT`;
}

function clockText(sec: number): string {
  return [Math.floor(sec / 3600), Math.floor(sec / 60) % 60, sec % 60].map((part) => pad(part)).join(':');
}

function zoneSec(zone = 'Z'): number {
  if (zone === 'Z') return 0;
  const sec = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(-2)) * 60;
  return zone.startsWith('-') ? -sec : sec;
}

/** Days of a Gregorian date; years are counted from March, so that a leap day is a year's last. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month <= 2 ? year - 1 : year;
  const era = Math.floor(years / 400);
  const yearOfEra = years - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leap = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leap) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysOf(year: number, month: number): number {
  const next = month === 12 ? daysSince1970(year + 1, 1, 1) : daysSince1970(year, month + 1, 1);
  return next - daysSince1970(year, month, 1);
}

function pad(value: number, width = 2): string {
  return value.toString().padStart(width, '0');
}
