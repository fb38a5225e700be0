/**
 * The first 48 bytes of a record's data: enough for a consumer to say whose record it is, which, and when it was
 * due. Records with less data than that carry none.
 *
 * | Bytes | Content |
 * |---|---|
 * | 0–3 | "SHW" and the version, 1 |
 * | 4–7 | worker, big-endian |
 * | 8–23 | run id; of several machines that send one load, the first 12 bytes are the same |
 * | 24–27 | source |
 * | 28–31 | attempt, from 1 |
 * | 32–39 | index of the record within its source |
 * | 40–47 | due time, microseconds since 1970 |
 */
export const HEADER_BYTES = 48;
/** Of a run's id: what all machines of one load have in common. */
export const LOAD_ID_BYTES = 12;

const MAGIC = 0x53485701;
const TWO_32 = 4294967296;

export interface PayloadHeader {
  readonly worker: number;
  /** 16 bytes. */
  readonly runId: Uint8Array;
  readonly source: number;
  readonly attempt: number;
  readonly k: number;
  /** Microseconds since 1970. */
  readonly dueUs: number;
}

/** Writes a header at the start of a record's data. */
export function writeHeader(data: Uint8Array, header: PayloadHeader): void {
  const view = new DataView(data.buffer, data.byteOffset, HEADER_BYTES);
  view.setUint32(0, MAGIC);
  view.setUint32(4, header.worker);
  data.set(header.runId, 8);
  view.setUint32(24, header.source);
  view.setUint32(28, header.attempt);
  setUint53(view, 32, header.k);
  setUint53(view, 40, header.dueUs);
}

/** Reads a header back, or undefined where the data was not written by Shardwise. */
export function readHeader(data: Uint8Array): PayloadHeader | undefined {
  if (data.length < HEADER_BYTES) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, HEADER_BYTES);
  if (view.getUint32(0) !== MAGIC) return undefined;
  return {
    worker: view.getUint32(4),
    runId: data.slice(8, 24),
    source: view.getUint32(24),
    attempt: view.getUint32(28),
    k: getUint53(view, 32),
    dueUs: getUint53(view, 40),
  };
}

function setUint53(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / TWO_32));
  view.setUint32(offset + 4, value >>> 0);
}

function getUint53(view: DataView, offset: number): number {
  return view.getUint32(offset) * TWO_32 + view.getUint32(offset + 4);
}
