/**
 * What a diagnosis is held against: `--fail-on` with its codes, and the exit code that it ends in.
 */
import { badInput } from '../model/refusal.ts';
import type { DiagnosisDocument } from '../results/diagnosis-document.ts';
import { DIAGNOSIS_CODES, type DiagnosisCode } from '../results/diagnosis-finding.ts';
import { isLookedFor } from '../results/diagnosis-needs.ts';
import type { ExitCode } from './context.ts';

/** @throws Refusal (exit 2) where a code is none */
export function parseFailOn(text: string | undefined): DiagnosisCode[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const code = DIAGNOSIS_CODES.find((known) => known === part.trim());
    if (code !== undefined) return code;
    throw badInput(`--fail-on: there is no finding "${part.trim()}".`, `Use ${DIAGNOSIS_CODES.join(', ')}.`);
  });
}

/** Interface, exit codes: the first that holds of 130, 4, 3 and 0. What was found needs no further data. */
export function exitCodeOf(document: DiagnosisDocument, failOn: readonly DiagnosisCode[]): ExitCode {
  if (document.partial === 'interrupted') return 130;
  const isFound = (code: DiagnosisCode): boolean =>
    document.findings.some((finding) => finding.code === code);
  if (failOn.some((code) => !isFound(code) && !isLookedFor(code, document))) return 4;
  return failOn.some(isFound) ? 3 : 0;
}

/** Gates that could not be decided, for a word on stderr. */
export function undecidedOf(document: DiagnosisDocument, failOn: readonly DiagnosisCode[]): DiagnosisCode[] {
  return failOn.filter(
    (code) => !document.findings.some((finding) => finding.code === code) && !isLookedFor(code, document),
  );
}
