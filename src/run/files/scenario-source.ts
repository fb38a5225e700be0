/**
 * Reads a scenario file and the files that it names, which lie relative to it.
 */
import { dirname } from 'node:path';
import { draftScenario } from '../../traffic/scenario-file.ts';
import type { Scenario } from '../../traffic/scenario.ts';
import { readNamedFiles } from './named-files.ts';
import { readTextFile } from './text-file.ts';

/** @throws Refusal (exit code 2) */
export async function readScenarioFile(path: string): Promise<Scenario> {
  const draft = draftScenario(await readTextFile(path), path);
  return draft.resolve(await readNamedFiles(draft.files, dirname(path)));
}
