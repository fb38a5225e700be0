/**
 * The loads of generated keys (`key-0`, `key-1`, …): sources that share a template add up number by number, as
 * sums of powers of the number.
 */
import { hashKeyOf } from '../../model/hash-key.ts';
import type { Dimension } from '../../results/report-document.ts';
import type { DrawnKeys } from '../../traffic/scenario.ts';
import { pow } from '../../traffic/elementary.ts';
import { GeneratedRegion } from '../../traffic/key-region.ts';
import { keyCountOf } from '../../traffic/keys.ts';
import { zipfSum } from '../../traffic/zipf.ts';
import type { KeyColumns, KeyLoad, KeyRun, Moments, PerDimension } from './key-run.ts';

export type GeneratedDistribution = Exclude<DrawnKeys, { readonly kind: 'weights' }>;

/** One source of generated keys. */
export interface GeneratedSource {
  readonly keys: GeneratedDistribution;
  readonly recordsPerSec: number;
  /** Mean bytes of data per record. */
  readonly dataBytes: number;
  /** Bytes of every key; undefined: each name's own length. */
  readonly keyBytes: number | undefined;
}

/** coefficient x (n + 1)^-exponent for key number n. */
interface Term {
  readonly coefficient: number;
  readonly exponent: number;
}

/** Keys number `from` to `to` - 1, each with the sum of the terms as its load. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly records: readonly Term[];
  readonly bytes: readonly Term[];
  readonly bytesPerRecord: { readonly min: number; readonly max: number };
}

/** All generated keys of one template. */
export interface GeneratedKeys {
  readonly names: GeneratedRegion;
  readonly stretches: readonly Stretch[];
}

/** Adds up sources whose keys have the same template; `placementSeed` renames their keys. */
export function generatedKeysOf(
  template: string,
  sources: readonly GeneratedSource[],
  placementSeed?: number,
): GeneratedKeys {
  const names = new GeneratedRegion(
    template,
    Math.max(...sources.map(({ keys }) => keyCountOf(keys))),
    placementSeed,
  );
  const pieces = sources.flatMap((source) => piecesOf(names, source));
  const cuts = [...new Set(pieces.flatMap((piece) => [piece.from, piece.to]))].sort((a, b) => a - b);
  const stretches = cuts.slice(1).map((to, i) => stretchOf(cuts[i], to, pieces));
  return { names, stretches: stretches.filter((stretch) => stretch.records.length > 0) };
}

/** A part of one source: constant key length, one power of n. */
interface Piece extends Term {
  readonly from: number;
  readonly to: number;
  readonly bytesPerRecord: number;
}

function piecesOf(names: GeneratedRegion, source: GeneratedSource): Piece[] {
  return sharesOf(source.keys).flatMap((share) =>
    lengthsOf(names, source.keyBytes, share.from, share.to).map(({ from, to, keyBytes }) => ({
      from,
      to,
      coefficient: share.coefficient * source.recordsPerSec,
      exponent: share.exponent,
      bytesPerRecord: source.dataBytes + keyBytes,
    })),
  );
}

/** Share of the source's records that each key gets. */
function sharesOf(keys: GeneratedDistribution): (Term & { from: number; to: number })[] {
  switch (keys.kind) {
    case 'uniform':
      return [{ from: 0, to: keys.count, coefficient: 1 / keys.count, exponent: 0 }];
    case 'zipf': {
      const { count, exponent } = keys;
      return [{ from: 0, to: count, coefficient: 1 / zipfSum(1, count, exponent), exponent }];
    }
    case 'hot': {
      const { keys: hot, of } = keys;
      const share = hot === of ? 1 : keys.share;
      return [
        { from: 0, to: hot, coefficient: share / hot, exponent: 0 },
        { from: hot, to: of, coefficient: (1 - share) / (of - hot), exponent: 0 },
      ].filter((part) => part.from < part.to && part.coefficient > 0);
    }
  }
}

/** Cuts the numbers from `from` to `to` - 1 where their names get longer. */
function lengthsOf(
  names: GeneratedRegion,
  fixed: number | undefined,
  from: number,
  to: number,
): { from: number; to: number; keyBytes: number }[] {
  if (fixed !== undefined) return [{ from, to, keyBytes: fixed }];
  const lengths = [];
  for (let start = from, next = 10; start < to; next *= 10) {
    if (start >= next) continue;
    const end = Math.min(to, next);
    lengths.push({ from: start, to: end, keyBytes: names.bytesAt(start) });
    start = end;
  }
  return lengths;
}

function stretchOf(from: number, to: number, pieces: readonly Piece[]): Stretch {
  const here = pieces.filter((piece) => piece.from <= from && to <= piece.to);
  const sizes = here.map((piece) => piece.bytesPerRecord);
  return {
    from,
    to,
    records: addTerms(here),
    bytes: addTerms(
      here.map((p) => ({ exponent: p.exponent, coefficient: p.coefficient * p.bytesPerRecord })),
    ),
    bytesPerRecord: { min: Math.min(...sizes), max: Math.max(...sizes) },
  };
}

