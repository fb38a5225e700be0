// The servers under test, each a process of its own whose CPU time counts, garbage collection and all.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const here = new URL('.', import.meta.url).pathname;
const peers = join(here, '../peers');
const TICKS_PER_SEC = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100;

const hasTaskset = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** A command that is kept to one core, where the system can do that. */
export function pinned(core, command) {
  return hasTaskset ? ['taskset', '-c', String(core), ...command] : command;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server on the second core and waits until it answers HTTP. */
async function start(name, argsFor, { requests, stream, env = {}, ...rest }) {
  const port = await freePort();
  const [command, ...args] = pinned(1, [process.execPath, ...argsFor(port)]);
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { ...process.env, ...Object.fromEntries(Object.entries(env).map(([k, v]) => [k, v(port)])) },
  });
  const deadline = Date.now() + 30_000;
  for (;;) {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    if (answered) break;
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${name} did not start`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { name, port, child, requests, stream, ...rest };
}

export function startOurs(name, dist, shards, more = []) {
  const stream = 'bench';
  const flags = ['--seed-stream', `${stream}:${shards}`, '--quiet', ...more];
  return start(name, (port) => [join(dist, 'shardwise.js'), 'local', '--port', String(port), ...flags], {
    stream,
  });
}

export function startDiscard() {
  return start('discard server', (port) => [join(here, 'discard.js'), String(port)], {
    stream: 'bench',
  });
}

/** The other endpoints, installed when first needed; those that are not to be had are left out, with a word. */
export async function startPeers() {
  if (!existsSync(join(peers, 'node_modules/kinesalite'))) {
    const args = ['install', '--prefix', peers, '--no-audit', '--no-fund', '--no-package-lock'];
    const { status } = spawnSync('npm', [...args, '--ignore-scripts'], { stdio: 'ignore' });
    if (status !== 0) {
      console.log('  kinesalite and kinesis-local skipped: npm cannot install them here');
      return [];
    }
  }
  const started = [];
  const begin = async (server) => {
    try {
      started.push(await server);
    } catch (error) {
      console.log(`  skipped: ${error.message}`);
    }
  };
  await begin(
    start('kinesalite', (port) => [join(here, 'kinesalite.js'), String(port)], {
      requests: 40,
      goal: ' (goal: 30)',
      stream: 'bench',
      toCreate: 100,
    }),
  );
  await begin(
    start('kinesis-local', () => [join(peers, 'node_modules/kinesis-local/main.js')], {
      requests: 4,
      stream: 'bench',
      toCreate: 20,
      env: {
        KINESIS_MOCK_PLAIN_PORT: String,
        KINESIS_MOCK_TLS_PORT: (port) => String(port + 1),
        KINESIS_MOCK_CERT_PATH: () => join(peers, 'node_modules/kinesis-local/server.json'),
        LOG_LEVEL: () => 'ERROR',
      },
    }),
  );
  return started;
}

/** CPU seconds of a process so far, all threads, user and system. Linux alone tells. */
export function cpuSeconds({ child }) {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC;
}
