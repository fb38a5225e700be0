// The load: fixed PutRecords requests, made beforehand, over raw keep-alive connections. Runs in a process of its own.
//
// Told by its parent { port, stream, recordBytes, requests, connections }, it sends that many and tells how long it
// took and how many records were refused.
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { requestHead } from './request-head.js';

const RECORDS = 500;
const BODIES = 64;
const HEAD_END = Buffer.from('\r\n\r\n');
const FAILED = Buffer.from('"FailedRecordCount":');

/** Bodies with 32,000 keys between them, spread evenly over the shards; every other byte is the same in all. */
function requestsFor(stream, recordBytes) {
  const bytes = Buffer.from(createHash('sha512').update('data').digest('hex').repeat(10)).subarray(
    0,
    recordBytes,
  );
  return Array.from({ length: BODIES }, (_, i) => {
    const records = Array.from({ length: RECORDS }, (_, k) => ({
      Data: bytes.toString('base64'),
      PartitionKey: `key-${(i * RECORDS + k).toString().padStart(12, '0')}`,
    }));
    const body = Buffer.from(JSON.stringify({ Records: records, StreamName: stream }));
    const head = requestHead('PutRecords', body.length);
    return Buffer.concat([Buffer.from(head), body]);
  });
}

/** Sends until `next` gives nothing more. @returns the refused records */
function talk(port, next) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let refused = 0;
    let reply = Buffer.alloc(0);
    let awaited = -1;
    const send = () => {
      const request = next();
      if (request === undefined) {
        socket.destroy();
        resolve(refused);
      } else socket.write(request);
    };
    socket.on('data', (chunk) => {
      reply = reply.length === 0 ? chunk : Buffer.concat([reply, chunk]);
      if (awaited < 0) {
        const end = reply.indexOf(HEAD_END);
        if (end < 0) return;
        const head = reply.toString('latin1', 0, end);
        const length = /\r\ncontent-length: *(\d+)/i.exec(head);
        if (!head.startsWith('HTTP/1.1 200 ') || !length) {
          reject(new Error(reply.toString('latin1')));
          socket.destroy();
          return;
        }
        awaited = end + HEAD_END.length + Number(length[1]);
      }
      if (reply.length < awaited) return;
      const at = reply.indexOf(FAILED);
      if (at < 0) reject(new Error(reply.toString('latin1')));
      refused += Number.parseInt(reply.toString('latin1', at + FAILED.length, at + FAILED.length + 4), 10);
      reply = Buffer.alloc(0);
      awaited = -1;
      send();
    });
    socket.on('error', reject);
    socket.on('connect', send);
  });
}

async function run({ port, stream, recordBytes, requests, connections }) {
  const bodies = bodiesFor(stream, recordBytes);
  let sent = 0;
  const next = () => (sent < requests ? bodies[sent++ % BODIES] : undefined);
  const start = process.hrtime.bigint();
  const refused = await Promise.all(Array.from({ length: connections }, () => talk(port, next)));
  const sec = Number(process.hrtime.bigint() - start) / 1e9;
  return { sec, refused: refused.reduce((sum, count) => sum + count, 0) };
}

const made = new Map();
function bodiesFor(stream, recordBytes) {
  const name = `${stream} ${recordBytes}`;
  if (!made.has(name)) made.set(name, requestsFor(stream, recordBytes));
  return made.get(name);
}

process.on('message', (order) => {
  run(order).then(
    (result) => process.send(result),
    (error) => process.send({ error: String(error) }),
  );
});
