/**
 * Every partition key of a scenario under one number, so that hot paths carry numbers and no strings.
 *
 * Generated keys of the same template are the same keys, whichever source draws them; a weight that is named like
 * a generated key is that key.
 */
import { utf8Length } from '../model/record.ts';
import { keyCountOf } from './keys.ts';
import type { Keys } from './scenario.ts';

/** Name of a generated key: the template with `{n}` replaced; a placement seed renames them all. */
export function keyNameOf(template: string, n: number, placementSeed?: number): string {
  return nameFrom(template.split('{n}'), n, placementSeed);
}

/** The same from the parts of a template around its numbers. */
function nameFrom(parts: readonly string[], n: number, placementSeed: number | undefined): string {
  const number = placementSeed === undefined ? String(n) : `${n}-p${placementSeed}`;
  return parts.length === 2 ? parts[0] + number + parts[1] : parts.join(number);
}

/** Keys that follow one template, numbered from `first`. */
interface GeneratedKeys {
  readonly template: string;
  readonly parts: readonly string[];
  readonly first: number;
  count: number;
  /** Bytes of a name besides the digits of its number, and how often those digits stand in it. */
  readonly fixedBytes: number;
  readonly numbers: number;
}

export class KeyDictionary {
  readonly #placementSeed: number | undefined;
  readonly #generated: GeneratedKeys[] = [];
  readonly #named: string[] = [];
  readonly #firstNamed: number;
  /** Per source: the number of its key 0 where its keys are generated, a table where they are named. */
  readonly #firsts: Float64Array;
  readonly #tables: (Uint32Array | undefined)[];

  constructor(sources: readonly Keys[], placementSeed?: number) {
    this.#placementSeed = placementSeed;
    this.#firstNamed = this.#numberGenerated(sources);
    const numbers = new Map<string, number>();
    this.#tables = sources.map((keys) =>
      keys.kind === 'weights'
        ? Uint32Array.from(keys.names, (name) => this.#numberOf(name, numbers))
        : undefined,
    );
    this.#firsts = Float64Array.from(sources, (keys) =>
      keys.kind === 'weights' ? 0 : (this.#generated.find((g) => g.template === keys.template)?.first ?? 0),
    );
  }

  /** Number of keys; ids run from 0 to one below. */
  get size(): number {
    return this.#firstNamed + this.#named.length;
  }

  /** Id of key n of a source. */
  idOf(source: number, n: number): number {
    const table = this.#tables[source];
    return table === undefined ? this.#firsts[source] + n : table[n];
  }

  nameOf(id: number): string {
    if (id >= this.#firstNamed) return this.#named[id - this.#firstNamed];
    const keys = this.#generatedOf(id);
    return nameFrom(keys.parts, id - keys.first, this.#placementSeed);
  }

  /** Length of a key's name in UTF-8, without making it where it is generated. */
  bytesOf(id: number): number {
    if (id >= this.#firstNamed) return utf8Length(this.#named[id - this.#firstNamed]);
    const keys = this.#generatedOf(id);
    return keys.fixedBytes + keys.numbers * digitsOf(id - keys.first);
  }

  #generatedOf(id: number): GeneratedKeys {
    let i = this.#generated.length - 1;
    while (this.#generated[i].first > id) i--;
    return this.#generated[i];
  }

  /** Lays the templates one after another and returns the first id behind them. */
  #numberGenerated(sources: readonly Keys[]): number {
    const counts = new Map<string, number>();
    for (const keys of sources) {
      if (keys.kind !== 'weights')
        counts.set(keys.template, Math.max(counts.get(keys.template) ?? 0, keyCountOf(keys)));
    }
    let first = 0;
    for (const [template, count] of counts) {
      const parts = template.split('{n}');
      const numbers = parts.length - 1;
      const suffix = this.#placementSeed === undefined ? 0 : `-p${this.#placementSeed}`.length;
      const fixedBytes = utf8Length(template) - numbers * '{n}'.length + numbers * suffix;
      this.#generated.push({ template, parts, first, count, fixedBytes, numbers });
      first += count;
    }
    return first;
  }

  /** Id of a named key: that of the generated key with this name, or its own. */
  #numberOf(name: string, numbers: Map<string, number>): number {
    for (const keys of this.#generated) {
      const n = this.#numberIn(keys, name);
      if (n !== undefined && n < keys.count) return keys.first + n;
    }
    let id = numbers.get(name);
    if (id === undefined) {
      id = this.#firstNamed + this.#named.length;
      this.#named.push(name);
      numbers.set(name, id);
    }
    return id;
  }

  /** The number that makes a template into this name: its digits are what the name has more than the template. */
  #numberIn(keys: GeneratedKeys, name: string): number | undefined {
    const digits = (utf8Length(name) - keys.fixedBytes) / keys.numbers;
    const from = keys.template.indexOf('{n}');
    const n = Number(name.slice(from, from + digits));
    if (!Number.isSafeInteger(n) || n < 0) return undefined;
    return keyNameOf(keys.template, n, this.#placementSeed) === name ? n : undefined;
  }
}

function digitsOf(n: number): number {
  let digits = 1;
  for (let bound = 10; n >= bound; bound *= 10) digits++;
  return digits;
}
