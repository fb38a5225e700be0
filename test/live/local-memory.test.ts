import { existsSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { start } from './command.ts';

const MIB = 1_048_576;
const CONNECTIONS = 4;
/** Requests that one connection has under way. */
const WINDOW = 50;

/** Resident memory of a process in bytes (Linux). */
function residentBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

function putOf(key: string): string {
  const body = `{"StreamName":"s","Records":[{"Data":"eA==","PartitionKey":"${key}"}]}`;
  return (
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-date: d\r\n' +
    'x-amz-target: Kinesis_20131202.PutRecords\r\n' +
    'authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c\r\n' +
    `content-length: ${body.length}\r\n\r\n${body}`
  );
}

/** Sends puts of one record each, many under way at a time; resolves when all are answered with no failure. */
function flood(socket: Socket, name: string, puts: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let rest = '';
    const send = (): void => {
      let text = '';
      for (; sent < puts && sent - answered < WINDOW; sent++) text += putOf(`${name}-${sent}`);
      if (text !== '') socket.write(text);
    };
    socket.on('error', reject).on('close', () => reject(new Error('hung up on')));
    socket.on('data', (chunk: Buffer) => {
      const parts = (rest + chunk.toString('latin1')).split('"FailedRecordCount":0,');
      answered += parts.length - 1;
      rest = (parts.at(-1) ?? '').slice(-30);
      if (answered < puts) {
        send();
        return;
      }
      socket
        .removeAllListeners()
        .on('error', () => undefined)
        .destroy();
      resolve();
    });
    send();
  });
}

describe('the memory of local', () => {
  it.skipIf(!existsSync('/proc/self/status'))('is bounded for small puts too', async () => {
    const args = ['--port', '0', '--quiet', '--memory', '32MiB', '--seed-stream', 's:1000'];
    const { process: child, finished } = start(['local', ...args]);
    try {
      const text = await new Promise<string>((resolve) =>
        child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString())),
      );
      const port = Number(/:(\d+)\n/.exec(text)?.[1]);
      const floodAll = (round: string, puts: number): Promise<unknown> =>
        Promise.all(
          Array.from({ length: CONNECTIONS }, (_, i) =>
            flood(connect(port, '127.0.0.1'), `${round}-${i}`, puts / CONNECTIONS),
          ),
        );
      await floodAll('first', 20_000);
      const before = residentBytes(child.pid ?? NaN);
      await floodAll('second', 160_000);
      // With a buffer of its own for each of these bodies it is more than 100 MiB.
      expect(residentBytes(child.pid ?? NaN) - before).toBeLessThan(50 * MIB);
    } finally {
      child.kill('SIGTERM');
      await finished;
    }
  });
});
