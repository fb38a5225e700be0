/**
 * Faults on demand: decides for each call, and for each record of a put, what goes wrong with it.
 *
 * A decision is a function of the seed, the rule and the call's number, counted from when the rules were set: the
 * same calls in the same order have the same faults. Time decides only which rules are in force.
 */
import { Draws, PURPOSE } from '../../traffic/threefry.ts';
import { internalFailure, ServiceError } from '../service-error.ts';
import {
  NO_FAULTS,
  type FaultError,
  type FaultPlan,
  type FaultRule,
  type RecordError,
} from './fault-rule.ts';
import { delayAt, MOST_DELAY_US } from './latency.ts';

/** What a call is about, as far as rules ask. */
export interface FaultyCall {
  readonly operation: string;
  readonly stream: string | undefined;
  /** Number of the shard that it reads. */
  readonly shard: number | undefined;
}

/** What goes wrong with a call. */
export interface Fault {
  readonly error: ServiceError | undefined;
  readonly drop: 'before' | 'after' | undefined;
  /** How much later than usual it is answered. */
  readonly delayUs: number;
}

export const NO_FAULT: Fault = { error: undefined, drop: undefined, delayUs: 0 };

/** Draws of one call for one rule: whether it strikes, and how long; those of its records begin behind. */
const STRIKE = 0;
const DELAY = 1;
const FIRST_RECORD = 2;

interface ArmedRule {
  readonly rule: FaultRule;
  readonly draws: Draws;
}

export class Faults {
  #plan = NO_FAULTS;
  #rules: ArmedRule[] = [];
  /** Time of the first call under these rules. */
  #startUs: number | undefined;
  #calls = 0;
  /** Rules that concern records of the call under way. */
  #recordRules: ArmedRule[] = [];
  /** Times in which every put fails. */
  #outages: { readonly fromUs: number; readonly toUs: number }[] = [];

  get plan(): FaultPlan {
    return this.#plan;
  }

  /** Takes other rules from now on; their count of calls, and their time, begin anew. */
  set(plan: FaultPlan): void {
    this.#plan = plan;
    this.#rules = plan.rules.map((rule, i) => ({ rule, draws: new Draws(plan.seed, PURPOSE.fault, i) }));
    this.#startUs = undefined;
    this.#calls = 0;
    this.#recordRules = [];
  }

  /** Every put fails from one time to another, whatever the rules say; they neither see nor count it. */
  failPuts(fromUs: number, toUs: number): void {
    this.#outages.push({ fromUs, toUs });
  }

  /** Decides about a call; its records are asked for by `ofRecord` until the next one begins. */
  begin(call: FaultyCall, nowUs: number): Fault {
    if (this.#outages.length > 0 && this.#isOut(call, nowUs)) {
      this.#recordRules = [];
      return { ...NO_FAULT, error: internalFailure() };
    }
    if (this.#rules.length === 0) return NO_FAULT;
    this.#startUs ??= nowUs;
    this.#calls++;
    const elapsedUs = nowUs - this.#startUs;
    const concerned = this.#rules.filter(({ rule }) => isInForce(rule, elapsedUs) && concerns(rule, call));
    this.#recordRules = concerned.filter(({ rule }) => isAboutRecords(rule, call.operation));
    const struck = concerned.filter(
      (armed) => !isAboutRecords(armed.rule, call.operation) && this.#strikes(armed),
    );
    return struck.reduce((fault, { rule, draws }) => this.#worse(fault, rule, draws, elapsedUs), NO_FAULT);
  }

  /**
   * What goes wrong with record i of the call under way, which falls on a shard.
   * @returns undefined where nothing does
   */
  ofRecord(i: number, shard: number): RecordError | undefined {
    for (const { rule, draws } of this.#recordRules) {
      const { effect, percentage } = rule;
      if (rule.shard !== undefined && rule.shard !== shard) continue;
      if (draws.uniform(this.#calls, FIRST_RECORD + i) >= percentage) continue;
      if (effect.kind === 'recordError' || effect.kind === 'error') return effect.error as RecordError;
    }
    return undefined;
  }

  /** Whether `ofRecord` can have anything to say about the call under way. */
  get strikeRecords(): boolean {
    return this.#recordRules.length > 0;
  }

  #isOut({ operation }: FaultyCall, nowUs: number): boolean {
    return isPut(operation) && this.#outages.some(({ fromUs, toUs }) => nowUs >= fromUs && nowUs < toUs);
  }

  #strikes({ rule, draws }: ArmedRule): boolean {
    return draws.uniform(this.#calls, STRIKE) < rule.percentage;
  }

  /** The first error and the first drop count; delays add up. */
  #worse(fault: Fault, { effect }: FaultRule, draws: Draws, elapsedUs: number): Fault {
    switch (effect.kind) {
      case 'error':
        return { ...fault, error: fault.error ?? errorOf(effect.error) };
      case 'drop':
        return { ...fault, drop: fault.drop ?? effect.when };
      case 'latency':
        return longer(fault, delayAt(effect.latency, draws.uniform(this.#calls, DELAY)));
      case 'stall':
        return longer(fault, stallLeft(effect, elapsedUs));
      case 'recordError':
        return fault;
    }
  }
}

function isInForce({ afterUs, durationUs = Infinity }: FaultRule, elapsedUs: number): boolean {
  return elapsedUs >= afterUs && elapsedUs - afterUs < durationUs;
}

function concerns(rule: FaultRule, { operation, stream, shard }: FaultyCall): boolean {
  if (rule.operations !== undefined && !rule.operations.includes(operation)) return false;
  if (rule.stream !== undefined && rule.stream !== stream) return false;
  return rule.shard === undefined || isPut(operation) || rule.shard === shard;
}

/** A put's records are asked for once their shards are known. */
function isAboutRecords({ effect, shard }: FaultRule, operation: string): boolean {
  return effect.kind === 'recordError' || (shard !== undefined && isPut(operation));
}

function isPut(operation: string): boolean {
  return operation === 'PutRecord' || operation === 'PutRecords';
}

function longer(fault: Fault, moreUs: number): Fault {
  return { ...fault, delayUs: Math.min(MOST_DELAY_US, fault.delayUs + moreUs) };
}

function stallLeft({ everyUs, forUs }: { everyUs: number; forUs: number }, elapsedUs: number): number {
  const at = elapsedUs % everyUs;
  return at >= everyUs - forUs ? everyUs - at : 0;
}

/** Words and status as AWS gives them (status: AWS FIS's Kinesis actions, 2026). */
function errorOf(error: FaultError): ServiceError {
  switch (error) {
    case 'InternalFailure':
      return internalFailure();
    case 'ServiceUnavailable':
      return new ServiceError(error, 'Service Unavailable', 503);
    case 'ExpiredIteratorException':
      return new ServiceError(error, 'Iterator expired.');
    default:
      return new ServiceError(error, 'Rate exceeded');
  }
}
