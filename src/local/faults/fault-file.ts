/**
 * A file of faults (YAML or JSON): its text in, a plan out, or one sentence on what is wrong and where and one on what
 * to do.
 */
import { parseDuration, parsePercent } from '../../model/quantity.ts';
import { badInput, type Refusal } from '../../model/refusal.ts';
import { shardNumberOf } from '../../model/shard-map.ts';
import { formatPath, type Complaint } from '../../traffic/scenario-complaint.ts';
import { readYaml } from '../../traffic/scenario-yaml.ts';
import { complaintsOf } from '../../traffic/schema-complaints.ts';
import type { FaultEffect, FaultError, FaultPlan, FaultRule, Latency } from './fault-rule.ts';
import { RECORD_ERRORS } from './fault-rule.ts';
import { faultCountSchema, faultSchema, type RuleText } from './fault-schema.ts';

const EFFECTS = ['error', 'recordError', 'latency', 'drop', 'stall'] as const;
const SHAPES = ['fixed', 'uniform', 'lognormal'] as const;
const KIND = { noun: 'file of faults', example: 'docs/local.md', least: 'faults' };

/** Operations that can have an error; all can have one that is not here (source: AWS FIS's Kinesis actions, 2026). */
const ERROR_OPERATIONS: { readonly [E in FaultError]?: readonly string[] } = {
  ProvisionedThroughputExceededException: ['PutRecord', 'PutRecords', 'GetRecords'],
  ExpiredIteratorException: ['GetRecords'],
};
/** Operations that a fault of one shard can concern. */
const SHARD_OPERATIONS = ['PutRecord', 'PutRecords', 'GetRecords'];

/**
 * Reads a file of faults.
 * @param fileName how error messages call the file
 * @throws Refusal (exit code 2)
 */
export function parseFaults(text: string, fileName: string): FaultPlan {
  refuseLongJson(text, fileName);
  const { value, lineOf } = readYaml(text, fileName, KIND);
  const refuseFirst = (complaints: readonly Complaint[]): void => {
    if (complaints.length > 0) throw refusalOf(complaints[0], fileName, lineOf(complaints[0].path));
  };
  refuseFirst(countComplaints(value));
  const parsed = faultSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    refuseFirst(complaintsOf(parsed.error.issues));
    throw parsed.error;
  }
  const { seed = 1, faults } = parsed.data;
  refuseFirst(
    faults.flatMap((rule, i) => contradictions(rule).map((c) => ({ ...c, path: ['faults', i, ...c.path] }))),
  );
  return { seed, rules: faults.map(ruleOf), document: { seed, faults } };
}

function refusalOf({ path, what, fix }: Complaint, fileName: string, line: number): Refusal {
  return badInput(`${fileName}, line ${line}: ${formatPath(path)}: ${what}`, fix);
}

