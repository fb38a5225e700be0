// Prints the benchmarks: figures per CPU-second, and ratios within this one run. Nothing is asserted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { benchEndpoint } from './endpoint/main.js';
import { benchMany } from './endpoint/many.js';
import { benchRun } from './run/main.js';

const root = new URL('../..', import.meta.url).pathname;
const outdir = mkdtempSync(join(tmpdir(), 'shardwise-bench-'));

/** Seconds from start to end of a Node process; the least of several runs. */
function secondsOf(args, runs = 9) {
  let least = Infinity;
  for (let i = 0; i < runs; i++) {
    const start = process.hrtime.bigint();
    spawnSync(process.execPath, args, { stdio: 'ignore' });
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1e9);
  }
  return least;
}

function startUp() {
  const cli = join(root, 'dist/shardwise.js');
  const empty = secondsOf(['-e', '0']);
  const rows = [
    ['--help', secondsOf([cli, '--help'])],
    ['plan from flags', secondsOf([cli, 'plan', '--record-size', '1KiB', '--rate', '5000/s'])],
  ];
  console.log(`Start-up, least wall time of 9: an empty Node process ${(empty * 1000).toFixed(1)} ms`);
  for (const [name, sec] of rows) {
    console.log(
      `  ${name.padEnd(16)} ${(sec * 1000).toFixed(1)} ms, ${((sec - empty) * 1000).toFixed(1)} ms above it (goal: 15)`,
    );
  }
}

