// Prints the benchmarks: figures per CPU-second, and ratios within this one run. Nothing is asserted.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

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

try {
  startUp();
  await pipeline();
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
