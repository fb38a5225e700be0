/** A hot stream from the question to the fix: recommended, applied, and asked about again while the traffic goes on. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { createShardMap } from '../../src/model/shard-map.ts';
import type { DiagnosisDocument } from '../../src/results/diagnosis-document.ts';
import type { RecommendationDocument } from '../../src/results/recommendation-document.ts';
import { namesOnShard } from '../advice/observations.ts';
import { shardwise } from './outcome.ts';
import { playStreams, type Played } from './planted-streams.ts';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
process.env['AWS_ACCESS_KEY_ID'] = 'local';
process.env['AWS_SECRET_ACCESS_KEY'] = 'local';

const MINUTES = 20;
const TWO = createShardMap(2);
/** Two keys of 60 % of a shard each on one shard, and small ones on both. */
const warm = namesOnShard(1, 2, TWO, 'warm');
const loads = [
  ...warm.map((key) => ({ key, perSec: 600 })),
  ...[0, 1].flatMap((shard) => namesOnShard(shard, 10, TWO, 'small')).map((key) => ({ key, perSec: 15 })),
];
const SAMPLED = ['--sample', '--yes', '--sample-share', '100%'];

let played: Played;
beforeAll(async () => {
  played = await playStreams({ orders: { shards: 2, offered: () => loads } }, MINUTES, 60, 40);
}, 60_000);
afterAll(() => played.close());

async function documentOf<D>(command: string, ...flags: readonly string[]): Promise<D> {
  const { out, exit, err } = await played.run(command, 'orders', '-f', 'json', '--quiet', ...flags);
  expect([exit, err]).toEqual([0, '']);
  return JSON.parse(out) as D;
}

describe('a hot stream', () => {
  it('is cut between its keys, no longer throttles, and is right then', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'shardwise-fix-')), 'steps.json');
    const before = await documentOf<RecommendationDocument>('recommend', ...SAMPLED, '-o', file);
    expect(before.verdict).toBe('UNDER_PROVISIONED');
    expect(before.steps.length).toBeGreaterThan(0);
    const homes = warm.map((key) => homeOf(before, key));
    expect(new Set(homes).size).toBe(2);
    const applied = await shardwise('apply', file, '--yes', ...played.where);
    expect(applied.exit).toBe(0);
    const { from, to } = played.goOn(MINUTES);
    const window = ['--from', played.at(from), '--to', played.at(to)];
    const after = await documentOf<RecommendationDocument>('recommend', ...window, ...SAMPLED);
    expect([after.verdict, after.steps]).toEqual(['RIGHT_SIZED', []]);
    expect(after.fingerprint).toBe(before.targetFingerprint);
    const { findings } = await documentOf<DiagnosisDocument>('diagnose', ...window);
    expect(findings).toEqual([]);
  });
});

function homeOf({ targetLayout }: RecommendationDocument, key: string): string | undefined {
  const place = hashKeyOf(key);
  return targetLayout.find(
    ({ startingHashKey, endingHashKey }) =>
      BigInt(startingHashKey) <= place && place <= BigInt(endingHashKey),
  )?.startingHashKey;
}
