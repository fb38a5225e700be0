import { describe, expect, it } from 'vitest';
import { accountsOf, documentOf, shardwise } from './command.ts';

/** Each published scenario but retry-storm, which is for `simulate`, and the only finding that it teaches. */
const FINDINGS: readonly (readonly [string, string | undefined])[] = [
  ['uniform', undefined],
  ['hot-key', 'HOT_KEY'],
  ['zipf', 'HOT_SHARD'],
  ['few-keys', 'HOT_SHARD'],
  ['under-provisioned', 'UNDER_PROVISIONED'],
  ['ramp', 'UNDER_PROVISIONED'],
];

describe('the published scenarios', () => {
  // Together, since each takes its time and little of a core; what they find goes by when records were due.
  it.concurrent.each(FINDINGS)('%s: run finds %s and nothing else', async (name, code) => {
    const finished = await shardwise('run', `scenarios/${name}.yaml`, '-f', 'json');
    const document = documentOf(finished);
    const codes = (document.findings ?? []).map((finding) => finding.code);
    expect(codes.filter((found) => found !== 'GENERATOR_LATE')).toEqual(code === undefined ? [] : [code]);
    expect(finished.code).toBe(document.generator?.valid === true ? 0 : 4);
    const { offered, outcomes, attempts, tries } = accountsOf(document);
    expect(outcomes).toBe(offered);
    expect(attempts).toBe(tries);
    expect(document.generator?.misrouted).toBe(0);
    expect(document.shards?.reduce((sum, shard) => sum + shard.offered, 0)).toBe(offered);
    if (name === 'hot-key') {
      const [finding] = (document.findings ?? []).filter((found) => found.code === 'HOT_KEY');
      expect(finding.key).toBe('tenant-0');
      expect(document.keys?.[0].shardId).toBe(finding.shardId);
    }
  });
});
