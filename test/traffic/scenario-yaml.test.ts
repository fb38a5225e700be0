import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/traffic/scenario-file.ts';
import { refusalOf } from './refusal-of.ts';

// prettier-ignore
const FILES: [string, string, string, string][] = [
  ['an empty file', '', 's.yaml: the file is empty.', 'Write at least stream, duration and traffic'],
  ['a file of comments', '# later\n', 's.yaml: the file is empty.', 'Write at least stream, duration and traffic'],
  ['a tab', 'stream:\n\tshards: 4\n', 's.yaml, line 2: there is a tab in the indentation.', 'Replace it by spaces: YAML allows no tabs there.'],
  ['a field written twice', 'seed: 1\nseed: 2\n', 's.yaml, line 2: this field is written twice.', 'Keep one of the two.'],
  ['two documents', 'seed: 1\n---\nseed: 2\n', 's.yaml, line 2: a second document begins here.', 'Write one scenario per file, without ---.'],
  ['a bracket left open', 'seed: [1', 's.yaml, line 1: this is not valid YAML (', 'Correct the line.'],
  ['an alias without an anchor', 'seed: *a', 's.yaml: the alias *a has no anchor before it.', 'Write the value, or a text that starts with * in quotes.'],
  ['a tag of a program', 'seed: !!js/function "x"', 's.yaml, line 1: this is not valid YAML (Unresolved tag', 'Correct the line.'],
  ['a list', '- seed: 1', 's.yaml, line 1: a list is not a mapping of fields.', 'Write the fields description, stream'],
  ['a word', 'hello', 's.yaml, line 1: "hello" is not a mapping of fields.', 'Write the fields description, stream'],
  ['nothing but a stream', 'stream: { shards: 4 }', 's.yaml, line 1: traffic: this is missing.', 'Add a list, each item after a dash.'],
  ['a bomb of aliases', bomb(), 's.yaml: its anchors and aliases unfold to too much.', 'Write the values out.'],
  ['a hundred thousand brackets', '['.repeat(100_000), 's.yaml, line 1: this is nested too deeply.', 'Write a scenario as in'],
  ['a hundred thousand dashes', '- '.repeat(100_000), 's.yaml, line 1: this is nested too deeply.', 'Write a scenario as in'],
  ['a hundred thousand mappings', '{a: '.repeat(100_000), 's.yaml, line 1: this is nested too deeply.', 'Write a scenario as in'],
  ['a staircase', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'this is nested too deeply.', 'Write a scenario as in'],
];

/** Nine lists of nine of the list before: 9^9 values if written out. */
function bomb(): string {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
  const lists = names.map((name, i) => {
    const item = i === 0 ? 'x' : `*${names[i - 1]}`;
    return `${name}: &${name} [${Array(9).fill(item).join(', ')}]`;
  });
  return lists.join('\n');
}

describe('a bad file is refused in two sentences:', () => {
  it.each(FILES)('%s', (_, text, what, fix) => {
    const refusal = refusalOf(() => parseScenario(text, 's.yaml'));
    expect(refusal.exitCode).toBe(2);
    expect(refusal.what).toContain(what);
    expect(refusal.fix).toContain(fix);
    expect(refusal.message).not.toMatch(/\n/);
  });

  it('a list that contains itself', () => {
    const refusal = refusalOf(() => parseScenario('traffic: &a [*a]\nstream: { shards: 1 }', 's.yaml'));
    expect(refusal.what).toMatch(/^s\.yaml, line \d+: traffic\[0\]: a list is not a mapping of fields\.$/);
  });

  it('whatever value stands in whatever field', () => {
    const paths = [
      'stream',
      'duration',
      'seed',
      'warmup',
      'traffic',
      'producer',
      'consumers',
      'thresholds',
      'description',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (name, value) => {
        const good = {
          stream: { shards: 1 },
          duration: '5s',
          traffic: [{ rate: '1/s', keys: 'uniform:5', size: '1B' }],
        };
        const text = JSON.stringify({ ...good, [name]: value });
        try {
          parseScenario(text, 's.yaml');
        } catch {
          const refusal = refusalOf(() => parseScenario(text, 's.yaml'));
          expect(refusal.message).not.toMatch(/\n|undefined|\[object/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('whatever text the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        refusalOf(() => parseScenario(text, 's.yaml'));
      }),
      { numRuns: 300 },
    );
  });
});
