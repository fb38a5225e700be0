/** No name of a key is left in a redacted report, in any format, and no hash key by which one could be found. */
import { describe, expect, it } from 'vitest';
import { hashKeyOf } from '../../src/model/hash-key.ts';
import { render } from '../../src/report/render.ts';
import type { AnyDocument } from '../../src/results/document.ts';
import { PSEUDONYM_BITS, pseudonymOf, redacted } from '../../src/results/redacted.ts';
import { DIAGNOSES } from '../report/diagnosis/sample-diagnoses.ts';
import { SAMPLES } from '../report/sample-documents.ts';

const DOCUMENTS: Readonly<Record<string, () => AnyDocument>> = { ...SAMPLES, ...DIAGNOSES };

/** Every name and every hash key of a document, found without knowing where they stand. */
function secretsOf(document: AnyDocument): { readonly names: string[]; readonly hashKeys: string[] } {
  const names = new Set<string>();
  const look = (value: unknown, field: string): void => {
    if (typeof value === 'string' && /^(key|heaviestKey)$/.test(field)) names.add(value);
    if (typeof value === 'object' && value !== null)
      for (const [name, of] of Object.entries(value)) look(of, name);
  };
  look(document, '');
  return { names: [...names], hashKeys: [...names].map((name) => hashKeyOf(name).toString()) };
}

/** As a word of its own: a key called `a` is in every sentence. */
const stands = (text: string, name: string): boolean =>
  text.includes(JSON.stringify(name)) || (name.length > 3 && text.includes(name));

describe('a redacted report', () => {
  it.each(Object.keys(DOCUMENTS))('has no name of a key and no whole hash key: %s', async (sample) => {
    const document = DOCUMENTS[sample]();
    const { names, hashKeys } = secretsOf(document);
    const after = redacted(document);
    for (const format of ['json', 'text'] as const) {
      const text = await render(after, format);
      expect(names.filter((name) => stands(text, name))).toEqual([]);
      expect(hashKeys.filter((hashKey) => text.includes(hashKey))).toEqual([]);
    }
  });

  it('cuts hash keys to the bits that the pseudonym tells, and leaves everything else', () => {
    const document = Object.values(SAMPLES)[0]();
    const after = redacted(document);
    for (const { hashKey } of after.keys)
      expect(BigInt.asUintN(128 - PSEUDONYM_BITS, BigInt(hashKey))).toBe(0n);
    expect({ ...after, keys: null, findings: null }).toEqual({ ...document, keys: null, findings: null });
    expect(after.keys.map(({ records }) => records)).toEqual(document.keys.map(({ records }) => records));
  });

  it('calls a key the same in every report', () => {
    expect(pseudonymOf('whale')).toBe(`key#${hashKeyOf('whale').toString(16).padStart(32, '0').slice(0, 6)}`);
  });

  it('moves a cut that is the hash key of a key, and keeps the key on its side', () => {
    const hash = hashKeyOf('whale');
    const document = (cut: bigint): AnyDocument =>
      ({
        keys: [{ key: 'whale', hashKey: hash.toString() }],
        findings: [{ code: 'HOT_SHARD', evidence: { newStartingHashKey: cut.toString() } }],
      }) as unknown as AnyDocument;
    const cutOf = (cut: bigint): bigint => {
      const { findings } = redacted(document(cut)) as unknown as {
        findings: { evidence: { newStartingHashKey: string } }[];
      };
      return BigInt(findings[0].evidence.newStartingHashKey);
    };
    expect(cutOf(hash + 1n) > hash).toBe(true);
    expect(cutOf(hash) <= hash).toBe(true);
    for (const cut of [hash, hash + 1n]) expect(BigInt.asUintN(104, cutOf(cut))).toBe(0n);
  });

  it('has no names in words', () => {
    const document = {
      keys: [{ key: 'whale', hashKey: '5' }],
      errors: [{ code: 'X', message: "Value 'whale' at 'partitionKey'; whales-2 and whale-3 are others." }],
      target: { stream: 'whale' },
    } as unknown as AnyDocument;
    const text = JSON.stringify(redacted(document));
    expect(text).toContain(`Value '${pseudonymOf('whale')}' at 'partitionKey'; whales-2 and whale-3`);
    expect(text).toContain('"stream":"whale"');
  });
});
