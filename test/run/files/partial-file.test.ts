import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PartialFile } from '../../../src/run/files/partial-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardwise-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a partial file', () => {
  it('holds what there was at last, and is gone when the report is there', async () => {
    const troubles: unknown[] = [];
    const file = new PartialFile(join(folder, 'a.json'), (error) => troubles.push(error));
    file.note(() => 'one');
    await file.settle();
    expect(readFileSync(join(folder, 'a.json.partial'), 'utf8')).toBe('one');
    // Nothing more is written behind the report's back.
    file.note(() => 'two');
    await file.remove();
    expect([readdirSync(folder), troubles]).toEqual([[], []]);
  });

  it('leaves out what comes while it is being written', async () => {
    const file = new PartialFile(join(folder, 'b.json'), () => undefined);
    const texts: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      file.note(() => {
        texts.push(text);
        return text;
      });
    }
    await file.settle();
    expect(texts).toEqual(['one']);
    await file.remove();
  });

  it('tells once of a place that cannot be written, and hurts nobody', async () => {
    const troubles: unknown[] = [];
    mkdirSync(join(folder, 'c.json.partial'));
    const file = new PartialFile(join(folder, 'c.json'), (error) => troubles.push(error));
    file.note(() => 'one');
    await file.settle();
    expect(troubles).toHaveLength(1);
    expect(existsSync(join(folder, 'c.json.partial'))).toBe(true);
    expect(readdirSync(folder)).toEqual(['c.json.partial']);
  });

  it('is none beside a device', () => {
    expect(PartialFile.beside('/dev/full', () => undefined)).toBeUndefined();
    expect(PartialFile.beside(join(folder, 'd.json'), () => undefined)?.path).toBe(
      join(folder, 'd.json.partial'),
    );
  });
});
