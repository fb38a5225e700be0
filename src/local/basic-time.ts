/**
 * Times as signatures carry them, ISO 8601 in its basic format: 20261120T134500Z.
 */
import { timestampUs } from '../traffic/timestamp.ts';
import { civilDate } from './get-records.ts';

/** Seconds since the epoch; undefined where the text is no such time. */
export function parseBasicTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1);
  const us = timestampUs(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return us === undefined ? undefined : us / 1_000_000;
}

/** @param sec whole seconds since the epoch */
export function basicTimeText(sec: number): string {
  const { year, month, day } = civilDate(Math.floor(sec / 86_400));
  const pad = (value: number): string => value.toString().padStart(2, '0');
  const clock = [Math.floor(sec / 3600) % 24, Math.floor(sec / 60) % 60, sec % 60].map(pad).join('');
  return `${year}${pad(month + 1)}${pad(day)}T${clock}Z`;
}
