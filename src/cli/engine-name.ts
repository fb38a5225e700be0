/**
 * The engines of `simulate`, by name.
 */
import { badInput } from '../model/refusal.ts';

const ENGINES = ['auto', 'exact', 'aggregate'] as const;
export type Engine = (typeof ENGINES)[number];

export function parseEngine(text: string): Engine {
  const engine = ENGINES.find((name) => name === text);
  if (engine !== undefined) return engine;
  throw badInput(`--engine: there is no engine "${text}".`, `Use ${ENGINES.join(', ')}.`);
}
