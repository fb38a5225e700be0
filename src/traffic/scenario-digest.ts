/**
 * One text for everything in a scenario that decides what is sent and how, so that reports of several machines can be
 * told to be of one load.
 */
import { createHash } from 'node:crypto';
import { packScenario } from './scenario-parcel.ts';
import type { Scenario } from './scenario.ts';

/** SHA-256 in hexadecimal. Description, thresholds and seed are left out: reports have those beside. */
export function scenarioDigest(scenario: Scenario): string {
  const packed = packScenario({ ...scenario, description: '', thresholds: [], seed: 0 });
  return createHash('sha256').update(JSON.stringify(packed, written)).digest('hex');
}

/** What JSON has no form of; names of fields in order, because it is none of a scenario's. */
function written(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    return createHash('sha256')
      .update(new Uint8Array(buffer, byteOffset, byteLength))
      .digest('hex');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
