/**
 * What a valid report document of any kind looks like, and the published JSON Schema of them all.
 */
import { z } from 'zod';
import { diagnosisSchema } from './diagnosis/diagnosis-schema.ts';
import { documentSchema } from './document-schema.ts';
import { recommendationSchema } from './recommendation/recommendation-schema.ts';

/** Of every kind, by that kind. */
export const SCHEMA_OF_KIND = {
  plan: documentSchema,
  simulation: documentSchema,
  run: documentSchema,
  diagnosis: diagnosisSchema,
  recommendation: recommendationSchema,
} as const;

/** The published JSON Schema, as an object. */
export function reportJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(
    z.union([documentSchema, diagnosisSchema, recommendationSchema]),
    { io: 'input' },
  );
  return {
    $schema,
    title: 'Shardwise report',
    description: 'The document that every Shardwise command writes. Hash keys are decimal strings.',
    ...schema,
  };
}