/** Far too many rules in JSON are refused before the thorough parser, which is slow, has to read them all. */
function refuseLongJson(text: string, fileName: string): void {
  const complaint = countComplaints(jsonOf(text)).at(0);
  if (complaint === undefined) return;
  throw refusalOf(complaint, fileName, text.slice(0, text.indexOf('"faults"')).split('\n').length);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the list of rules is too long, each of them unread. */
function countComplaints(value: unknown): Complaint[] {
  const rules = (value as { faults?: unknown } | null | undefined)?.faults;
  if (!Array.isArray(rules)) return [];
  const { error } = faultCountSchema.safeParse(rules, { reportInput: true });
  return complaintsOf(error?.issues ?? []).map((c) => ({ ...c, path: ['faults', ...c.path] }));
}

/** What of a rule does not go together; paths from the rule on. */
function contradictions(rule: RuleText): Complaint[] {
  const given = EFFECTS.filter((name) => rule[name] !== undefined);
  if (given.length !== 1) {
    const what = given.length === 0 ? 'nothing goes wrong.' : `${given.join(' and ')} are given together.`;
    return [{ path: [], what, fix: `Write exactly one of ${EFFECTS.join(', ')}.` }];
  }
  return [...shardComplaints(rule), ...operationComplaints(rule), ...timeComplaints(rule)];
}

function shardComplaints({ shard, error, recordError }: RuleText): Complaint[] {
  if (shard === undefined || recordError !== undefined) return [];
  if ((RECORD_ERRORS as readonly string[]).includes(error ?? '')) return [];
  const fix = `Write one of ${RECORD_ERRORS.join(', ')} as error, or leave shard out.`;
  return [{ path: ['shard'], what: 'this cannot happen to one shard.', fix }];
}

function operationComplaints(rule: RuleText): Complaint[] {
  const able = ableOperations(rule);
  const at = able === undefined ? -1 : (rule.operations ?? []).findIndex((name) => !able.includes(name));
  if (able === undefined || at < 0) return [];
  const what = `${String(rule.operations?.[at])} does not fail in this way.`;
  return [{ path: ['operations', at], what, fix: `Write ${able.join(', ')}, or leave operations out.` }];
}

/** Operations that a rule can concern; undefined where it is all. */
function ableOperations({ error, recordError, shard }: RuleText): readonly string[] | undefined {
  if (recordError !== undefined) return ['PutRecords'];
  const able = error && ERROR_OPERATIONS[error];
  return able ?? (shard === undefined ? undefined : SHARD_OPERATIONS);
}

function timeComplaints({ latency, stall }: RuleText): Complaint[] {
  const given = SHAPES.filter((name) => latency?.[name] !== undefined);
  if (latency && given.length !== 1) {
    return [
      {
        path: ['latency'],
        what: 'this is not one distribution.',
        fix: `Write exactly one of ${SHAPES.join(', ')}.`,
      },
    ];
  }
  const { uniform, lognormal } = latency ?? {};
  if (uniform && usOf(uniform.min) > usOf(uniform.max))
    return [
      { path: ['latency', 'uniform'], what: 'min is above max.', fix: 'Write the smaller one as min.' },
    ];
  if (lognormal && usOf(lognormal.p50) > usOf(lognormal.p99))
    return [
      { path: ['latency', 'lognormal'], what: 'p50 is above p99.', fix: 'Write the smaller one as p50.' },
    ];
  if (stall && usOf(stall.for) > usOf(stall.every))
    return [
      {
        path: ['stall', 'for'],
        what: 'a stall is longer than from one to the next.',
        fix: 'Write less than every.',
      },
    ];
  return [];
}

function ruleOf(rule: RuleText): FaultRule {
  return {
    operations: rule.operations ?? ableOperations(rule),
    stream: rule.stream,
    shard: rule.shard === undefined ? undefined : shardNumberOf(rule.shard),
    percentage: rule.percentage === undefined ? 1 : (parsePercent(rule.percentage) ?? 1),
    afterUs: rule.after === undefined ? 0 : usOf(rule.after),
    durationUs: rule.duration === undefined ? undefined : usOf(rule.duration),
    effect: effectOf(rule),
  };
}

function effectOf({ error, recordError, latency, drop, stall }: RuleText): FaultEffect {
  if (error !== undefined) return { kind: 'error', error };
  if (recordError !== undefined) return { kind: 'recordError', error: recordError };
  if (drop !== undefined) return { kind: 'drop', when: drop };
  if (stall !== undefined) return { kind: 'stall', everyUs: usOf(stall.every), forUs: usOf(stall.for) };
  return { kind: 'latency', latency: latencyOf(latency ?? {}) };
}

function latencyOf({ fixed, uniform, lognormal }: NonNullable<RuleText['latency']>): Latency {
  if (uniform) return { kind: 'uniform', minUs: usOf(uniform.min), maxUs: usOf(uniform.max) };
  if (lognormal) return { kind: 'lognormal', p50Us: usOf(lognormal.p50), p99Us: usOf(lognormal.p99) };
  return { kind: 'fixed', us: usOf(fixed ?? '0s') };
}

/** Microseconds of a duration that the schema has found good. */
function usOf(text: string): number {
  return parseDuration(text) ?? 0;
}
