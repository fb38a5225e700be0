import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { merge } from '../../src/cli/merge.ts';
import { emptyOutcome } from './outcome.ts';

it('does not write the sum of reports over one of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shardwise-merge-'));
  const part = join(folder, 'a.json');
  await writeFile(part, '{"a": 1}');
  const out = `${folder}/./a.json`;
  await expect(merge([part, join(folder, 'b.json')], { out: [out] }, emptyOutcome().context)).rejects.toThrow(
    /is one of the reports to be merged/,
  );
  expect(await readFile(part, 'utf8')).toBe('{"a": 1}');
});
