/**
 * The time at which a line of a log was written, where it begins with one that is understood: ISO 8601 and its near
 * relatives, seconds or milliseconds since 1970, syslog's month and day, or such a value in a JSON line.
 */

/** Year and month in which the log was written last: syslog's times have no year. */
export interface LineYear {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Brackets, quotes and a level such as INFO may stand before the time. */
const LEAD = '^[\\s\\["\'(<]*(?:(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL)[\\]:|\\s]+\\[?)?';
const ISO =
  '(\\d{4})-(\\d{2})-(\\d{2})[T ](\\d{2}):(\\d{2}):(\\d{2})(?:[.,](\\d{1,9}))?\\s?(Z|[+-]\\d{2}:?\\d{2})?';
const AT_START = new RegExp(LEAD + ISO);
const EPOCH = /^[\s["(]*(\d{10})(?:(\d{3})|\.(\d{1,6}))?(?=[^\d.]|$)/;
/** With a priority before it, as on the wire. */
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2})\s{1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?\s/;
const IN_JSON = new RegExp(
  `"(?:@?timestamp|time|ts|date|eventTime)"\\s*:\\s*(?:"${ISO}|"?(\\d{10})(\\d{3})?(?:\\.(\\d{1,6}))?[",}\\s])`,
);
/** How far into a line a JSON time is looked for. */
const JSON_CHARS = 4096;

/** Milliseconds since 1970; a time without a zone is taken for UTC; null where there is none. */
export function lineTime(line: string, year: LineYear): number | null {
  const iso = AT_START.exec(line);
  if (iso !== null) return isoMs(iso.slice(1, 9));
  const epoch = EPOCH.exec(line);
  if (epoch !== null) return epochMs(epoch.slice(1, 4));
  const syslog = SYSLOG.exec(line);
  if (syslog !== null) return syslogMs(syslog.slice(1), year);
  if (!/^\s*\{/.test(line)) return null;
  const json = IN_JSON.exec(line.slice(0, JSON_CHARS));
  if (json === null) return null;
  return (json[1] as string | undefined) === undefined ? epochMs(json.slice(9, 12)) : isoMs(json.slice(1, 9));
}

type Parts = readonly (string | undefined)[];

function isoMs(parts: Parts): number | null {
  const [year, month, day, hour, minute, second] = parts.slice(0, 6).map(Number);
  return timeMs([year, month, day, hour, minute, second], fraction(parts[6]), parts[7]);
}

function syslogMs([name = '', ...rest]: Parts, { year, month: last }: LineYear): number | null {
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return null;
  const [day, hour, minute, second] = rest.slice(0, 4).map(Number);
  // A month after the last one of the log was in the year before.
  return timeMs([month > last ? year - 1 : year, month, day, hour, minute, second], fraction(rest[4]), 'Z');
}

/** Seconds, then the digits of milliseconds, or a fraction. */
function epochMs([seconds = '', ms, part]: Parts): number {
  return Number(seconds) * 1000 + (ms === undefined ? fraction(part) : Number(ms));
}

function fraction(digits: string | undefined): number {
  return digits === undefined ? 0 : Math.floor(Number(`0.${digits}`) * 1000);
}

/** Null where it is no time of a calendar. */
function timeMs([year, month, day, hour, minute, second]: number[], ms: number, zone = 'Z'): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const away = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  const awayMinutes =
    away === null ? 0 : (away[1] === '-' ? -1 : 1) * (Number(away[2]) * 60 + Number(away[3]));
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - awayMinutes * 60_000;
}
