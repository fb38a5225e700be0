/**
 * What zod found wrong with a file that a user wrote, as complaints: a path and two sentences each.
 */
import type { z } from 'zod';
import { splitSentences, type Complaint, type Path } from './scenario-complaint.ts';

/** Unknown fields first: a mistyped name also leaves the right one missing. */
export function complaintsOf(issues: readonly z.core.$ZodIssue[]): Complaint[] {
  const flat = issues.flatMap((issue) => flatten(issue, []));
  return [...flat.filter(({ unknown }) => unknown), ...flat.filter(({ unknown }) => !unknown)];
}

interface Flat extends Complaint {
  /** The complaint is about a field that does not exist. */
  readonly unknown: boolean;
}

/** Issues in a union are those of the alternative that the value has the type of. */
function flatten(issue: z.core.$ZodIssue, above: Path): Flat[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    return [{ ...splitSentences([...path, issue.keys[0]], issue.message), unknown: true }];
  }
  const meant =
    issue.code === 'invalid_union' ? issue.errors.find((branch) => !isOfAnotherType(branch)) : undefined;
  if (meant) return meant.flatMap((inner) => flatten(inner, path));
  return [{ ...splitSentences(path, issue.message), unknown: false }];
}

function isOfAnotherType(branch: readonly z.core.$ZodIssue[]): boolean {
  return branch.some(
    ({ code, path }) => path.length === 0 && (code === 'invalid_type' || code === 'invalid_value'),
  );
}
