// The generator under load: records per CPU-second of the client, for the AWS SDK as it comes and for every transport,
// against the local endpoint in a process of its own; and how evenly it paces, and what a second thread adds.
//
// Everybody is measured within the same pipeline (pacing, keys, tally, histograms), as the goals ask: what differs is
// who makes a request of a batch, sends it and reads the reply. The SDK as it comes does that on the only thread of its
// process, the others in a sending thread as `run` has them, whose main thread counts as well. CPU is that of the whole
// process after a warm-up, which is long enough for the code to be compiled.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { pinned, startOurs } from '../endpoint/servers.js';

const root = new URL('../../..', import.meta.url).pathname;
const STREAM = 'bench';
/** So many that what one core sends stays below their limits. */
const SHARDS = 2000;
const ROUNDS = 3;
const SECONDS = 5;
const WARMUP_SEC = 6;

/**
 * Rates at which each takes about two fifths of a core: so few that nothing waits, as CPU per record is what is measured,
 * and so many that what is done every millisecond and every second, however many records there are, is little beside it.
 */
const SIZES = [
  {
    name: '500 x 100 B',
    recordBytes: 100,
    batch: 500,
    rates: [25_000, 50_000, 80_000, 150_000],
    goals: 'G2',
  },
  {
    name: '500 x 1 KiB',
    recordBytes: 1024,
    batch: 500,
    rates: [15_000, 25_000, 40_000, 60_000],
    goals: 'G1',
  },
  { name: '100 x 25 KiB', recordBytes: 25_600, batch: 100, rates: [800, 1000, 1500, 2000] },
];
const TRANSPORTS = ['as-it-comes', 'sdk-plain', 'sdk', 'raw'];
const NAMES = {
  'as-it-comes': 'SDK as it comes',
  'sdk-plain': 'SDK, keep-alive',
  sdk: 'sdk',
  raw: 'raw',
};
/** Times the SDK as it comes, and times the SDK with keep-alive connections. */
const GOALS = { G1: { sdk: [3, 1.7], raw: [6, 3.5] }, G2: { sdk: [5, 2.5], raw: [12, 6] } };

export async function benchRun({ rounds = ROUNDS, seconds = SECONDS, isQuick = false } = {}) {
  const outdir = mkdtempSync(join(tmpdir(), 'shardwise-bench-'));
  const certificate = join(outdir, 'ca.pem');
  const servers = [];
  try {
    await bundleClient(outdir);
    servers.push(await startOurs('plain', join(root, 'dist'), SHARDS));
    servers.push(await startTls(certificate));
    const run = (server, order) =>
      measure(outdir, certificate, { warmupSec: WARMUP_SEC, seconds, endpoint: server.url, ...order });
    const [plain, tls] = servers.map((server) => ({ url: server.url ?? `http://127.0.0.1:${server.port}` }));
    console.log(
      `\nGenerator, records per client CPU-second, 10,000 keys, every record fresh and signed; median of ${rounds}`,
    );
    for (const size of isQuick ? SIZES.slice(0, 2) : SIZES) await compare(size, 'TLS', tls, run, rounds);
    for (const size of isQuick ? [] : SIZES) await compare(size, 'plain', plain, run, rounds);
    wrk(tls.url, outdir);
    await pace(tls, run);
    await twoThreads(tls, run, rounds);
  } finally {
    for (const { child } of servers) child.kill('SIGKILL');
    rmSync(outdir, { recursive: true, force: true });
  }
}

async function bundleClient(outdir) {
  await build({
    entryPoints: {
      client: join(root, 'test/bench/run/client.ts'),
      'send-worker': join(root, 'src/run/send/send-worker.ts'),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
    banner: {
      js: "import { createRequire as __r } from 'node:module';const require = __r(import.meta.url);",
    },
  });
}

async function startTls(certificate) {
  const [command, ...args] = pinned(1, [
    process.execPath,
    join(root, 'dist/shardwise.js'),
    'local',
    '--port',
    '0',
  ]);
  const flags = ['--seed-stream', `${STREAM}:${SHARDS}`, '--tls', '--tls-cert', certificate];
  const child = spawn(command, [...args, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
  const url = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the endpoint did not start')));
    child.stdout.on('data', (text) => {
      const ready = /ready (https:\S+)/.exec(String(text));
      if (ready) resolve(ready[1]);
    });
  });
  return { child, url };
}

/** Runs one case in a process of its own. */
function measure(outdir, certificate, { pin = true, ...order }) {
  const args = [process.execPath, join(outdir, 'client.js'), JSON.stringify({ workers: 1, ...order })];
  const [command, ...rest] = pin ? pinned(0, args) : args;
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: certificate,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  });
  let out = '';
  child.stdout.on('data', (text) => (out += text));
  return new Promise((resolve, reject) => {
    child.once('exit', () => {
      try {
        resolve(JSON.parse(out));
      } catch {
        reject(new Error(`no result of ${JSON.stringify(order)}: ${out}`));
      }
    });
  });
}

