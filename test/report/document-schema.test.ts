import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { reportJsonSchema } from '../../src/report/any-document-schema.ts';
import type { documentSchema } from '../../src/report/document-schema.ts';
import type { diagnosisSchema } from '../../src/report/diagnosis/diagnosis-schema.ts';
import type { DiagnosisDocument } from '../../src/results/diagnosis-document.ts';
import type { ReportDocument } from '../../src/results/report-document.ts';
import { DIAGNOSES } from './diagnosis/sample-diagnoses.ts';
import { SAMPLES } from './sample-documents.ts';

const FILE = new URL('../../schema/report.schema.json', import.meta.url);

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

describe('the schema of a report', () => {
  it('and the TypeScript type are the same', () => {
    type Declared = z.infer<typeof documentSchema>;
    expectTypeOf<Writable<Declared>>().toEqualTypeOf<Writable<ReportDocument>>();
    type Diagnosis = z.infer<typeof diagnosisSchema>;
    expectTypeOf<Writable<Diagnosis>>().toEqualTypeOf<Writable<DiagnosisDocument>>();
  });

  it('is checked in as it is generated (UPDATE_SCHEMA=1 rewrites it)', () => {
    const generated = `${JSON.stringify(reportJsonSchema(), null, 2)}\n`;
    if (process.env['UPDATE_SCHEMA'] === '1') {
      mkdirSync(new URL('.', FILE), { recursive: true });
      writeFileSync(FILE, generated);
    }
    expect(readFileSync(FILE, 'utf8')).toBe(generated);
  });

  const validate = new Ajv2020({ strict: true }).compile(reportJsonSchema());

  it.each(Object.keys(SAMPLES))('takes the sample "%s"', (name) => {
    expect(validate(JSON.parse(JSON.stringify(SAMPLES[name]()))), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(Object.keys(DIAGNOSES))('takes the diagnosis "%s"', (name) => {
    expect(validate(JSON.parse(JSON.stringify(DIAGNOSES[name]()))), JSON.stringify(validate.errors)).toBe(
      true,
    );
  });

  it('takes fields that it does not know, and misses those that it does', () => {
    const sample = SAMPLES['hot key']();
    expect(validate({ ...sample, later: 1, totals: { ...sample.totals, later: 2 } })).toBe(true);
    expect(validate({ ...sample, totals: { ...sample.totals, accepted: undefined } })).toBe(false);
    expect(validate({ ...sample, findings: [{ ...sample.findings?.[0], evidence: {} }] })).toBe(false);
  });
});
