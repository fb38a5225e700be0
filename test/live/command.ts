/** Runs the built command line as a user does: a process, its streams, its exit code. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReportDocument } from '../../src/results/report-document.ts';

export const ROOT = new URL('../..', import.meta.url).pathname;
const CLI = join(ROOT, 'dist/shardwise.js');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

export function start(args: readonly string[]): Started {
  const child = spawn(process.execPath, [CLI, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { process: child, finished };
}

export function shardwise(...args: readonly string[]): Promise<Finished> {
  return start(args).finished;
}

/** A scenario file with the given text, in a folder of its own. */
export function scenarioFile(yaml: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'shardwise-test-')), 'scenario.yaml');
  writeFileSync(path, yaml);
  return path;
}

export function documentOf(finished: Finished): ReportDocument {
  return JSON.parse(finished.out) as ReportDocument;
}

/** What must hold of every report of a run, whatever happened in it. */
export function accountsOf(document: ReportDocument): {
  offered: number;
  outcomes: number;
  attempts: number;
  tries: number;
} {
  const { totals } = document;
  if (totals === undefined) throw new Error('a report of a run has totals');
  return {
    offered: totals.offered,
    outcomes: totals.accepted + totals.throttled + totals.failed + totals.dropped,
    attempts: totals.attempts,
    tries: totals.accepted + totals.throttledAttempts + totals.failedAttempts,
  };
}
