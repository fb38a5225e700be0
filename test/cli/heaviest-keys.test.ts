/** Which keys a simulation calls heavy: those that are, and not those that chance put first. */
import { describe, expect, it } from 'vitest';
import { simulateBy } from '../../src/cli/simulate-engine.ts';
import type { SimulatedDocument } from '../../src/cli/simulation-report.ts';
import type { Engine } from '../../src/cli/engine-name.ts';
import { documentSchema } from '../../src/report/document-schema.ts';
import { renderRunText } from '../../src/report/run-text.ts';
import { mostByChance } from '../../src/traffic/heaviest-by-chance.ts';
import { parseScenario } from '../../src/traffic/scenario-file.ts';

/** Nobody interrupts. */
const WATCH = { signal: new AbortController().signal };

async function simulated(
  engine: Engine,
  keys: string,
  more = 'size: 200B',
  shards = 4,
): Promise<SimulatedDocument> {
  const text = `
stream: { shards: ${shards} }
duration: 30s
traffic: [{ rate: 2000/s, arrivals: poisson, keys: ${keys}, ${more} }]`;
  const question = { file: 's.yaml', serviceUs: 20_000 };
  const document = await simulateBy(engine, parseScenario(text, 's.yaml'), question, WATCH);
  expect(documentSchema.safeParse(document).error).toBeUndefined();
  return document;
}

/** The section as one line. */
function section(document: SimulatedDocument): string {
  const text = renderRunText(document, { columns: 80, color: false });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  const [, found = ''] = /^HEAVIEST KEYS.*\n([\s\S]*?)\n\n/m.exec(text) ?? [];
  return found.replaceAll(/\s+/g, ' ').trim();
}

describe('the heaviest keys', { timeout: 30_000 }, () => {
  it.each([
    ['"uniform:1000"', 1000],
    // more than the sketch has places: it counts with the keys that it holds
    ['"uniform:40000"', 16_384],
  ])('of %s in the exact engine are none: the mean of each is the same', async (keys, held) => {
    const document = await simulated('exact', keys);
    const most = Math.floor(mostByChance(document.totals.offered / held, held));
    expect(document.keySpread).toEqual({ keys: held, byChance: most });
    const of = held.toLocaleString('en');
    expect(section(document)).toMatch(
      RegExp(`^No key stands out: .* one of ${of} equal keys may have up to ${most}\\.$`),
    );
  });

  it('are those that chance does not explain, and the others are not listed beside them', async () => {
    const said = section(await simulated('exact', '{ hot: { share: 10%, keys: 2, of: 1000 } }'));
    expect(said.match(/key-\d+/g)?.sort()).toEqual(['key-0', 'key-1']);
    expect(said).toContain('… and 98 keys in the JSON report, no heavier than chance');
  });

  it('are all shown where they are few', async () => {
    const said = section(await simulated('exact', '"uniform:4"'));
    expect(said.match(/key-\d+/g)?.sort()).toEqual(['key-0', 'key-1', 'key-2', 'key-3']);
    expect(section(await simulated('exact', '{ weights: { a: 3, b: 1 } }'))).toMatch(/ a .* b /);
  });

  it('are in the order of their weight, which the table names where counts alone do not tell it', async () => {
    const sizes = 'size: { lognormal: { median: 2KiB, p99: 40KiB } }';
    const mixed = await simulated('exact', '"uniform:10"', sizes, 20);
    expect(mixed.keys?.every((key, i, all) => i === 0 || key.records <= all[i - 1].records)).toBe(false);
    expect(section(mixed)).toMatch(/^in order of weight: its bytes, of each record at least 1,049 key /);
    expect(section(await simulated('exact', '"uniform:10"'))).toMatch(/^key /);
  });

  it('of uniform keys in the aggregate engine are none: those that it follows are no heavier than the rest', async () => {
    const document = await simulated('aggregate', '"uniform:1000000"');
    expect(document.keys).toEqual([]);
    expect(section(document)).toMatch(
      /^No key stands out: by chance alone one of 1,000,000 keys may have up to \d+ records, and none of the 1,000 that were counted one by one has more\.$/,
    );
  });

  it('of zipf keys in the aggregate engine are heavier than every key is that it does not follow', async () => {
    const zipf = '{ zipf: { count: 1000000, exponent: 1.1 } }';
    const [counted, exact] = [await simulated('aggregate', zipf), await simulated('exact', zipf)];
    const most = counted.keySpread?.othersAtMost ?? Infinity;
    const isFollowed = (key: string): boolean => Number(key.replace('key-', '')) < 1000;
    expect(counted.keys?.length).toBeGreaterThan(20);
    for (const { records } of counted.keys ?? []) expect(records).toBeGreaterThan(most);
    for (const { key, records } of exact.keys ?? [])
      if (!isFollowed(key)) expect(records).toBeLessThanOrEqual(most);
    expect(section(counted)).toContain(
      '1,000 keys of 1,000,000 were counted one by one; none of the others had more',
    );
  });

  it('of few keys are all counted one by one in the aggregate engine, and judged as in the exact one', async () => {
    const document = await simulated('aggregate', '"uniform:1000"');
    expect(document.keySpread).toEqual({
      keys: 1000,
      byChance: (await simulated('exact', '"uniform:1000"')).keySpread?.byChance,
    });
    expect(section(document)).toMatch(/^No key stands out: the heaviest, "key-\d+", has \d+ records/);
  });
});
