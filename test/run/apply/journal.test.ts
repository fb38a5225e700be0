import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, type JournalSubject } from '../../../src/run/apply/journal.ts';

const SUBJECT: JournalSubject = { stream: 'orders', fingerprint: 'a', targetFingerprint: 'b', steps: 3 };
const STEP = {
  kind: 'split',
  startingHashKey: '0',
  endingHashKey: '9',
  shardId: 's',
  newStartingHashKey: '5',
} as const;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardwise-'));
  path = join(folder, 'steps.json.journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the journal of apply', () => {
  it('has every event on the disk before the next thing happens', () => {
    const journal = new Journal(path, SUBJECT);
    journal.start(0);
    journal.write({ event: 'begin', step: 1, ...STEP });
    const events = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(events).toMatchObject([
      { event: 'start', position: 0, ...SUBJECT },
      { event: 'begin', step: 1 },
    ]);
    journal.close();
  });

  it('knows what was begun and not seen done, also when the last line was cut off', () => {
    const first = new Journal(path, SUBJECT);
    first.start(0);
    first.write({ event: 'begin', step: 1, ...STEP });
    first.write({ event: 'done', step: 1, how: 'called', children: [] });
    first.write({ event: 'begin', step: 2, ...STEP });
    first.close();
    appendFileSync(path, '{"at":"2026-');
    const second = new Journal(path, SUBJECT);
    expect([second.done, second.begun]).toEqual([1, 2]);
    second.start(1);
    second.close();
    const third = new Journal(path, SUBJECT);
    expect([third.done, third.begun]).toEqual([1, 2]);
    third.close();
  });

  it('is not carried on with other steps', () => {
    const journal = new Journal(path, SUBJECT);
    journal.start(0);
    journal.close();
    expect(() => new Journal(path, { ...SUBJECT, fingerprint: 'c' })).toThrow(
      /other steps or of another stream/,
    );
  });

  it('refuses a file that is no journal', () => {
    writeFileSync(path, 'dear diary\n');
    expect(() => new Journal(path, SUBJECT)).toThrow(/no journal of apply/);
  });

  it('keeps a second apply out, and takes over from one that was killed', () => {
    const journal = new Journal(path, SUBJECT);
    expect(() => new Journal(path, SUBJECT)).toThrow(/Another apply/);
    journal.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    // No process has so high a number.
    writeFileSync(`${path}.lock`, `${hostname().replaceAll(/[^a-zA-Z0-9._-]/g, '_')}/99999999`);
    new Journal(path, SUBJECT).close();
    // A container that is started again counts its processes anew.
    writeFileSync(`${path}.lock`, `${hostname().replaceAll(/[^a-zA-Z0-9._-]/g, '_')}/${process.pid}`);
    new Journal(path, SUBJECT).close();
  });

  it('leaves no lock where it refuses, and no device takes its place', () => {
    writeFileSync(path, 'dear diary\n');
    expect(() => new Journal(path, SUBJECT)).toThrow(/no journal of apply/);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(() => new Journal('/dev/full', SUBJECT)).toThrow(/not an ordinary file/);
    expect(() => new Journal(folder, SUBJECT)).toThrow(/not an ordinary file/);
    expect(() => new Journal(join(folder, 'gone', 'journal'), SUBJECT)).toThrow(/cannot be kept \(ENOENT\)/);
  });

  it('writes down again what is done again after somebody led the stream back', () => {
    const first = new Journal(path, SUBJECT);
    first.start(0);
    first.write({ event: 'done', step: 1, how: 'called', children: [] });
    first.write({ event: 'done', step: 2, how: 'called', children: [] });
    first.close();
    const second = new Journal(path, SUBJECT);
    expect(second.done).toBe(2);
    second.start(1);
    expect(second.done).toBe(1);
    second.close();
  });
});
