import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  parseBytes,
  parseDuration,
  parsePercent,
  parseRate,
  type QuantityKind,
} from '../../src/model/quantity.ts';
import { PATTERNS } from '../../src/traffic/scenario-field.ts';
import { scenarioJsonSchema } from '../../src/traffic/scenario-schema.ts';

const FILE = new URL('../../schema/scenario.schema.json', import.meta.url);
const SCENARIOS = new URL('../../scenarios/', import.meta.url);

describe('schema/scenario.schema.json', () => {
  it('is what the declaration gives (UPDATE_SCHEMA=1 writes it anew)', async () => {
    const text = await format(JSON.stringify(scenarioJsonSchema()), { parser: 'json', printWidth: 110 });
    if (process.env.UPDATE_SCHEMA === '1') writeFileSync(FILE, text);
    expect(readFileSync(FILE, 'utf8')).toBe(text);
  });

  const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(scenarioJsonSchema());

  it.each(readdirSync(SCENARIOS))('takes scenarios/%s', (name) => {
    validate(parse(readFileSync(new URL(name, SCENARIOS), 'utf8')));
    expect(validate.errors).toBeNull();
  });

  const good = {
    stream: { shards: 4 },
    duration: '60s',
    traffic: [{ rate: '3000/s', keys: { uniform: { count: 10 } }, size: '900B' }],
  };
  const source = good.traffic[0];

  it('takes the example of a minimal scenario, and keys in short form', () => {
    expect(validate(good)).toBe(true);
    expect(validate({ ...good, traffic: [{ ...source, keys: 'hot:40%:1:100' }] })).toBe(true);
  });

  it.each([
    ['a rate without a unit', { ...source, rate: 3000 }],
    ['a rate without a unit in quotes', { ...source, rate: '3000' }],
    ['rate and stages together', { ...source, stages: [{ for: '1s', from: '0/s', to: '1/s' }] }],
    ['two kinds of keys', { ...source, keys: { uniform: { count: 1 }, zipf: { count: 1, exponent: 1 } } }],
    ['no kind of keys', { ...source, keys: { template: 'a{n}' } }],
    ['an unknown field', { ...source, raet: '3000/s' }],
    ['a weight of 0', { ...source, keys: { weights: { a: 0 } } }],
  ])('refuses %s', (_, bad) => {
    expect(validate({ ...good, traffic: [bad] })).toBe(false);
  });
});

describe('the pattern of', () => {
  const readers: Record<QuantityKind, (text: string) => unknown> = {
    rate: parseRate,
    size: parseBytes,
    duration: parseDuration,
    percentage: parsePercent,
  };
  const units = [
    '',
    '/s',
    '/min',
    '/h',
    'B/s',
    'MiB/s',
    'B',
    'kB',
    'KB',
    'KiB',
    'us',
    'ms',
    's',
    'm',
    'min',
    'd',
    '%',
  ];
  const texts = fc
    .tuple(
      fc.integer({ min: 0, max: 99 }),
      fc.constantFrom('', '.5'),
      fc.constantFrom('', ' '),
      fc.constantFrom(...units),
    )
    .map((parts) => parts.join(''));

  it.each(Object.keys(readers) as QuantityKind[])('%s takes the texts that its reader takes', (kind) => {
    const pattern = new RegExp(PATTERNS[kind]);
    fc.assert(
      fc.property(texts, (text) => {
        // Several spaced parts are for people; editors check the compact form.
        fc.pre(kind !== 'duration' || !text.includes(' '));
        expect(pattern.test(text)).toBe(readers[kind](text) !== undefined);
      }),
      { numRuns: 500 },
    );
  });
});
