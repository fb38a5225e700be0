/**
 * Every partition key of a scenario under one number, so that hot paths carry numbers and no strings.
 *
 * Generated keys of the same template are the same keys, whichever source draws them; a key that is listed, in the
 * scenario or in a file, and named like a generated key is that key. Keys with explicit hash keys are never any
 * other source's: their names do not say where they go.
 */
import { formatHashKey, fromWords } from '../model/hash-key.ts';
import { GeneratedRegion, HashedRegion, ListedRegion, type KeyRegion } from './key-region.ts';
import { keyCountOf } from './keys.ts';
import type { HashedKeys, Keys } from './scenario.ts';
import type { WeightedNames } from './weighted-names.ts';

export { keyNameOf } from './key-region.ts';

/** A region at its place among the numbers. */
interface Placed<R extends KeyRegion> {
  readonly first: number;
  readonly region: R;
}

type Searchable = KeyRegion & { find(name: string): number };

/** Kinds whose keys follow a template. */
type GeneratedKeys = Exclude<Keys, HashedKeys | { readonly kind: 'weights' | 'file' }>;

export class KeyDictionary {
  readonly #regions: Placed<KeyRegion>[] = [];
  /** Regions whose names another source may mean. */
  readonly #named: Placed<Searchable>[] = [];
  /** Per source: the number of its key 0; and a table where its keys are not numbered in a row. */
  readonly #firsts: Float64Array;
  readonly #tables: (Uint32Array | undefined)[];
  #size = 0;

  constructor(sources: readonly Keys[], placementSeed?: number) {
    this.#firsts = new Float64Array(sources.length);
    this.#tables = sources.map(() => undefined);
    this.#addGenerated(sources, placementSeed);
    this.#addListed(sources);
    sources.forEach((keys, i) => {
      if (keys.kind === 'file') {
        const same = sources.findIndex((other) => other.kind === 'file' && other.table === keys.table);
        if (same < i) this.#repeatFile(same, i);
        else this.#addFile(keys.table, i);
      }
      if (isHashed(keys)) this.#firsts[i] = this.#place(new HashedRegion(keys, placementSeed)).first;
    });
  }

  /** Ids run from 0 to one below. */
  get size(): number {
    return this.#size;
  }

  /** Id of key n of a source. */
  idOf(source: number, n: number): number {
    const table = this.#tables[source];
    return table === undefined ? this.#firsts[source] + n : table[n];
  }

  /** Turns the first `count` key numbers of a source into ids, in place, and writes the lengths of their names. */
  resolve(source: number, count: number, keys: Uint32Array, keyBytes: Uint16Array): void {
    const table = this.#tables[source];
    const first = this.#firsts[source];
    let of = this.#regions[0];
    for (let i = 0; i < count; i++) {
      const id = table === undefined ? first + keys[i] : table[keys[i]];
      // A source's keys are of one region, as a rule.
      if (id < of.first || id - of.first >= of.region.count) of = this.#regionOf(id);
      keys[i] = id;
      keyBytes[i] = of.region.bytesAt(id - of.first);
    }
  }

  nameOf(id: number): string {
    const { region, first } = this.#regionOf(id);
    return region.nameAt(id - first);
  }

  /** Length of a key's name in UTF-8, without making it where it is generated. */
  bytesOf(id: number): number {
    const { region, first } = this.#regionOf(id);
    return region.bytesAt(id - first);
  }

  /** Writes the hash key that decides where a key goes, as four words. */
  hashWordsOf(id: number, words: Uint32Array): void {
    const { region, first } = this.#regionOf(id);
    region.hashAt(id - first, words);
  }

  /** The hash key that decides where a key goes: its explicit one, or that of its name. */
  hashKeyOf(id: number): bigint {
    const words = new Uint32Array(4);
    this.hashWordsOf(id, words);
    return fromWords(words);
  }

  /** What to send as ExplicitHashKey, a decimal text; undefined where the name decides. */
  explicitHashKeyOf(id: number): string | undefined {
    const { region, first } = this.#regionOf(id);
    return region.explicitAt && formatHashKey(region.explicitAt(id - first));
  }

  #regionOf(id: number): Placed<KeyRegion> {
    let i = this.#regions.length - 1;
    while (this.#regions[i].first > id) i--;
    return this.#regions[i];
  }

  #place<R extends KeyRegion>(region: R): Placed<R> {
    const placed = { first: this.#size, region };
    this.#regions.push(placed);
    this.#size += region.count;
    return placed;
  }

  /** One region per template, as large as the largest source needs it. */
  #addGenerated(sources: readonly Keys[], placementSeed: number | undefined): void {
    const firsts = new Map<string, number>();
    for (const [template, count] of templateCounts(sources)) {
      const placed = this.#place(new GeneratedRegion(template, count, placementSeed));
      this.#named.push(placed);
      firsts.set(template, placed.first);
    }
    sources.forEach((keys, i) => {
      if (isGenerated(keys)) this.#firsts[i] = firsts.get(keys.template) ?? 0;
    });
  }

  /** One region for the names of all `weights`. */
  #addListed(sources: readonly Keys[]): void {
    const listed = new ListedRegion();
    const first = this.#size;
    sources.forEach((keys, i) => {
      if (keys.kind !== 'weights') return;
      this.#tables[i] = Uint32Array.from(
        keys.names,
        (name) => this.#find(name) ?? first + listed.numberOf(name),
      );
    });
    if (listed.count > 0) this.#named.push(this.#place(listed));
  }

  /** A file's own region; where nothing before it has names, they are not even looked at. */
  #addFile(table: WeightedNames, source: number): void {
    const first = this.#size;
    if (this.#named.length > 0) {
      const idAt = (n: number): number => this.#find(table.nameAt(n)) ?? first + n;
      this.#tables[source] = Uint32Array.from({ length: table.count }, (_, n) => idAt(n));
    }
    this.#named.push(this.#place(table));
    this.#firsts[source] = first;
  }

  /** A source with the same file as an earlier one has the same keys. */
  #repeatFile(earlier: number, source: number): void {
    this.#firsts[source] = this.#firsts[earlier];
    this.#tables[source] = this.#tables[earlier];
  }

  /** Id of the key with this name among those that are placed by their names. */
  #find(name: string): number | undefined {
    for (const { region, first } of this.#named) {
      const n = region.find(name);
      if (n >= 0) return first + n;
    }
    return undefined;
  }
}

/** Keys of each template, in the order of the sources. */
export function templateCounts(sources: readonly Keys[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const keys of sources) {
    if (isGenerated(keys))
      counts.set(keys.template, Math.max(counts.get(keys.template) ?? 0, keyCountOf(keys)));
  }
  return counts;
}

export function isHashed(keys: Keys): keys is HashedKeys {
  return keys.kind === 'hashKeys' || keys.kind === 'explicitHashKey';
}

export function isGenerated(keys: Keys): keys is GeneratedKeys {
  return keys.kind !== 'weights' && keys.kind !== 'file' && !isHashed(keys);
}
