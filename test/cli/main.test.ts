import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldText } from '../../src/cli/refusal-text.ts';
import { shardwise } from './outcome.ts';

describe('help', () => {
  it('is printed of a command, as --help does', async () => {
    const help = await shardwise('help', 'plan');
    expect(help.exit).toBe(0);
    expect(help.out).toMatch(/^Usage: shardwise plan /);
    expect(help.out).toBe((await shardwise('plan', '--help')).out);
  });

  it('is printed of everything without one', async () => {
    const help = await shardwise('help');
    expect(help.exit).toBe(0);
    expect(help.out).toMatch(/^Usage: shardwise /);
    expect(help.out).toContain('help [command]');
  });

  it('exists of no command that does not', async () => {
    expect((await shardwise('help', 'plam')).exit).toBe(2);
  });

  it('shows no default of a list that is empty, and what a number of milliseconds is', async () => {
    const { out } = await shardwise('local', '--help');
    expect(out).not.toContain('default: []');
    expect(out).toContain('--create-ms <milliseconds>');
    expect(out).toContain('--delete-ms <milliseconds>');
  });
});

describe('what an error says', () => {
  it('shows control characters of names and flags, and sends none to the terminal', async () => {
    for (const args of [['run', 'x\u001b[31m.yaml'], ['run', '--x\u001b[31m'], ['x\u001b[31m']]) {
      const { err, exit } = await shardwise(...args);
      expect(exit).toBe(2);
      expect(err).toContain('x\\u{1b}[31m');
      expect(err).not.toContain('\u001b');
    }
  });

  it.each([
    [['run'], 'run: scenario.yaml is missing.\nSee shardwise run --help.\n'],
    [['run', '--nope'], "run: unknown option '--nope'.\nSee shardwise run --help.\n"],
    [['runn'], "shardwise: unknown command 'runn' (Did you mean run?)\nSee shardwise --help.\n"],
  ])('of the parser has a sentence on what and one on what to do: %s', async (args, said) => {
    expect(await shardwise(...args)).toMatchObject({ err: said, exit: 2 });
  });

  it('stays within 80 columns', async () => {
    const { err, exit } = await shardwise('plan');
    expect(exit).toBe(2);
    expect(err.split('\n').length).toBeGreaterThan(3);
    for (const line of err.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('suggests a port that may be listened on', async () => {
    expect((await shardwise('local', '--port', '99999')).err).toContain('such as --port 4567.');
    expect((await shardwise('local', '--create-ms', 'x')).err).toContain('such as --create-ms 500.');
  });

  it('is broken at spaces only: long words stay whole, and nothing is lost', () => {
    const words = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', '/'), minLength: 1, maxLength: 120 }),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(words, (list) => {
        const folded = foldText(list.join(' '));
        expect(folded.split(/[ \n]/)).toEqual(list);
        for (const line of folded.split('\n')) expect(line.length <= 80 || !line.includes(' ')).toBe(true);
      }),
    );
  });
});
