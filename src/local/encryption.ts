/**
 * Encryption of a stream as a stored setting: nothing is encrypted here, but replies say of every record whether AWS
 * would have.
 */

const MOST_SPANS = 1000;

interface Span {
  readonly fromUs: number;
  untilUs: number;
}

export class Encryption {
  #keyId: string | undefined;
  /** When it was on, the last times. */
  readonly #spans: Span[] = [];

  /** The key of an encrypted stream, undefined for one that is not. */
  get keyId(): string | undefined {
    return this.#keyId;
  }

  /** What descriptions and replies carry of it. */
  get shown(): { EncryptionType: 'KMS'; KeyId: string } | { EncryptionType: 'NONE' } {
    return this.#keyId === undefined
      ? { EncryptionType: 'NONE' }
      : { EncryptionType: 'KMS', KeyId: this.#keyId };
  }

  start(keyId: string, atUs: number): void {
    if (this.#keyId === undefined) this.#spans.push({ fromUs: atUs, untilUs: Infinity });
    if (this.#spans.length > MOST_SPANS) this.#spans.shift();
    this.#keyId = keyId;
  }

  stop(atUs: number): void {
    const last = this.#spans.at(-1);
    if (this.#keyId !== undefined && last !== undefined) last.untilUs = atUs;
    this.#keyId = undefined;
  }

  /** Whether a record that arrived in a millisecond was encrypted. */
  wasOn(arrivalMs: number): boolean {
    const atUs = arrivalMs * 1000;
    return this.#spans.some(({ fromUs, untilUs }) => fromUs < atUs + 1000 && atUs < untilUs);
  }
}
