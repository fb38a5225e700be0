/**
 * `apply`, killed where it stands, again and again: the stream comes to the planned layout, no step is taken twice, and the
 * journal says of every step that it is done once, and never before the stream shows it.
 *
 * 30 kills; SHARDWISE_KILLS=100 for more (a process costs about 0.5 s of CPU).
 */
import { mkdtempSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { uniformRanges } from '../../src/model/hash-range.ts';
import type { RecommendationDocument } from '../../src/results/recommendation-document.ts';
import { trailOf } from '../../src/results/steps-to-apply.ts';
import type { JournalEvent } from '../../src/run/apply/journal.ts';
import { openShardsOf } from '../../src/run/apply/step-order.ts';
import { listShards } from '../../src/run/read/shard-list.ts';
import { recommended } from '../run/apply/recommended.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';

const KILLS = Number(process.env['SHARDWISE_KILLS'] ?? 30);
const STREAMS = 3;
const SHARDS = 8;
/** Fewer than one is taken between two kills. */
const STEPS = Math.max(8, Math.ceil((KILLS / STREAMS) * 0.8));
const SEED = Number(process.env['SHARDWISE_SEED'] ?? 7);

/** Numbers of 0…1 from a seed (mulberry32). */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Subject {
  readonly document: RecommendationDocument;
  readonly file: string;
  readonly #endpoint: Endpoint;
  readonly #name: string;

  /** Four boundaries go, and all others come at odd places. */
  constructor(endpoint: Endpoint, name: string) {
    this.#endpoint = endpoint;
    this.#name = name;
    const before = uniformRanges(SHARDS).map(({ start }) => start);
    const stay = before.filter((_, i) => i === 0 || i > 4);
    const come = uniformRanges(STEPS - 3).slice(1).map(({ start }) => start + 77n);
    const after = [...stay, ...come].sort((a, b) => (a < b ? -1 : 1));
    this.document = recommended({ name, endpoint: endpoint.url, before, after });
    this.file = join(mkdtempSync(join(tmpdir(), 'shardwise-apply-')), 'steps.json');
    writeFileSync(this.file, JSON.stringify(this.document));
  }

  journal(): JournalEvent[] {
    const path = `${this.file}.journal`;
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as JournalEvent];
      } catch {
        return [];
      }
    });
  }

  /** Steps that the journal has as done, in its order. */
  done(): number[] {
    return this.journal().flatMap((entry) => (entry.event === 'done' ? [entry.step] : []));
  }

  async shardsEver(): Promise<number> {
    return (await listShards(this.#endpoint.client, this.#name, 'FROM_TRIM_HORIZON')).length;
  }

  async position(): Promise<number | undefined> {
    const open = openShardsOf(await listShards(this.#endpoint.client, this.#name, 'AT_LATEST'));
    return trailOf(this.document, this.file).positionOf(open.map(({ range }) => range.start));
  }

  /** Starts it, and kills it after some time or some while after the journal has grown by some lines. */
  async applyAndKill(chance: () => number): Promise<string> {
    const lines = this.journal().length + Math.floor(chance() * 4);
    const waitMs = chance() < 0.5 ? 0 : chance() * 700;
    const { process: child, finished } = this.#endpoint.run(['apply', this.file, '--yes', '--quiet']);
    let isOver = false;
    void finished.then(() => (isOver = true));
    while (!isOver && this.journal().length < lines) await sleep(1);
    await sleep(waitMs);
    child.kill('SIGKILL');
    const { code } = await finished;
    expect([null, 0]).toContain(code);
    return code === 0 ? 'over' : (this.journal().at(-1)?.event ?? 'nothing');
  }

  apply(): ReturnType<Endpoint['run']>['finished'] {
    return this.#endpoint.run(['apply', this.file, '--yes', '--quiet']).finished;
  }
}

async function killOften(subject: Subject, kills: number, chance: () => number): Promise<string[]> {
  const last: string[] = [];
  for (let i = 0; i < kills; i++) {
    last.push(await subject.applyAndKill(chance));
    const done = subject.done();
    expect(await subject.position()).toBeGreaterThanOrEqual(done.length);
  }
  return last;
}

async function checkEnd(subject: Subject): Promise<void> {
  const { code, out, err } = await subject.apply();
  expect([code, err], out).toEqual([0, '']);
  const { steps } = subject.document;
  expect(await subject.position()).toBe(steps.length);
  const made = steps.reduce((sum, { kind }) => sum + (kind === 'split' ? 2 : 1), 0);
  expect(await subject.shardsEver()).toBe(SHARDS + made);
  expect(subject.done()).toEqual(steps.map((_, i) => i + 1));
  const begun = new Set(subject.journal().flatMap((entry) => (entry.event === 'begin' ? [entry.step] : [])));
  expect(begun.size).toBe(steps.length);
}

it(
  `apply comes to the planned layout, however often it is killed`,
  { timeout: 120_000 + KILLS * 4000 },
  async () => {
    const names = Array.from({ length: STREAMS }, (_, i) => `s${i}`);
    const seeds = names.flatMap((name) => ['--seed-stream', `${name}:${SHARDS}`]);
    const endpoint = await startEndpoint('--reshard-ms', '150', '--no-limits', ...seeds);
    try {
      const last = await Promise.all(
        names.map(async (name, i) => {
          const subject = new Subject(endpoint, name);
          expect(subject.document.steps).toHaveLength(STEPS);
          const killed = await killOften(subject, Math.ceil(KILLS / STREAMS), chanceOf(SEED + i));
          await checkEnd(subject);
          return killed;
        }),
      );
      const all = last.flat();
      const countOf = (event: string): number => all.filter((it) => it === event).length;
      if (KILLS > 30) console.log([...new Set(all)].map((event) => `${event} ${countOf(event)}`).join(', '));
      // Before the call or while it is carried out, and between two steps.
      for (const event of ['start', 'begin']) expect(countOf(event)).toBeGreaterThan(0);
    } finally {
      await endpoint.stop();
    }
  },
);
