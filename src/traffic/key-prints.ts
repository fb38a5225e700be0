/**
 * 64 bits of each partition key, the same for the same name (and explicit hash key) in every scenario, whichever
 * number the dictionary gave it.
 */
import { mix } from './digest.ts';
import type { KeyDictionary } from './key-dictionary.ts';

/** 32 MiB of tables; of more keys than this the names are read each time. */
const MOST_REMEMBERED = 4_194_304;

export class KeyPrints {
  readonly #dictionary: KeyDictionary;
  /** Two words per key. */
  readonly #prints: Uint32Array;
  readonly #words = new Uint32Array(4);

  constructor(dictionary: KeyDictionary) {
    const remembered = dictionary.size <= MOST_REMEMBERED ? dictionary.size : 0;
    this.#dictionary = dictionary;
    this.#prints = new Uint32Array(2 * remembered);
  }

  /** Writes the prints of the first `count` keys to `low` and `high`. */
  read(keys: Uint32Array, count: number, low: Uint32Array, high: Uint32Array): void {
    const prints = this.#prints;
    for (let i = 0; i < count; i++) {
      const at = 2 * keys[i];
      if (at < prints.length) {
        if ((prints[at] | prints[at + 1]) === 0) this.#make(keys[i], prints, prints, at, at + 1);
        low[i] = prints[at];
        high[i] = prints[at + 1];
      } else this.#make(keys[i], low, high, i, i);
    }
  }

  #make(key: number, lows: Uint32Array, highs: Uint32Array, lowAt: number, highAt: number): void {
    const name = this.#dictionary.nameOf(key);
    let low = 0x9e3779b9 ^ name.length;
    let high = 0x85ebca6b;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      low = mix(low, unit);
      high = mix(high ^ low, unit);
    }
    if (this.#dictionary.explicitHashKeyOf(key) !== undefined) {
      this.#dictionary.hashWordsOf(key, this.#words);
      for (const word of this.#words) {
        low = mix(low, word);
        high = mix(high ^ low, word);
      }
    }
    lows[lowAt] = low;
    highs[highAt] = high;
  }
}
