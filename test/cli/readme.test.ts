/** What the README shows is what the commands print, and every command in it is one that exists. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url).pathname;
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const CLI = join(ROOT, 'dist/shardwise.js');

const blocks = [...README.matchAll(/```console\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)];
const commands = blocks.flatMap(([, block]) =>
  [...block.matchAll(/^\$ shardwise (.+)$/gm)].map((match) => match[1]),
);

/** Splits a command line of the README, which knows no quotes but double ones. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match.at(1) ?? match[0]);
}

describe('the README', { timeout: 60_000 }, () => {
  it('shows commands and flags that exist', () => {
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      const [name, ...rest] = words(command);
      const help = execFileSync(process.execPath, [CLI, name, '--help'], { encoding: 'utf8' });
      for (const flag of rest.filter((word) => word.startsWith('-'))) expect(help, command).toContain(flag);
    }
  });

  it('shows plans, sweeps and searches as they are printed', () => {
    const shown = blocks.filter(
      (match) => /^\$ shardwise (plan|simulate)/.test(match[1]) && match.at(2) !== undefined,
    );
    expect(shown.length).toBeGreaterThan(3);
    for (const [, block, output] of shown) {
      const args = words(block.trim().replace('$ shardwise ', ''));
      const printed = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: ROOT }).stdout;
      expect(printed.trimEnd()).toBe(output.trimEnd());
    }
  });

  it('lists every command, with a section that shows it and what it prints', () => {
    const help = execFileSync(process.execPath, [CLI, '--help'], { encoding: 'utf8' });
    const names = [...help.matchAll(/^ {2}([a-z]+) (?:\[options\]|\[command\])/gm)]
      .map((match) => match[1])
      .filter((name) => name !== 'help');
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) {
      const anchor = new RegExp(`^\\| \\[\`${name}\`\\]\\(#([a-z-]+)\\) \\|`, 'm').exec(README)?.[1];
      expect(anchor, `the table has no row of ${name}`).toBeDefined();
      const section = README.split(/^#{2,3} /m).find(
        (text) => text.split('\n', 1)[0].toLowerCase().replaceAll(' ', '-') === anchor,
      );
      expect(section, name).toMatch(new RegExp(`^\\$ shardwise ${name}\\b`, 'm'));
      // What local prints stands below its own command.
      expect(section, name).toMatch(/```text|^export /m);
    }
  });

  it('shows of the first run what the same records give in virtual time, as far as that does not depend on it', () => {
    const shown = /npm start\n```\n[^`]*```text\n([\s\S]*?)```/.exec(README)?.[1] ?? '';
    const args = ['simulate', 'scenarios/hot-key.yaml'];
    const printed = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', cwd: ROOT }).stdout;
    for (const begins of ['HOT_KEY: ', 'HOT_KEY  ']) {
      const paragraph = printed.split('\n\n').find((text) => text.startsWith(begins));
      expect(shown.split('\n\n')).toContain(paragraph);
    }
  });

  it('points to files that exist', () => {
    const links = [...README.matchAll(/\]\((?!http|#)([^)#]+)[#)]/g)].map((match) => match[1]);
    for (const link of links)
      expect(() => execFileSync('test', ['-e', join(ROOT, link)]), link).not.toThrow();
  });
});
