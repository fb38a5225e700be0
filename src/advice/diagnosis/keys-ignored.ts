/**
 * A stream that spreads its records by itself: no key can be hot, and no order holds.
 */
import type { Rule } from './rule.ts';

export const findKeysIgnored: Rule<'KEYS_IGNORED'> = ({ evidence, open }) =>
  evidence.stream.ignoresKeys
    ? [
        {
          code: 'KEYS_IGNORED',
          severity: 'warning',
          confidence: 'high',
          splitHelps: 'no-matter',
          evidence: { shards: open.length },
        },
      ]
    : [];
