/**
 * A rule of the diagnosis: looks at a stream and says what it found, if anything.
 */
import type { DiagnosisCode, DiagnosisFindingOf } from '../../results/diagnosis-finding.ts';
import type { StreamView } from './stream-view.ts';

export type Rule<C extends DiagnosisCode> = (view: StreamView) => DiagnosisFindingOf<C>[];
