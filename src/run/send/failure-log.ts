/**
 * Why attempts failed, by error code: counts, and the first message of each.
 */
import type { ErrorRow } from '../../results/report-document.ts';
import type { TransportError } from './transport.ts';

/** Codes come from outside; more of them than this are one row. */
const MOST_CODES = 20;

export class FailureLog {
  readonly #rows = new Map<string, { attempts: number; message: string }>();

  add(errors: readonly TransportError[]): void {
    for (const { code, message, records } of errors) {
      const known = this.#rows.has(code) || this.#rows.size < MOST_CODES;
      const row = this.#rows.get(known ? code : 'other') ?? { attempts: 0, message };
      row.attempts += records;
      this.#rows.set(known ? code : 'other', row);
    }
  }

  /** What another log has counted. */
  addRows(rows: readonly ErrorRow[]): void {
    this.add(rows.map(({ code, message, attempts }) => ({ code, message, records: attempts })));
  }

  /** Most frequent first. */
  rows(): ErrorRow[] {
    return [...this.#rows]
      .map(([code, row]) => ({ code, attempts: row.attempts, message: row.message }))
      .sort((a, b) => b.attempts - a.attempts);
  }
}