/** One term per exponent. */
function addTerms(terms: readonly Term[]): Term[] {
  const sums = new Map<number, number>();
  for (const { exponent, coefficient } of terms) sums.set(exponent, (sums.get(exponent) ?? 0) + coefficient);
  return [...sums].map(([exponent, coefficient]) => ({ exponent, coefficient }));
}

/** The number of the generated key with this name, or -1 where none of them has it. */
export function numberOf(keys: GeneratedKeys, name: string): number {
  const n = keys.names.find(name);
  return n >= 0 && covers(keys, n) ? n : -1;
}

function covers(keys: GeneratedKeys, n: number): boolean {
  return keys.stretches.some((stretch) => stretch.from <= n && n < stretch.to);
}

/** What key number n carries; all zero where it is not among the keys. */
export function generatedLoad(keys: GeneratedKeys, n: number): KeyLoad {
  const stretch = keys.stretches.find(({ from, to }) => from <= n && n < to);
  return {
    name: keys.names.nameAt(n),
    records: stretch ? valueAt(stretch.records, n) : 0,
    bytes: stretch ? valueAt(stretch.bytes, n) : 0,
  };
}

/** The keys as runs, without those whose numbers are in `taken`. */
export function generatedRuns(keys: GeneratedKeys, taken: readonly number[] = []): KeyRun[] {
  const sorted = taken.toSorted((a, b) => a - b);
  return keys.stretches.flatMap((stretch) => {
    const runs: KeyRun[] = [];
    let from = stretch.from;
    for (const n of sorted) {
      if (n < from || n >= stretch.to) continue;
      if (n > from) runs.push(runOf(keys.names, { ...stretch, from, to: n }));
      from = n + 1;
    }
    if (from < stretch.to) runs.push(runOf(keys.names, { ...stretch, from }));
    return runs;
  });
}

function runOf(names: GeneratedRegion, stretch: Stretch): KeyRun {
  const { from, to } = stretch;
  const keyAt = (i: number): KeyLoad => ({
    name: names.nameAt(from + i),
    records: valueAt(stretch.records, from + i),
    bytes: valueAt(stretch.bytes, from + i),
  });
  return {
    length: to - from,
    bytesPerRecord: stretch.bytesPerRecord,
    keyAt,
    hashKeyAt: (i) => hashKeyOf(names.nameAt(from + i)),
    place: (columns, at) => {
      names.positionsOf(from, to, columns.positions, at);
      writeLoads(stretch, columns, at);
    },
    heaviest: (count) => runOf(names, { ...stretch, to: Math.min(to, from + count) }),
    loadAt: (i, dimension) => valueAt(stretch[dimension], from + i),
    momentsFrom: (i, dimension) => momentsOf(stretch[dimension], from + i, to),
    candidates: () => [keyAt(0)],
    notAbove: (limit) => {
      const start = firstNotAbove(stretch, limit);
      return start < to ? [runOf(names, { ...stretch, from: start })] : [];
    },
  };
}

/** Both loads of every key: they are sums of the same powers, each of which is taken once. */
function writeLoads({ from, to, records, bytes }: Stretch, columns: KeyColumns, at: number): void {
  columns.records.fill(0, at, at + to - from);
  columns.bytes.fill(0, at, at + to - from);
  records.forEach(({ exponent, coefficient }, term) => {
    const ofBytes = bytes[term].coefficient;
    for (let n = from, i = at; n < to; n++, i++) {
      const power = exponent === 0 ? 1 : pow(n + 1, -exponent);
      columns.records[i] += coefficient * power;
      columns.bytes[i] += ofBytes * power;
    }
  });
}

function valueAt(terms: readonly Term[], n: number): number {
  let sum = 0;
  for (const { coefficient, exponent } of terms) {
    sum += exponent === 0 ? coefficient : coefficient * pow(n + 1, -exponent);
  }
  return sum;
}

/** Loads fall along a stretch, so the first that fits is found by halving. */
function firstNotAbove(stretch: Stretch, limit: PerDimension): number {
  const isAbove = (n: number): boolean =>
    (['records', 'bytes'] as const).some(
      (dimension: Dimension) => valueAt(stretch[dimension], n) > limit[dimension],
    );
  let low = stretch.from;
  let high = stretch.to;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isAbove(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sums of the loads, their squares and cubes over keys number `from` to `to` - 1, multiplied out term by term. */
function momentsOf(terms: readonly Term[], from: number, to: number): Moments {
  const squares = product(terms, terms);
  return {
    sum: sumOf(terms, from, to),
    squares: sumOf(squares, from, to),
    cubes: sumOf(product(squares, terms), from, to),
  };
}

function product(a: readonly Term[], b: readonly Term[]): Term[] {
  return addTerms(
    a.flatMap((x) =>
      b.map((y) => ({ coefficient: x.coefficient * y.coefficient, exponent: x.exponent + y.exponent })),
    ),
  );
}

function sumOf(terms: readonly Term[], from: number, to: number): number {
  let sum = 0;
  for (const { coefficient, exponent } of terms) {
    sum += coefficient * (exponent === 0 ? to - from : zipfSum(from + 1, to, exponent));
  }
  return sum;
}