async function bundle(name) {
  const outfile = join(outdir, `${name}.js`);
  await build({
    entryPoints: [join(root, `test/bench/${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __r } from 'node:module';const require = __r(import.meta.url);",
    },
  });
  return import(outfile);
}

async function pipeline() {
  const { playPipeline } = await bundle('pipeline');
  const records = 2_000_000;
  const template = 'key-{n}';
  const cases = [
    ['uniform, 10,000 keys', { kind: 'uniform', count: 10_000, template }, {}],
    ['uniform, 1,000,000 keys', { kind: 'uniform', count: 1_000_000, template }, {}],
    ['zipf 1.1, 100,000 keys', { kind: 'zipf', count: 100_000, exponent: 1.1, template }, {}],
    [
      'zipf, Poisson, lognormal',
      { kind: 'zipf', count: 100_000, exponent: 1.1, template },
      { arrivals: { kind: 'poisson' }, size: { kind: 'lognormal', median: 100, p99: 1000 } },
    ],
  ];
  console.log('\nPipeline without sending (draw, route, batch, tally, histogram), one core; budget 300 ns');
  for (const [name, keys, rest] of cases) {
    playPipeline(200_000, keys, rest);
    const before = process.cpuUsage();
    const digest = playPipeline(records, keys, rest);
    const { user, system } = process.cpuUsage(before);
    const ns = ((user + system) * 1000) / records;
    console.log(
      `  ${name.padEnd(26)} ${ns.toFixed(0).padStart(4)} ns a record, ${(1e3 / ns).toFixed(1)} M a CPU-second, digest ${digest}`,
    );
  }
}

/** CPU nanoseconds per record of the C program, and what it counted; undefined where nothing can compile it. */
function plainC(args) {
  const program = join(outdir, 'exact');
  const compiled = spawnSync('cc', ['-O2', '-o', program, join(root, 'test/bench/exact.c'), '-lm']);
  if (compiled.status !== 0) return undefined;
  const { stdout } = spawnSync(program, args.map(String), { encoding: 'utf8' });
  const [ns, ...counted] = stdout.trim().split(' ');
  return { ns: Number(ns), counted: counted.join(' ') };
}

/** Both with their set-up, in turns; the least of three counts. */
async function exact() {
  const { playExactly } = await bundle('exact');
  const records = 5_000_000;
  const rest = [65_536, 64, 1.1];
  const least = { ours: Infinity, c: Infinity };
  let [counted, c] = ['', undefined];
  playExactly(records / 10, ...rest);
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    counted = playExactly(records, ...rest);
    const { user, system } = process.cpuUsage(before);
    least.ours = Math.min(least.ours, ((user + system) * 1000) / records);
    c = plainC([records, ...rest]);
    if (c !== undefined) least.c = Math.min(least.c, c.ns);
  }
  const line = (ns) => `${ns.toFixed(0).padStart(4)} ns a record, ${(1e3 / ns).toFixed(1)} M a CPU-second`;
  console.log('\nExact engine, zipf 1.1, 65,536 keys, 64 shards, one core');
  console.log(`  shardwise  ${line(least.ours)}`);
  if (c === undefined) {
    console.log('  plain C    skipped: there is no compiler (cc)');
    return;
  }
  const agrees =
    c.counted === counted ? 'the same counts and digest' : `other counts: ${c.counted}, ${counted}`;
  console.log(
    `  plain C    ${line(least.c)}: a ratio of ${(least.ours / least.c).toFixed(1)} (goal: 1.5), ${agrees}`,
  );
}

function aggregate() {
  const cli = join(root, 'dist/shardwise.js');
  const args = [cli, 'simulate', join(root, 'test/bench/day.yaml'), '--engine', 'aggregate', '-f', 'json'];
  const code = `process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    require('fs').writeSync(2, JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024]));
  });`;
  const preload = join(outdir, 'usage.cjs');
  writeFileSync(preload, code);
  const start = process.hrtime.bigint();
  const { stdout, stderr } = spawnSync(process.execPath, ['--require', preload, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e9;
  const [cpu, mib] = JSON.parse(stderr.slice(stderr.lastIndexOf('[')));
  const { totals } = JSON.parse(stdout);
  console.log('\nAggregate engine, 24 h x 1,000,000 records/s x 10,000 shards x 1 M zipf keys');
  console.log(
    `  ${wall.toFixed(0)} s, ${cpu.toFixed(0)} CPU-seconds (goal: 60), ${mib.toFixed(0)} MiB (goal: 1,024), ` +
      `${(totals.offered / cpu / 1e6).toFixed(0)} M records a CPU-second`,
  );
}

/** Goal 7, the least of three rounds each; and the memory of ten million known keys, in a process of their own. */
async function plans() {
  const { hashOnce, hashOneByOne, planOf } = await bundle('plan');
  const count = 1_000_000;
  const cases = [
    ['names unknown, 5,000/s', () => planOf(count, 1.1, 5000, {})],
    ['names known, 5,000/s', () => planOf(count, 1.1, 5000, { placement: 'actual' })],
    ['names known, 500,000/s, zipf 0.5', () => planOf(count, 0.5, 500_000, { placement: 'actual' })],
  ];
  const least = (work, rounds = 3) =>
    Array.from({ length: rounds }, work).reduce((a, b) => (b.cpuMs < a.cpuMs ? b : a));
  const once = least(() => hashOnce(count));
  const single = least(() => hashOneByOne(count));
  console.log(
    '\nPlans of 1,000,000 zipf 1.1 keys with 95 % confidence and their tables, CPU time (goal: 3 times the hashing)',
  );
  console.log(
    `  ${'hashing each name once'.padEnd(34)} ${once.cpuMs.toFixed(0).padStart(5)} ms (one by one ${single.cpuMs.toFixed(0)} ms)`,
  );
  for (const [name, work] of cases) {
    const { cpuMs, answer } = least(work);
    console.log(
      `  ${name.padEnd(34)} ${cpuMs.toFixed(0).padStart(5)} ms, ${(cpuMs / once.cpuMs).toFixed(2)} times: ${answer}`,
    );
  }
  const code = `import(${JSON.stringify(join(outdir, 'plan.js'))}).then(({ planOf }) => {
    const { cpuMs, answer } = planOf(10_000_000, 0.3, 5_000_000, { dataBytes: 100, placement: 'actual' });
    console.log(JSON.stringify({ cpuMs, answer, mib: process.resourceUsage().maxRSS / 1024 }));
  });`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  const { cpuMs, answer, mib } = JSON.parse(stdout);
  console.log(
    `  10,000,000 known keys: ${(cpuMs / 1000).toFixed(1)} CPU-seconds, ${mib.toFixed(0)} MiB (goal: 2,048), ${answer}`,
  );
}

/** Goal 8, in a process of its own, whose memory is then the sketch's and Node's. */
function sketch() {
  const code = `const { rss } = process.memoryUsage();
  import(${JSON.stringify(join(outdir, 'sketch.js'))}).then(({ sketchKeys }) => {
    const sketched = sketchKeys(107_000_000);
    console.log(JSON.stringify({ ...sketched, mib: process.resourceUsage().maxRSS / 1024 - rss / 2 ** 20 }));
  });`;
  // A small heap: it would not do for memory that grows with the keys.
  const heap = ['--max-old-space-size=32', '--max-semi-space-size=2'];
  const { stdout } = spawnSync(process.execPath, [...heap, '--input-type=module', '-e', code], {
    encoding: 'utf8',
  });
  const { cpuMs, distinct, estimate, error, broken, unheld, promised, mib } = JSON.parse(stdout);
  console.log(
    '\nKey sketch by name, 107,000,000 records with as many names but eight planted keys, one core',
  );
  console.log(
    `  ${(107_000 / cpuMs).toFixed(2)} M records a CPU-second (goal: 1), ` +
      `${mib.toFixed(0)} MiB with the names that it is given (goal: 64)`,
  );
  console.log(
    `  ${distinct.toLocaleString('en')} different keys, estimated ${estimate.toLocaleString('en')} ` +
      `(standard error ${(error * 100).toFixed(1)}%); bounds broken: ${broken}; ` +
      `a key that is not held has at most ${unheld} records (promised: ${promised.toFixed(0)})`,
  );
}

/** Deciding for 10,000 shards and a week of minutes, once fetched: all well, and every tenth shard too hot. */
async function recommendations() {
  await bundle('recommend');
  const code = (
    hotEvery,
    what,
  ) => `import(${JSON.stringify(join(outdir, 'recommend.js'))}).then(({ manyShards, ${what} }) => {
    const evidence = manyShards(10_000, 10_080, ${hotEvery});
    const mib = () => process.resourceUsage().maxRSS / 1024;
    const fetched = mib();
    console.log(JSON.stringify({ ...${what}(evidence), fetched, mib: mib() }));
  });`;
  console.log('\nDecisions for 10,000 shards x 10,080 minutes, once fetched (goal: 10 s)');
  const cases = ['decide', 'judge'].flatMap((what) => [0, 10].map((hotEvery) => [hotEvery, what]));
  for (const [hotEvery, what] of cases) {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code(hotEvery, what)], {
      encoding: 'utf8',
    });
    const { cpuSec, answer, fetched, mib } = JSON.parse(stdout);
    console.log(
      `  ${what === 'judge' ? 'diagnose ' : 'recommend'} ${cpuSec.toFixed(1)} CPU-seconds, ${mib.toFixed(0)} MiB (${fetched.toFixed(0)} of them the evidence): ${answer}`,
    );
  }
}

try {
  startUp();
  await bundle('sketch');
  sketch();
  await plans();
  await recommendations();
  await pipeline();
  await exact();
  aggregate();
  await benchEndpoint();
  await benchMany();
  await benchRun();
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
