/**
 * The header of a record (`traffic/payload.ts`) written as base64 text straight into a request's body: 48 bytes are 64
 * characters without padding, so that what follows starts a group of its own.
 */
import { HEADER_BYTES, writeHeader } from '../../traffic/payload.ts';
import type { RecordSlab } from '../../traffic/record-slab.ts';

/** Magic, worker and run id, the same in every record of a worker: 24 bytes, 32 characters. */
const STILL_BYTES = 24;
const STILL_CHARS = (STILL_BYTES / 3) * 4;
const TWO_32 = 4294967296;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Two characters for every twelve bits. */
const PAIRS = Uint16Array.from(
  { length: 4096 },
  (_, bits) => (ALPHABET.charCodeAt(bits >>> 6) << 8) | ALPHABET.charCodeAt(bits & 63),
);

export class Base64Header {
  /** Four characters each. */
  readonly #still: Uint32Array;
  readonly #startEpochUs: number;

  /** @param worker number in the header @param runId 16 bytes @param startEpochUs of the schedule */
  constructor(worker: number, runId: Uint8Array, startEpochUs: number) {
    this.#startEpochUs = startEpochUs;
    const header = Buffer.alloc(HEADER_BYTES);
    writeHeader(header, { worker, runId, source: 0, attempt: 0, k: 0, dueUs: 0 });
    const text = Buffer.from(header.subarray(0, STILL_BYTES).toString('base64'));
    this.#still = Uint32Array.from({ length: STILL_CHARS / 4 }, (_, i) => text.readUInt32BE(4 * i));
  }

  /** Writes the header of a record's next attempt, 64 characters, from `at` on. */
  write(body: DataView, at: number, records: RecordSlab, slot: number): void {
    // Read here: as arguments, numbers beyond 31 bits are objects.
    const k = records.k[slot];
    const dueUs = this.#startEpochUs + records.dueUs[slot];
    const still = this.#still;
    for (let i = 0; i < still.length; i++) body.setUint32(at + 4 * i, still[i]);
    const [kHigh, kLow] = [Math.floor(k / TWO_32), k >>> 0];
    const [dueHigh, dueLow] = [Math.floor(dueUs / TWO_32), dueUs >>> 0];
    // Six words of 32 bits are eight groups of 24.
    const to = at + STILL_CHARS;
    writeThreeWords(body, to, records.source[slot], records.attempts[slot] + 1, kHigh);
    writeThreeWords(body, to + 16, kLow, dueHigh, dueLow);
  }
}

/** Three words, twelve bytes, as sixteen characters. */
function writeThreeWords(body: DataView, at: number, a: number, b: number, c: number): void {
  writeGroup(body, at, a >>> 8);
  writeGroup(body, at + 4, ((a & 0xff) << 16) | (b >>> 16));
  writeGroup(body, at + 8, ((b & 0xffff) << 8) | (c >>> 24));
  writeGroup(body, at + 12, c & 0xff_ffff);
}

function writeGroup(body: DataView, at: number, bits: number): void {
  body.setUint32(at, (PAIRS[bits >>> 12] << 16) | PAIRS[bits & 4095]);
}
