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
  /** Of the key that was read last. */
  low = 0;
  high = 0;

  constructor(dictionary: KeyDictionary) {
    const remembered = dictionary.size <= MOST_REMEMBERED ? dictionary.size : 0;
    this.#dictionary = dictionary;
    this.#prints = new Uint32Array(2 * remembered);
  }

  /** Leaves the print of a key in `low` and `high`. */
  read(key: number): void {
    const at = 2 * key;
    const isRemembered = at < this.#prints.length;
    if (isRemembered && (this.#prints[at] | this.#prints[at + 1]) !== 0) {
      this.low = this.#prints[at];
      this.high = this.#prints[at + 1];
      return;
    }
    this.#make(key);
    if (!isRemembered) return;
    this.#prints[at] = this.low;
    this.#prints[at + 1] = this.high;
  }

  #make(key: number): void {
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
    this.low = low >>> 0;
    this.high = high >>> 0;
  }
}
