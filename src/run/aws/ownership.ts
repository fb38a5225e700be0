/**
 * How what we make on AWS is known as ours: a prefix in the name, tags that say which run made it and until when it is
 * meant to be there. Nothing without these tags is ever deleted.
 */

import { hostname } from 'node:os';

/** Streams and fan-out consumers that we make are named so. */
export const OWN_PREFIX = 'shardwise-';

export const OWN_TAGS = {
  runId: 'shardwise:run',
  created: 'shardwise:created',
  expires: 'shardwise:expires',
  process: 'shardwise:process',
} as const;

/** The tag by which the owner of a stream allows load on it. */
export const ALLOW_TAG = { key: 'shardwise:load-test', value: 'allowed' } as const;

export type Tags = Readonly<Record<string, string>>;

/** What a resource of ours says of itself. */
export interface Ownership {
  /** 32 hexadecimal digits; the payload headers of the run's records carry the same. */
  readonly runId: string;
  /** Microseconds since 1970. */
  readonly createdUs: number;
  readonly expiresUs: number;
  /** Machine and number of the process that made it, as `host/1234`; absent where another version made it. */
  readonly process?: string;
}

/** @param runId 32 hexadecimal digits */
export function ownTags(ownership: Ownership): Record<string, string> {
  const { runId, createdUs, expiresUs, process: maker } = ownership;
  return {
    [OWN_TAGS.runId]: runId,
    [OWN_TAGS.created]: isoOf(createdUs),
    [OWN_TAGS.expires]: isoOf(expiresUs),
    ...(maker === undefined ? {} : { [OWN_TAGS.process]: maker }),
  };
}

/**
 * Undefined where the tags, or the name, are not those of something that we made.
 * @param madeUs when AWS says that it was made: what counts where the tags do not say it
 */
export function ownershipOf(name: string, tags: Tags, madeUs: number): Ownership | undefined {
  const runId = tags[OWN_TAGS.runId] as string | undefined;
  const taggedUs = Date.parse(tags[OWN_TAGS.created] ?? '') * 1000;
  const createdUs = Number.isNaN(taggedUs) ? madeUs : taggedUs;
  const expiresUs = Date.parse(tags[OWN_TAGS.expires] ?? '') * 1000;
  if (!name.startsWith(OWN_PREFIX) || runId === undefined || !/^[0-9a-f]{32}$/.test(runId)) return undefined;
  if (Number.isNaN(expiresUs)) return undefined;
  const maker = tags[OWN_TAGS.process] as string | undefined;
  return { runId, createdUs, expiresUs, ...(maker === undefined ? {} : { process: maker }) };
}

/** This process, as a tag's value: letters, digits and few signs. */
export function thisProcess(): string {
  return `${machine()}/${process.pid}`;
}

/**
 * Whether a process of this machine that made something is still there: of another machine's nothing is known. A number
 * that another process has by now counts as alive.
 */
export function makerOf({ process: maker }: Ownership): ProcessState {
  return stateOfProcess(maker);
}

export type ProcessState = 'alive' | 'gone' | 'elsewhere';

/** @param maker as `thisProcess` gives it */
export function stateOfProcess(maker: string | undefined): ProcessState {
  const [host, pid] = (maker ?? '').split('/');
  if (host !== machine() || !/^\d+$/.test(pid)) return 'elsewhere';
  try {
    process.kill(Number(pid), 0);
    return 'alive';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'alive' : 'gone';
  }
}

function machine(): string {
  return hostname()
    .replaceAll(/[^a-zA-Z0-9._-]/g, '_')
    .slice(0, 100);
}

/** The name of what a run makes. */
export function ownName(runId: string): string {
  return OWN_PREFIX + runId.slice(0, 12);
}

/** Whole seconds: tags are read by people too. */
function isoOf(us: number): string {
  return new Date(us / 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
