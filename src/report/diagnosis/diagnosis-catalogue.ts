/**
 * The words for every finding of a diagnosis. It does not compile while a code is missing.
 */
import type { DiagnosisCode, DiagnosisFinding, DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { DiagnosisWords, WordsContext } from './diagnosis-words.ts';
import { HOT_SHARD } from './words-of-hot-shards.ts';
import { LAGGING_CONSUMER, READ_BOUND, READ_BUDGET_EXHAUSTED } from './words-of-reading.ts';
import { FEW_KEYS, KEYS_IGNORED, LARGE_RECORDS, MONITORING_OFF } from './words-of-streams.ts';
import {
  HIDDEN_BURST,
  HOT_KEY,
  OVER_PROVISIONED,
  RETRY_STORM,
  UNDER_PROVISIONED,
  UNEVEN_RANGES,
} from './words-of-writing.ts';

export const DIAGNOSIS_CATALOGUE = {
  HOT_KEY,
  HOT_SHARD,
  UNDER_PROVISIONED,
  OVER_PROVISIONED,
  UNEVEN_RANGES,
  HIDDEN_BURST,
  FEW_KEYS,
  READ_BOUND,
  READ_BUDGET_EXHAUSTED,
  LAGGING_CONSUMER,
  RETRY_STORM,
  LARGE_RECORDS,
  MONITORING_OFF,
  KEYS_IGNORED,
} satisfies { readonly [C in DiagnosisCode]: DiagnosisWords<C> };

/** The sentences about one finding, numbers filled in. They may hold no-break spaces, see `figure.ts`. */
export interface DiagnosisExplanation {
  readonly title: string;
  readonly page: string;
  readonly headline: string;
  readonly saw: string;
  readonly means: string;
  readonly split?: string;
  readonly todo: string;
  readonly commands: readonly string[];
}

export function explainDiagnosis(finding: DiagnosisFinding, context: WordsContext): DiagnosisExplanation {
  // The catalogue has for each code the words that take its findings, which the compiler cannot follow into a union.
  const words = DIAGNOSIS_CATALOGUE[finding.code] as DiagnosisWords;
  return fill(words, finding, context);
}

function fill(
  words: DiagnosisWords,
  finding: DiagnosisFindingOf<DiagnosisCode>,
  context: WordsContext,
): DiagnosisExplanation {
  return {
    title: words.title,
    page: words.page,
    headline: words.headline(finding, context),
    saw: words.saw(finding, context),
    means: words.means(finding, context),
    ...(words.split === undefined ? {} : { split: words.split(finding, context) }),
    todo: words.todo(finding, context),
    commands: words.commands?.(finding, context) ?? [],
  };
}
