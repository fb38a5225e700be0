/** When shards opened, found by looking at streams whose whole past is known. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardIdOf, type Shard } from '../../../src/model/shard-map.ts';
import { readHistory } from '../../../src/run/observe/shard-history.ts';

const FROM = 1_000_000;
const TO = FROM + 3_600_000;

interface Life {
  readonly shard: Shard;
  readonly openedMs: number;
  readonly closedMs: number;
}

/** One line of shards, each the only child of the one before: enough for times. */
function livesOf(changesMs: readonly number[]): Life[] {
  const times = [-Infinity, ...[...changesMs].sort((a, b) => a - b), Infinity];
  return times.slice(1).map((closedMs, i) => ({
    shard: {
      shardId: shardIdOf(i),
      range: { start: 0n, end: 9n },
      open: closedMs === Infinity,
      ...(i > 0 && { parentShardId: shardIdOf(i - 1) }),
    },
    openedMs: times[i],
    closedMs,
  }));
}

async function historyOf(lives: readonly Life[], looks: number[] = []) {
  return readHistory({
    shards: lives.map(({ shard }) => shard),
    ...{ fromMs: FROM, toMs: TO },
    openAt: (atMs) => {
      looks.push(atMs);
      return Promise.resolve(
        lives
          .filter(({ openedMs, closedMs }) => openedMs <= atMs && closedMs >= atMs)
          .map(({ shard }) => shard),
      );
    },
    metricMs: (ms) => ms + 7,
  });
}

describe('when shards opened', () => {
  it('lies between what is said, and what was closed before the window is left out', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: FROM - 3_600_000, max: TO - 1 }), { maxLength: 6 }),
        async (changes) => {
          const lives = livesOf(changes);
          const { shards, trouble } = await historyOf(lives);
          expect(trouble).toBeUndefined();
          expect(new Set(shards.map(({ shardId }) => shardId))).toEqual(
            new Set(lives.filter(({ closedMs }) => closedMs >= FROM).map(({ shard }) => shard.shardId)),
          );
          for (const { shardId, openedAfterMs, openedBeforeMs } of shards) {
            const { openedMs } = lives.find(({ shard }) => shard.shardId === shardId) as Life;
            if (openedMs <= FROM) expect(openedAfterMs).toBeUndefined();
            else {
              expect((openedAfterMs ?? NaN) - 7).toBeLessThanOrEqual(openedMs);
              expect((openedBeforeMs ?? NaN) - 7).toBeGreaterThanOrEqual(openedMs);
            }
          }
        },
      ),
    );
  });

  it('is known to the minute after one change, in a dozen looks at most', async () => {
    const looks: number[] = [];
    const { shards } = await historyOf(livesOf([FROM + 1_234_567]), looks);
    const [child] = shards;
    expect((child.openedBeforeMs ?? 0) - (child.openedAfterMs ?? 0)).toBeLessThanOrEqual(60_000);
    expect(looks.length).toBeLessThanOrEqual(13);
  });

  it('is not asked where nothing ever closed', async () => {
    const looks: number[] = [];
    const { shards } = await historyOf(livesOf([]), looks);
    expect([looks, shards.length, shards[0].openedAfterMs]).toEqual([[], 1, undefined]);
  });

  it('is left open where a look fails', async () => {
    const lives = livesOf([FROM + 60_000]);
    const { shards, trouble } = await readHistory({
      shards: lives.map(({ shard }) => shard),
      ...{ fromMs: FROM, toMs: TO, metricMs: (ms) => ms },
      openAt: () => Promise.reject(new Error('throttled')),
    });
    expect(shards.map(({ shardId }) => shardId)).toEqual([shardIdOf(1), shardIdOf(0)]);
    expect(trouble).toMatchObject({ message: 'throttled' });
  });
});
