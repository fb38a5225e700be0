/**
 * A scenario file: its text in, a scenario out, or one sentence on what is wrong and where and one on what to do.
 *
 * Reads YAML (`scenario-yaml.ts`), holds it to the declaration (`scenario-schema.ts`) and the rules
 * (`scenario-rules.ts`), and resolves units and defaults (`scenario-units.ts`).
 */
import { badInput } from '../model/refusal.ts';
import { formatPath, type Complaint } from './scenario-complaint.ts';
import { namedFilesOf, NO_FILES, type FileContents, type NamedFile } from './scenario-files.ts';
import { contradictions, durationComplaints, excesses } from './scenario-rules.ts';
import { scenarioSchema } from './scenario-schema.ts';
import { resolveScenario } from './scenario-units.ts';
import { readYaml } from './scenario-yaml.ts';
import type { Scenario } from './scenario.ts';
import { complaintsOf } from './schema-complaints.ts';

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