/** In turns, so that a busy machine is busy for all of them; each against its neighbours in time. */
async function compare({ name, recordBytes, batch, rates, goals }, wire, server, run, rounds) {
  const perCpuSec = TRANSPORTS.map(() => []);
  const failed = TRANSPORTS.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    for (const [i, transport] of TRANSPORTS.entries()) {
      const result = await run(server, { transport, recordBytes, batch, ratePerSec: rates[i] });
      perCpuSec[i].push(result.perCpuSec);
      failed[i] += result.failed + result.dropped;
    }
  }
  console.log(`  ${name}, ${wire}`);
  TRANSPORTS.forEach((transport, i) => {
    const each = median(perCpuSec[i]);
    const times = [0, 1].map((base) =>
      median(perCpuSec[i].map((value, round) => value / perCpuSec[base][round])),
    );
    const goal = wire === 'TLS' ? GOALS[goals]?.[transport] : undefined;
    const against = [0, 1]
      .filter((base) => base < i)
      .map((base) => `${times[base].toFixed(1)} x${goal ? ` (goal ${goal[base]})` : ''}`);
    const mib = (each * recordBytes) / 1048576;
    console.log(
      `    ${NAMES[transport].padEnd(16)} ${(each / 1e3).toFixed(0).padStart(6)} k, ${mib.toFixed(0).padStart(5)} MiB/s` +
        (against.length > 0 ? `: ${against.join(', ')}` : '') +
        (failed[i] > 0 ? `; ${failed[i]} records failed or were dropped` : ''),
    );
  });
}

/** The ceiling: one fixed, unsigned body over and over. */
function wrk(url, outdir) {
  if (spawnSync('wrk', ['--version']).error) {
    console.log('  wrk is not installed: its ceiling is left out');
    return;
  }
  const record = { Data: Buffer.alloc(1024, 7).toString('base64'), PartitionKey: 'key' };
  const records = Array.from({ length: 500 }, (_, i) => ({ ...record, PartitionKey: `key-${i}` }));
  const script = join(outdir, 'put.lua');
  const headers = {
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Target': 'Kinesis_20131202.PutRecords',
    'X-Amz-Date': '20260101T000000Z',
    Authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/kinesis/aws4_request, SignedHeaders=host;x-amz-date, Signature=00',
  };
  const lines = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = "${value}"`);
  const body = JSON.stringify({ StreamName: STREAM, Records: records });
  writeFileSync(script, [`wrk.method = "POST"`, ...lines, `wrk.body = [[${body}]]`].join('\n'));
  const [command, ...args] = pinned(0, ['wrk', '-t1', '-c16', '-d5s', '-s', script, url]);
  const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
  const perSec = Number(/Requests\/sec: *([\d.]+)/.exec(stdout)?.[1]) * 500;
  console.log(
    `  wrk, one fixed body of 500 x 1 KiB, TLS: ${(perSec / 1e3).toFixed(0)} k records/s of wall time`,
  );
}

async function pace(server, run) {
  const order = { transport: 'raw', recordBytes: 100, batch: 500, ratePerSec: 100_000 };
  const { perSec, lagMs, cores } = await run(server, order);
  console.log(
    `  Open loop at 100,000/s, raw, 100 B, TLS: ${(perSec / 100_000).toFixed(3)} of target (goal 0.99-1.01), ` +
      `p99 ${lagMs.p99?.toFixed(1)} ms late (goal 5), ${cores.toFixed(2)} cores (goal 0.6)`,
  );
}

/** What a thread costs besides its own; and where there are cores for it, what it adds in a second. */
async function twoThreads(server, run, rounds) {
  const ratios = [];
  for (let round = 0; round < rounds; round++) {
    const order = { transport: 'raw', recordBytes: 1024, batch: 500, ratePerSec: 40_000 };
    const [one, two] = [
      await run(server, { ...order, workers: 1 }),
      await run(server, { ...order, workers: 2 }),
    ];
    ratios.push(two.perCpuSec / one.perCpuSec);
  }
  console.log(
    `  Two threads, raw, 500 x 1 KiB: ${median(ratios).toFixed(2)} of one's records per CPU-second`,
  );
  if (cpus().length < 4) {
    console.log(
      '  (goal G4, 1.8 x the records per second of one, needs two cores besides that of the endpoint)',
    );
    return;
  }
  const flood = { transport: 'raw', recordBytes: 1024, batch: 500, ratePerSec: 2_000_000, pin: false };
  const [one, two] = [
    await run(server, { ...flood, workers: 1 }),
    await run(server, { ...flood, workers: 2 }),
  ];
  console.log(`  Two threads, as fast as they can: ${(two.perSec / one.perSec).toFixed(2)} x one (goal 1.8)`);
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const isQuick = process.argv.includes('--quick');
  await benchRun(isQuick ? { rounds: 1, seconds: 4, isQuick } : {});
}
