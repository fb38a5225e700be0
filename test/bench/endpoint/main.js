// The local endpoint under load: records per CPU-second of the server, beside a server that throws everything away
// and beside other endpoints; and what it takes to answer with 20,000 shards and 100,000 metric series.
//
// Other builds of it, given as folders on the command line, take part in the same rounds.
import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { join } from 'node:path';
import { requestHead } from './request-head.js';
import { benchMany } from './many.js';
import { cpuSeconds, pinned, startDiscard, startOurs, startPeers } from './servers.js';

const here = new URL('.', import.meta.url).pathname;
const RECORDS = 500;
const CONNECTIONS = 4;
const ROUNDS = 5;
/** So many that a core's worth of records stays below their limits. */
const SHARDS = 2000;
const SIZES = [
  { name: '500 x 1 KiB', recordBytes: 1024, requests: 600, warmUp: 1500 },
  { name: '500 x 100 B', recordBytes: 100, requests: 1500, warmUp: 6000 },
];

export async function benchEndpoint({ otherBuilds = [], withPeers = true } = {}) {
  if (platform() !== 'linux') {
    console.log("\nLocal endpoint: skipped, a server's CPU time is read from Linux's /proc");
    return;
  }
  console.log(
    `\nLocal endpoint, limits, storage and metrics on, ${SHARDS} shards, HTTP/1.1; median of ${ROUNDS}`,
  );
  const client = startClient();
  const servers = [];
  try {
    servers.push(await startDiscard());
    servers.push(await startOurs('shardwise local', join(here, '../../../dist'), SHARDS));
    for (const dist of otherBuilds) servers.push(await startOurs(dist, dist, SHARDS));
    if (withPeers) servers.push(...(await startPeers()));
    for (const server of servers) if (server.toCreate) await createStream(server);
    for (const size of SIZES) await compare(size, servers, client);
  } finally {
    client.stop();
    for (const { child } of servers) child.kill('SIGKILL');
  }
}

function startClient() {
  const [command, ...args] = pinned(0, [process.execPath, join(here, 'load.js')]);
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const send = (order) =>
    new Promise((resolve, reject) => {
      child.once('message', (result) => (result.error ? reject(new Error(result.error)) : resolve(result)));
      child.send(order);
    });
  return { send, stop: () => child.kill('SIGKILL') };
}

async function createStream({ port, stream, toCreate }) {
  const body = JSON.stringify({ StreamName: stream, ShardCount: toCreate });
  await ask(port, 'CreateStream', body);
  for (let i = 0; i < 100; i++) {
    const reply = await ask(port, 'DescribeStreamSummary', JSON.stringify({ StreamName: stream }));
    if (reply.includes('"ACTIVE"')) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(port, operation, body) {
  const [, ...lines] = requestHead(operation, body.length).trimEnd().split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2)));
  delete headers.Host;
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  return reply.text();
}

/** Rounds in turns, so that a busy machine is busy for all of them. */
async function compare({ name, recordBytes, requests, warmUp }, servers, client) {
  const rows = servers.map((server) => ({
    server,
    requests: server.requests ?? requests,
    perSec: [],
    refused: 0,
  }));
  const play = async (row, count) => {
    const { port, stream } = row.server;
    const before = cpuSeconds(row.server);
    const order = { port, stream, recordBytes, requests: count, connections: CONNECTIONS };
    const { refused } = await client.send(order);
    return { perSec: (count * RECORDS) / (cpuSeconds(row.server) - before), refused };
  };
  for (const row of rows) await play(row, row.server.requests ?? warmUp);
  for (let round = 0; round < ROUNDS; round++) {
    for (const row of rows) {
      const { perSec, refused } = await play(row, row.requests);
      row.perSec.push(perSec);
      row.refused += refused;
    }
  }
  console.log(`  ${name}`);
  const discard = rows[0].perSec;
  const ours = median(rows[1].perSec);
  for (const row of rows) {
    const perSec = median(row.perSec);
    const share = row.refused / (row.requests * RECORDS * ROUNDS);
    // Each round against its neighbour in time, then the median of the rounds.
    const ofDiscard = median(row.perSec.map((value, i) => value / discard[i]));
    const beside =
      row === rows[1] ? ' (goal: 0.5)' : `, ours ${(ours / perSec).toFixed(1)} x it${row.server.goal ?? ''}`;
    console.log(
      `    ${row.server.name.slice(-24).padEnd(24)} ${(perSec / 1e3).toFixed(1).padStart(7)} k records a CPU-second` +
        `, ${ofDiscard.toFixed(3)} of discard${beside}` +
        (share > 0 ? `, ${(share * 100).toFixed(1)} % throttled` : ''),
    );
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const rest = process.argv.slice(2);
  await benchEndpoint({
    otherBuilds: rest.filter((word) => !word.startsWith('--')),
    withPeers: !rest.includes('--no-peers'),
  });
  await benchMany();
}
