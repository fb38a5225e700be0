/**
 * A scenario file: its text in, a scenario out, or one sentence on what is wrong and where and one on what to do.
 *
 * Reads YAML (`scenario-yaml.ts`), holds it to the declaration (`scenario-schema.ts`) and the rules
 * (`scenario-rules.ts`), and resolves units and defaults (`scenario-units.ts`).
 */
import type { z } from 'zod';
import { badInput } from '../model/refusal.ts';
import { formatPath, splitSentences, type Complaint, type Path } from './scenario-complaint.ts';
import { namedFilesOf, NO_FILES, type FileContents, type NamedFile } from './scenario-files.ts';
import { contradictions, durationComplaints, excesses } from './scenario-rules.ts';
import { scenarioSchema } from './scenario-schema.ts';
import { resolveScenario } from './scenario-units.ts';
import { readYaml } from './scenario-yaml.ts';
import type { Scenario } from './scenario.ts';

/** A scenario whose text is checked, up to what the files that it names hold. */
export interface ScenarioDraft {
  readonly files: readonly NamedFile[];
  /** The scenario, with the contents of those files. @throws Refusal (exit code 2) */
  readonly resolve: (contents: FileContents) => Scenario;
}

/**
 * Reads a scenario that names no files.
 * @param fileName how error messages call the file
 * @throws Refusal (exit code 2)
 */
export function parseScenario(text: string, fileName: string): Scenario {
  return draftScenario(text, fileName).resolve(NO_FILES);
}

/**
 * Reads a scenario but for the files that it names.
 * @param fileName how error messages call the file
 * @throws Refusal (exit code 2)
 */
export function draftScenario(text: string, fileName: string): ScenarioDraft {
  const { value, lineOf } = readYaml(text, fileName);
  const refuseFirst = (complaints: readonly Complaint[]): void => {
    if (complaints.length === 0) return;
    const { path, what, fix } = complaints[0];
    const where = `${fileName}, line ${lineOf(path)}`;
    throw badInput([where, formatPath(path), what].filter((part) => part !== '').join(': '), fix);
  };
  const parsed = scenarioSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    refuseFirst(complaintsOf(parsed.error.issues));
    throw parsed.error;
  }
  refuseFirst(contradictions(parsed.data));
  return {
    files: namedFilesOf(parsed.data),
    resolve: (contents) => {
      refuseFirst(durationComplaints(parsed.data, contents));
      const scenario = resolveScenario(parsed.data, contents);
      refuseFirst(excesses(scenario));
      return scenario;
    },
  };
}

/** Unknown fields first: a mistyped name also leaves the right one missing. */
function complaintsOf(issues: readonly z.core.$ZodIssue[]): Complaint[] {
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
