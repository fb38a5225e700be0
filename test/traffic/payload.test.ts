import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEADER_BYTES, readHeader, writeHeader } from '../../src/traffic/payload.ts';

const header = fc.record({
  worker: fc.integer({ min: 0, max: 0xffff_ffff }),
  runId: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  source: fc.nat(65_535),
  attempt: fc.integer({ min: 1, max: 100 }),
  k: fc.maxSafeNat(),
  dueUs: fc.maxSafeNat(),
});

describe('the payload header', () => {
  it('is read back as it was written, wherever the data lies in its buffer', () => {
    fc.assert(
      fc.property(header, fc.nat(30), fc.nat(20), (written, offset, more) => {
        const buffer = new Uint8Array(offset + HEADER_BYTES + more);
        const data = buffer.subarray(offset);
        writeHeader(data, written);
        expect(readHeader(data)).toEqual(written);
        expect(buffer.subarray(0, offset).every((byte) => byte === 0)).toBe(true);
        expect(data.subarray(HEADER_BYTES).every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  it('is not found in the data of others, nor in less than 48 bytes', () => {
    expect(readHeader(new Uint8Array(100))).toBeUndefined();
    expect(readHeader(new TextEncoder().encode('SHW'))).toBeUndefined();
    expect(readHeader(new Uint8Array(0))).toBeUndefined();
  });

  it('begins with SHW and the version', () => {
    const data = new Uint8Array(HEADER_BYTES);
    writeHeader(data, { worker: 2, runId: new Uint8Array(16), source: 0, attempt: 1, k: 0, dueUs: 0 });
    expect(Array.from(data.subarray(0, 8))).toEqual([0x53, 0x48, 0x57, 1, 0, 0, 0, 2]);
  });
});
