/**
 * Tells where base64 text ends in a request's body, for all of the body at once: a bit per byte, set where the byte is
 * not in the base64 alphabet. Sixteen bytes at a time in WebAssembly, which is several times what JavaScript does; the
 * plain way is beside it, for where there is none, and as what the tests hold it against.
 */

/** The largest body that can be mapped, in bytes: what the endpoint takes at most. */
export const MOST_MAPPED_BYTES = 16 * 1024 * 1024;
const PAGE_BYTES = 65536;
/** Bytes that are copied in and mapped in one go: they stay in the processor's first cache. */
const PIECE_BYTES = 16 * 1024;
const MAP_AT = PAGE_BYTES;

type MapPiece = (from: number, to: number, out: number) => void;

let shared: Base64Map | undefined;

/** The one map of this thread: made when first needed, good until the next body is looked at. */
export function base64Map(): Base64Map {
  return (shared ??= new Base64Map());
}

export class Base64Map {
  readonly #piece: Uint8Array;
  readonly #bits: Uint32Array;
  readonly #map: MapPiece;

  /** @param plain go the plain way in any case */
  constructor(plain = false) {
    const fast = plain ? undefined : loadMapper();
    const memory = fast?.memory.buffer ?? new ArrayBuffer(PAGES * PAGE_BYTES);
    this.#piece = new Uint8Array(memory, 0, PIECE_BYTES + LANE);
    this.#bits = new Uint32Array(memory, MAP_AT);
    this.#map = fast?.map ?? plainMapper(memory);
  }

  /** Looks at a body of at most 16 MiB. */
  look(body: Uint8Array): void {
    const { length } = body;
    for (let at = 0; at <= length; at += PIECE_BYTES) {
      const end = Math.min(length, at + PIECE_BYTES);
      this.#piece.set(at === 0 && end === length ? body : body.subarray(at, end));
      // What stands behind the end is no base64, so that every search ends.
      this.#piece.fill(0, end - at, end - at + LANE);
      this.#map(0, end - at + 1, MAP_AT + at / 8);
    }
  }

  /** The first position from `at` on, up to the body's length, with a byte that is not base64. */
  endFrom(at: number): number {
    const bits = this.#bits;
    let i = at >>> 5;
    let word = (bits[i] >>> (at & 31)) << (at & 31);
    while (word === 0) word = bits[++i];
    return i * 32 + 31 - Math.clz32(word & -word);
  }
}

const LANE = 16;
/** One page for the piece, the rest for the map, with a little to spare behind the end of the largest body. */
const PAGES = 1 + MOST_MAPPED_BYTES / 8 / PAGE_BYTES + 1;

const ALPHABET = /[A-Za-z0-9+/]/;
const IS_OTHER = Uint8Array.from({ length: 256 }, (_, byte) =>
  ALPHABET.test(String.fromCharCode(byte)) ? 0 : 1,
);

function plainMapper(memory: ArrayBuffer): MapPiece {
  const bytes = new Uint8Array(memory);
  return (from, to, out) => {
    for (let at = from; at < to; at += 8) {
      let bits = 0;
      for (let i = 0; i < 8; i++) bits |= IS_OTHER[bytes[at + i]] << i;
      bytes[out++] = bits;
    }
  };
}

interface Mapper {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly map: MapPiece;
}

/** As much of WebAssembly as is needed here; our library of types does not know it. */
interface Assembly {
  readonly validate: (program: Uint8Array) => boolean;
  readonly Module: new (program: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** undefined where the machine has no WebAssembly, none with vectors, or no address space for it. */
function loadMapper(): Mapper | undefined {
  const assembly = (globalThis as { WebAssembly?: Assembly }).WebAssembly;
  if (!assembly?.validate(PROGRAM)) return undefined;
  try {
    return new assembly.Instance(new assembly.Module(PROGRAM)).exports as Mapper;
  } catch {
    return undefined;
  }
}

/**
 * A byte is base64 where the tables for its two halves have a bit in common. Bit 0: `+` and `/`; bit 1: digits;
 * bit 2: A to O and a to o; bit 3: P to Z and p to z.
 */
const HIGH = [0, 0, 1, 2, 4, 8, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0];
const LOW = Array.from(
  { length: 16 },
  (_, low) =>
    (low === 0xb || low === 0xf ? 1 : 0) | (low <= 9 ? 2 : 0) | (low >= 1 ? 4 : 0) | (low <= 10 ? 8 : 0),
);

function vector(bytes: readonly number[]): number[] {
  return [0xfd, 0x0c, ...bytes];
}

/** A section or a function's body, behind its length. */
function sized(...bytes: number[]): number[] {
  const { length } = bytes;
  return length < 128 ? [length, ...bytes] : [(length & 127) | 128, length >> 7, ...bytes];
}

/** (from, to, out): for each sixteen bytes of from … to - 1, stores sixteen bits at out. Numbers are opcodes. */
const LOOP = [
  ...[0x03, 0x40],
  // The bytes, kept as local 3; the low halves' table.
  ...vector(LOW),
  ...[0x20, 0, 0xfd, 0x00, 0, 0, 0x22, 3],
  ...[...vector(new Array<number>(16).fill(0x0f)), 0xfd, 0x4e, 0xfd, 0x0e],
  // The high halves' table: shifted right by four in pairs, masked.
  ...vector(HIGH),
  ...[0x20, 3, 0x41, 4, 0xfd, 0x8d, 0x01],
  ...[...vector(new Array<number>(16).fill(0x0f)), 0xfd, 0x4e, 0xfd, 0x0e],
  // Nothing in common: a set bit. Kept as local 4.
  ...[0xfd, 0x4e, ...vector(new Array<number>(16).fill(0)), 0xfd, 0x23, 0xfd, 0x64, 0x21, 4],
  ...[0x20, 2, 0x20, 4, 0x3b, 0, 0],
  // out += 2; from += 16; again while from < to.
  ...[0x20, 2, 0x41, 2, 0x6a, 0x21, 2],
  ...[0x20, 0, 0x41, 16, 0x6a, 0x22, 0, 0x20, 1, 0x48, 0x0d, 0, 0x0b],
];

const I32 = 0x7f;
const V128 = 0x7b;

const PROGRAM = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, ...sized(1, 0x60, 3, I32, I32, I32, 0)],
  ...[3, ...sized(1, 0)],
  ...[5, ...sized(1, 0, PAGES)],
  ...[7, ...sized(2, ...sized(...Buffer.from('memory')), 2, 0, ...sized(...Buffer.from('map')), 0, 0)],
  ...[10, ...sized(1, ...sized(2, 1, V128, 1, I32, ...LOOP, 0x0b))],
]);
