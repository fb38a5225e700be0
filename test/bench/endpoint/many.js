// 20,000 shards in two streams, all monitored: how long the calls take that list them and their metric series.
import { join } from 'node:path';
import { requestHead } from './request-head.js';
import { startOurs } from './servers.js';

const here = new URL('.', import.meta.url).pathname;
const SHARDS = 10_000;
const STREAMS = ['bench', 'second'];
/** Shards of each stream that are also read, which gives them four series more. */
const READ = 5600;

async function post(port, headers, body) {
  const reply = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body });
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(text);
  return text === '' ? {} : JSON.parse(text);
}

function kinesis(port, operation, input) {
  const body = JSON.stringify(input);
  const [, , ...lines] = requestHead(operation, 0).trimEnd().split('\r\n').slice(0, -1);
  return post(port, Object.fromEntries(lines.map((line) => line.split(/: (.*)/s, 2))), body);
}

function cloudWatch(port, operation, input) {
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    'x-amz-date': '20261120T120000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=b/20261120/us-east-1/monitoring/aws4_request, SignedHeaders=host, Signature=0',
  };
  return post(port, headers, JSON.stringify(input));
}

/** All pages of a list. @returns how many there were, of what, and the longest wait for one in milliseconds */
async function pages(ask, itemsOf) {
  const items = [];
  let token;
  let longestMs = 0;
  let count = 0;
  do {
    const start = performance.now();
    const page = await ask(token);
    longestMs = Math.max(longestMs, performance.now() - start);
    count++;
    items.push(...itemsOf(page));
    token = page.NextToken;
  } while (token);
  return { items, count, longestMs };
}

async function touchEveryShard(port, stream) {
  await kinesis(port, 'EnableEnhancedMonitoring', { StreamName: stream, ShardLevelMetrics: ['ALL'] });
  const list = await pages(
    (NextToken) => kinesis(port, 'ListShards', NextToken ? { NextToken } : { StreamName: stream }),
    (page) => page.Shards,
  );
  for (let i = 0; i < list.items.length; i += 500) {
    const Records = list.items.slice(i, i + 500).map(({ HashKeyRange }) => ({
      Data: 'AAAA',
      PartitionKey: 'key',
      ExplicitHashKey: HashKeyRange.StartingHashKey,
    }));
    await kinesis(port, 'PutRecords', { StreamName: stream, Records });
  }
  for (const { ShardId } of list.items.slice(0, READ)) {
    const at = { StreamName: stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
    const { ShardIterator } = await kinesis(port, 'GetShardIterator', at);
    await kinesis(port, 'GetRecords', { ShardIterator });
  }
  return list;
}

export async function benchMany() {
  // Metric minutes of a second: series are listed once their first minute is over.
  const more = ['--seed-stream', `second:${SHARDS}`, '--metrics-clock', '60x'];
  const server = await startOurs('shardwise local', join(here, '../../../dist'), SHARDS, more);
  const { port, child } = server;
  const startMs = Date.now();
  try {
    const lists = [];
    for (const stream of STREAMS) lists.push(await touchEveryShard(port, stream));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const series = await pages(
      (NextToken) => cloudWatch(port, 'ListMetrics', { Namespace: 'AWS/Kinesis', NextToken }),
      (page) => page.Metrics,
    );
    const startSec = Math.floor(startMs / 60_000) * 60;
    const MetricDataQueries = series.items.slice(0, 500).map((Metric, i) => ({
      Id: `m${i}`,
      MetricStat: { Metric, Period: 60, Stat: 'Sum' },
    }));
    const data = await pages(
      (NextToken) =>
        cloudWatch(port, 'GetMetricData', {
          MetricDataQueries,
          StartTime: startSec,
          EndTime: startSec + 3 * 3600,
          NextToken,
        }),
      (page) => page.MetricDataResults,
    );
    const line = (name, { items, count, longestMs }) =>
      console.log(
        `  ${name.padEnd(14)} ${items.length} in ${count} pages, the slowest in ${longestMs.toFixed(1)} ms`,
      );
    console.log(`\nLocal endpoint with ${SHARDS * STREAMS.length} monitored shards`);
    line('ListShards', lists[1]);
    line('ListMetrics', series);
    line('GetMetricData', data);
  } finally {
    child.kill('SIGKILL');
  }
}
