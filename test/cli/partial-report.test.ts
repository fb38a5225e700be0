import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keptSentence } from '../../src/cli/partial-report.ts';
import type { Output } from '../../src/cli/output.ts';

const to = (path: string): Output => ({ files: [{ path, format: 'json' }] }) as unknown as Output;

it('says of a run that ended at once what is on disk of it, which may be nothing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shardwise-kept-'));
  const path = join(folder, 'run.json');
  expect(keptSentence(to(path))).toBe(
    `There is no ${path}.partial either: no second of the load was over and written.`,
  );
  writeFileSync(`${path}.partial`, '{}');
  expect(keptSentence(to(path))).toBe(`${path}.partial has what was counted until then.`);
  expect(keptSentence({ files: [] } as unknown as Output)).toBe('');
  rmSync(folder, { recursive: true });
});
