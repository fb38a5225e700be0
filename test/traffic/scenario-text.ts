import { parseScenario } from '../../src/traffic/scenario-file.ts';
import type { Scenario } from '../../src/traffic/scenario.ts';

/** A minimal scenario, with some of its fields written otherwise. */
export function scenarioText(
  fields: Partial<Record<'stream' | 'duration' | 'top' | 'rate' | 'keys' | 'size' | 'more', string>> = {},
): string {
  return [
    `stream: ${fields.stream ?? '{ shards: 4 }'}`,
    fields.duration ?? 'duration: 60s',
    fields.top ?? '# nothing more',
    'traffic:',
    `  - ${fields.rate ?? 'rate: 3000/s'}`,
    `    keys: ${fields.keys ?? '{ uniform: { count: 1000 } }'}`,
    `    size: ${fields.size ?? '900B'}`,
    `    ${fields.more ?? ''}`,
  ].join('\n');
}

export function read(fields: Parameters<typeof scenarioText>[0] = {}): Scenario {
  return parseScenario(scenarioText(fields), 's.yaml');
}
