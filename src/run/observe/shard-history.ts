/**
 * When the shards of a stream opened, as far as ListShards tells: it knows who was open at a time that it is asked for.
 */
import type { Shard } from '../../model/shard-map.ts';
import type { EvidenceShard } from '../../results/evidence/evidence-shard.ts';

/** Who was open at a time. */
interface Look {
  readonly atMs: number;
  readonly open: ReadonlySet<string>;
}

/** Looks between the ends of the window; a page of a thousand shards is one call each. */
const MOST_LOOKS = 12;
/** Two looks this close tell enough: metrics have no finer steps. */
const CLOSE_MS = 60_000;

export interface HistoryAsk {
  /** All that are remembered, open and closed. */
  readonly shards: readonly Shard[];
  /** On the clock of the stream, milliseconds since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Who was open at a time; may throw, and then nothing finer is known. */
  readonly openAt: (atMs: number) => Promise<readonly Shard[]>;
  /** Turns the stream's time into that of its metrics. */
  readonly metricMs: (atMs: number) => number;
}

export interface ShardHistory {
  /** Open ones in the order of their ranges, then closed ones that were open in the window, newest first. */
  readonly shards: readonly EvidenceShard[];
  /** What a look ran into, after which no more were made. */
  readonly trouble: unknown;
}

/** Where nothing ever closed, nothing is asked. */
export async function readHistory(ask: HistoryAsk): Promise<ShardHistory> {
  const { shards } = ask;
  if (shards.every(({ open }) => open))
    return { shards: inOrder(shards, [], ask.metricMs), trouble: undefined };
  const now: Look = { atMs: ask.toMs, open: idsOf(shards.filter(({ open }) => open)) };
  const looks: Look[] = [now];
  let trouble: unknown;
  try {
    looks.unshift(await lookAt(ask, ask.fromMs));
    for (let n = 0; n < MOST_LOOKS; n++) {
      const at = widestChange(looks);
      if (at === undefined) break;
      const middleMs = Math.round((looks[at].atMs + looks[at + 1].atMs) / 2);
      looks.splice(at + 1, 0, await lookAt(ask, middleMs));
    }
  } catch (error) {
    trouble = error;
  }
  return { shards: inOrder(shards, looks, ask.metricMs), trouble };
}

async function lookAt({ openAt }: HistoryAsk, atMs: number): Promise<Look> {
  return { atMs, open: idsOf(await openAt(atMs)) };
}

/** Index of the first of the two looks that lie furthest apart and differ; undefined where all is known well enough. */
function widestChange(looks: readonly Look[]): number | undefined {
  let widest: number | undefined;
  let widthMs = CLOSE_MS;
  for (let i = 0; i + 1 < looks.length; i++) {
    const apartMs = looks[i + 1].atMs - looks[i].atMs;
    if (apartMs <= widthMs || isSame(looks[i].open, looks[i + 1].open)) continue;
    widest = i;
    widthMs = apartMs;
  }
  return widest;
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((id) => b.has(id));
}

/** Without those that were closed before the window: their load is not in it. */
function inOrder(
  shards: readonly Shard[],
  looks: readonly Look[],
  metricMs: (atMs: number) => number,
): EvidenceShard[] {
  const first = looks.at(0);
  const isKnown = looks.length > 1;
  const lived = new Set(looks.flatMap(({ open }) => [...open]));
  const newest = newestBefore(shards, first);
  const kept = idsOf(shards);
  const evidence = shards
    .filter(({ shardId, open }) => open || !isKnown || lived.has(shardId) || shardId > newest)
    .map((shard): EvidenceShard => {
      const { shardId, range, open, parentShardId, adjacentParentShardId } = shard;
      const parents = [parentShardId, adjacentParentShardId].filter((id) => id !== undefined);
      return {
        ...{ shardId, range, open, parents },
        ...(isKnown ? openingOf(shardId, looks, metricMs) : {}),
        ...(open && parents.some((id) => kept.has(id)) ? { isParentKept: true } : {}),
      };
    });
  return evidence.sort((a, b) => {
    if (a.open !== b.open) return a.open ? -1 : 1;
    if (a.open) return a.range.start < b.range.start ? -1 : 1;
    return a.shardId > b.shardId ? -1 : 1;
  });
}

/** Shards are numbered as they open: what has a higher name than all that were open at the start opened later. */
function newestBefore(shards: readonly Shard[], first: Look | undefined): string {
  let newest = '';
  for (const { shardId } of shards)
    if (first?.open.has(shardId) === true && shardId > newest) newest = shardId;
  return newest;
}

/** A shard that no look saw lived between two of them. */
function openingOf(
  shardId: string,
  looks: readonly Look[],
  metricMs: (atMs: number) => number,
): Pick<EvidenceShard, 'openedAfterMs' | 'openedBeforeMs'> {
  const seen = looks.findIndex(({ open }) => open.has(shardId));
  if (seen === 0) return {};
  if (seen > 0) {
    return {
      openedAfterMs: metricMs(looks[seen - 1].atMs),
      openedBeforeMs: metricMs(looks[seen].atMs),
    };
  }
  return { openedAfterMs: metricMs(looks[0].atMs), openedBeforeMs: metricMs(looks[looks.length - 1].atMs) };
}

function idsOf(shards: readonly Shard[]): ReadonlySet<string> {
  return new Set(shards.map(({ shardId }) => shardId));
}
