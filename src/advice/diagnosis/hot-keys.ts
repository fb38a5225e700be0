/**
 * Keys that are each more than a shard can carry: no layout helps them.
 *
 * A sample shows accepted records alone, never more than the limit. So a key is called hot where its accepted load is
 * above the limit; where it alone fills 0.95 of a shard that throttles; or, with less confidence, where it would be above
 * even if most of what was throttled were retries (`ASSUMED_ATTEMPTS`). Below that it stays undecided, and the shard's
 * finding says so. A run counts its own keys exactly.
 */
import { contains } from '../../model/hash-range.ts';
import type { DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { ReportDocument } from '../../results/report-document.ts';
import { saltsFor } from '../placement/salts.ts';
import { ADVICE_HEADROOM } from '../verdict.ts';
import { judged } from './judged-interval.ts';
import { ASSUMED_ATTEMPTS, keyLoadsOf, placeOf, type KeyLoad } from './key-load.ts';
import { spanOf, type StreamView } from './stream-view.ts';

type HotKeyFinding = DiagnosisFindingOf<'HOT_KEY'>;

/** Worst first. @param isStorm most attempts are retries, so that nothing is taken for granted about their number */
export function findHotKeys(view: StreamView, isStorm: boolean): HotKeyFinding[] {
  if (view.evidence.stream.ignoresKeys) return [];
  const ofRun = hotKeysOfRun(view.evidence.run, view);
  const known = new Set(ofRun.map(({ key }) => key));
  const sampled = [...view.loads.keys()]
    .flatMap((shardId) => keyLoadsOf(view, shardId))
    .filter(({ basis }) => basis !== null && !(isStorm && basis === 'attempts'))
    .filter(({ sampled: { key } }) => !known.has(key))
    .map((key) => whereItIsNow(view, key, findingOf(view, key)))
    .sort(byLoad);
  const once = new Map<string | undefined, HotKeyFinding>();
  // Seen on a shard and on one that came out of it, it is one key, with its worse load.
  for (const finding of sampled) if (!once.has(finding.key)) once.set(finding.key, finding);
  return [...ofRun, ...once.values()].sort(byLoad);
}

/** A key that was seen on a shard which is closed since goes on where its hash key lies now, if that is too hot as well. */
function whereItIsNow(view: StreamView, key: KeyLoad, finding: HotKeyFinding): HotKeyFinding {
  const place = placeOf(key);
  if (key.shardLoad.shard.open || place === undefined) return finding;
  const now = view.open.find(({ range }) => contains(range, place));
  const load = now === undefined ? undefined : view.loads.get(now.shardId);
  if (load === undefined || load.episode === null) return finding;
  const { untilMs } = spanOf(view, load);
  return { ...finding, shardId: load.shard.shardId, ...(untilMs === undefined ? {} : { untilMs }) };
}

function byLoad(a: HotKeyFinding, b: HotKeyFinding): number {
  const difference = b.evidence.load.utilization.lower - a.evidence.load.utilization.lower;
  return difference !== 0 ? difference : (a.key ?? '') < (b.key ?? '') ? -1 : 1;
}

/** Heavy keys of a shard that may be too much by themselves, and may not. */
export function undecidedKeysOf(view: StreamView, shardId: string, hot: readonly HotKeyFinding[]): KeyLoad[] {
  const named = new Set(hot.map(({ key }) => key));
  return keyLoadsOf(view, shardId).filter(
    ({ sampled, load }) => load.utilization.upper > 1 && !named.has(sampled.key),
  );
}

function findingOf(view: StreamView, key: KeyLoad): HotKeyFinding {
  const { load, shardLoad, basis, likelyPerSec } = key;
  const isAssumed = basis === 'attempts';
  return {
    code: 'HOT_KEY',
    severity: 'critical',
    confidence: isAssumed || shardLoad.source === 'sample' ? 'medium' : 'high',
    splitHelps: 'no',
    shardId: shardLoad.shard.shardId,
    key: key.sampled.key,
    ...spanOf(view, shardLoad),
    evidence: {
      source: 'sample',
      load,
      share: key.share[load.dimension],
      sampledRecords: key.sampledRecords,
      isBeforeOnset: key.isBeforeOnset,
      basis: basis ?? 'accepted',
      ...(isAssumed ? { attempts: ASSUMED_ATTEMPTS, likelyPerSec } : {}),
      ...saltsOf(view, load.perSec.upper / load.limitPerSec),
      headroom: ADVICE_HEADROOM,
    },
  };
}

/** For the upper end, among the mean load of a shard in the stream's worst step. */
function saltsOf(
  { whole, open }: StreamView,
  utilization: number,
): { saltsChosen: number | null; saltsRandom: number | null } {
  const room = 1 - ADVICE_HEADROOM;
  const shards = Math.max(1, open.length);
  const others = Math.max(0, (whole?.worst.utilization.lower ?? 0) - Math.min(1, utilization) / shards);
  const { chosen, random } = saltsFor(utilization / room, others / room, shards);
  return { saltsChosen: chosen, saltsRandom: random };
}

function hotKeysOfRun(run: ReportDocument | null, view: StreamView): HotKeyFinding[] {
  return (run?.findings ?? []).flatMap((finding) => {
    if (finding.code !== 'HOT_KEY') return [];
    const { dimension, perSec, saltsChosen, saltsRandom, headroom, windowSec } = finding.evidence;
    const steps = Math.max(1, Math.round((run?.durationMs ?? 0) / 1000 / windowSec));
    return [
      {
        code: 'HOT_KEY' as const,
        severity: 'critical' as const,
        confidence: 'high' as const,
        splitHelps: 'no' as const,
        ...placeNow(finding.evidence.shardIdNow ?? finding.shardId, view),
        ...(finding.key === undefined ? {} : { key: finding.key }),
        evidence: {
          source: 'run' as const,
          load: judged(dimension, { lower: perSec, upper: perSec }, { above: 1, of: steps }),
          share: null,
          sampledRecords: null,
          isBeforeOnset: false,
          basis: 'run' as const,
          ...{ saltsChosen, saltsRandom, headroom },
        },
      },
    ];
  });
}

function placeNow(shardId: string | undefined, { byId }: StreamView): { shardId?: string } {
  return shardId !== undefined && byId.has(shardId) ? { shardId } : {};
}
