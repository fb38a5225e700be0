import { describe, expect, it } from 'vitest';
import { generatorSentence } from '../../src/report/circumstances.ts';
import type { GeneratorInfo } from '../../src/results/report-document.ts';

const generator: GeneratorInfo = {
  valid: true,
  lagMs: { p50: 1, p99: 2, max: 3 },
  dispatched: 1,
  workers: 2,
  cpu: 1.2,
  eventLoopUtilization: 0.5,
  misrouted: 0,
};
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('what a report says of the generator', () => {
  it('is whether it kept the rate, with each thread on its own where that is known', () => {
    expect(plain(generatorSentence(generator))).toBe(
      'kept the rate: 100 % of due records handed on in time, lag p99 2.00 ms, max 3.00 ms; ' +
        '2 sending threads, CPU 120 % of a core for the process, event loop 50 % busy.',
    );
    const threads = [
      { cpu: 0.4, eventLoopUtilization: 0.5, loopDelayMs: { p99: 1.5, max: 9 } },
      { cpu: 0.3, eventLoopUtilization: 0.4, loopDelayMs: { p99: 1, max: 4 } },
    ];
    expect(plain(generatorSentence({ ...generator, threads, mbitPerSec: 812, connectMs: 80 }))).toContain(
      '2 sending threads with CPU 40 %, 30 % of a core, 120 % for the process, event loop 50 % busy and 1.50 ms late at p99; ' +
        '812 Mbit/s sent; measured from 80.0 ms away (a TCP connect, one round trip).',
    );
  });

  it('is that the network took no more, where bytes waited in most connections', () => {
    const sentence = (...blocked: readonly number[]): string =>
      generatorSentence({
        ...generator,
        threads: blocked.map((share) => ({
          eventLoopUtilization: 0.5,
          sockets: { blocked: share, waitingBytes: { mean: 2048 * share, max: 9000 } },
        })),
      });
    expect(sentence(0.05)).not.toContain('held up');
    expect(plain(sentence(0.05, 0.25))).toMatch(/; 25 % of connections held up, 512 B waiting in them\.$/);
    expect(plain(sentence(0.75, 0.25))).toContain(
      '75 % of connections held up, 1.5 KiB waiting in them: THE NETWORK',
    );
  });

  it('is of a closed loop who set the pace', () => {
    expect(generatorSentence(generator, true)).toMatch(/^closed loop: the replies set the pace/);
    expect(generatorSentence({ ...generator, eventLoopUtilization: 0.97 }, true)).toMatch(
      /^closed loop, and ITS OWN THREADS were the limit/,
    );
  });
});
