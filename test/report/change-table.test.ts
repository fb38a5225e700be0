import { describe, expect, it } from 'vitest';
import type { TimelineRow } from '../../src/results/report-document.ts';
import { changeLines } from '../../src/report/change-table.ts';
import { inkFor } from '../../src/report/ink.ts';

const row = (cause: TimelineRow['cause']): TimelineRow => ({
  ...{ atMs: 8000, kind: 'split', cause },
  ...{ shardIds: ['shardId-000000000000'], children: ['shardId-000000000002', 'shardId-000000000003'] },
});

describe('what changed', () => {
  it('says of a change that nobody asked for in the scenario that it came from outside', () => {
    const lines = (cause: TimelineRow['cause']): string =>
      changeLines([row(cause)], inkFor({ color: false }), 80).join('\n');
    expect(lines('timeline')).toMatch(/8\ss {2}split {2}…0000 +…0002 …0003/);
    expect(lines('outside')).toMatch(/8\ss {2}split, from outside {2}…0000 +…0002 …0003/);
  });
});
