/**
 * What `run` and `simulate` are held against: the flags that set gates and the seed, and the exit code they end in.
 */
import type { Command } from 'commander';
import { badInput } from '../model/refusal.ts';
import { eventsNotCarriedOut } from '../results/timeline-played.ts';
import { FINDING_CODES, type FindingCode, type ReportDocument } from '../results/report-document.ts';
import type { Scenario } from '../traffic/scenario.ts';
import type { ExitCode } from './context.ts';

export interface GateFlags {
  seed?: string;
  threshold?: string[];
  failOn?: string;
}

export interface Gates {
  readonly seed: number | undefined;
  readonly thresholds: readonly string[];
  readonly failOn: readonly FindingCode[];
}

/** Adds --seed, --threshold and --fail-on to a command and returns it. */
export function addGateFlags(command: Command): Command {
  return addVerdictFlags(command.option('--seed <n>', "replaces the scenario's seed"));
}

/** Adds the gates alone: what was sent is what it was. */
export function addVerdictFlags(command: Command): Command {
  return command
    .option('--threshold <expression>', 'a gate, as "throttledAttempts < 1%"; repeatable', collect)
    .option('--fail-on <codes>', 'exit 3 on any of these findings, as HOT_KEY,HOT_SHARD');
}

function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value];
}

/** Checks the flags, before any file is read. */
export function parseGates(flags: GateFlags): Gates {
  return {
    seed: flags.seed === undefined ? undefined : parseSeed(flags.seed),
    thresholds: flags.threshold ?? [],
    failOn: parseFailOn(flags.failOn),
  };
}

function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw badInput(
      `--seed: "${text}" is no whole number from 0 to 2^53 - 1.`,
      'Write, for example, --seed 42.',
    );
  }
  return seed;
}

function parseFailOn(text: string | undefined): FindingCode[] {
  if (text === undefined) return [];
  return text.split(',').map((part) => {
    const code = FINDING_CODES.find((known) => known === part.trim());
    if (code === undefined) {
      throw badInput(`--fail-on: there is no finding "${part.trim()}".`, `Use ${FINDING_CODES.join(', ')}.`);
    }
    return code;
  });
}

/** The scenario of a file with the gates' seed and thresholds in it; every threshold is checked. */
export async function readScenario(file: string, gates: Gates): Promise<Scenario> {
  const { readScenarioFile } = await import('../run/files/scenario-source.ts');
  const { parseThreshold } = await import('../results/threshold.ts');
  const scenario = await readScenarioFile(file);
  scenario.thresholds.forEach((expression, i) => parseThreshold(expression, `${file}: thresholds[${i}]`));
  for (const expression of gates.thresholds) parseThreshold(expression, '--threshold');
  return {
    ...scenario,
    seed: gates.seed ?? scenario.seed,
    thresholds: [...scenario.thresholds, ...gates.thresholds],
  };
}

/** Refuses outages on AWS, where nobody but AWS makes the service fail. */
export function refuseOutages(file: string, { timeline = [] }: Scenario): void {
  const outage = timeline.find(({ kind }) => kind === 'outage');
  if (outage === undefined) return;
  throw badInput(
    `${file}: timeline[${outage.index}].outage: a run cannot make the service of AWS fail.`,
    'Remove it, run against the local endpoint, or play the scenario with simulate.',
  );
}

/** Refuses streams that spread records by themselves, where what each shard took is to be counted. */
export function refuseAuto(file: string, { stream }: Scenario): void {
  if (stream.onDemand?.recordDistribution !== 'auto') return;
  throw badInput(
    `${file}: stream.recordDistribution: auto: the service says of no throttled record which shard it was for, so that run cannot count by shard.`,
    'Leave it out, or play the scenario with simulate.',
  );
}

/** What asks for another rate, or for one at all, where the replies set the pace. */
export function refuseClosedLoop(file: string, { producer }: Scenario, what: string): void {
  if (producer.loop !== 'closed') return;
  throw badInput(
    `${file}: producer.concurrency: ${what} needs rates, and a closed loop has none: the replies set its pace.`,
    'Write rates instead of concurrency, or use simulate or run as they are.',
  );
}

/** Interface, exit codes: the first that holds of 130, 1, 4, 3 and 0; 2 is behind us. */
export function exitCodeOf(document: ReportDocument, failOn: readonly FindingCode[]): ExitCode {
  const { partial, totals, thresholds = [], findings = [], generator } = document;
  if (partial === 'interrupted') return 130;
  // In a simulation it is the scenario that lets everything fail.
  const isLost = document.kind !== 'simulation' && totals?.accepted === 0 && totals.failed > 0;
  if (partial === 'failed' || isLost) return 1;
  if (generator?.valid === false || thresholds.some((row) => row.ok === null)) return 4;
  // Another scenario than the one that was asked for.
  if (eventsNotCarriedOut(document) > 0) return 4;
  if (failOn.some((code) => isNotLookedFor(code, document))) return 4;
  if (thresholds.some((row) => row.ok === false)) return 3;
  return findings.some((finding) => failOn.includes(finding.code)) ? 3 : 0;
}

/** Findings that a report without their data can neither have nor rule out. */
function isNotLookedFor(code: FindingCode, document: ReportDocument): boolean {
  const { kind, consumers, generator } = document;
  if (code === 'HOT_SHARD') return isTooShortToTell(document);
  if (code === 'LOST_RECORDS') return consumers === undefined;
  return code === 'GENERATOR_LATE' && (kind === 'simulation' || generator === undefined);
}

/** A shard was above its limit all the time that it was open, and no finding says why: that was too short for one. */
function isTooShortToTell({ shards = [], findings = [] }: ReportDocument): boolean {
  if (findings.some(({ code }) => code === 'HOT_SHARD' || code === 'UNDER_PROVISIONED')) return false;
  const explained = new Set<string | undefined>();
  for (const finding of findings) {
    if (finding.code !== 'HOT_KEY') continue;
    explained.add(finding.shardId).add(finding.evidence.shardIdNow);
  }
  return shards.some(
    ({ shardId, utilization, utilizationSec }) =>
      utilizationSec !== undefined && utilization > 1 && !explained.has(shardId),
  );
}
