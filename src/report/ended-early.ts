/**
 * What brought a load to its end before its time, in words.
 */
import type { DeadEndKind, EndedEarly } from '../results/ended-early.ts';
import { duration } from './figure.ts';
import { showName, showProse } from './name.ts';

/** What was the matter, given the stream; and what to do. */
const WORDS: Readonly<
  Record<DeadEndKind, { readonly what: (stream: string) => string; readonly fix: string }>
> = {
  'stream-gone': {
    what: (stream) => `Stream ${stream} is gone`,
    fix: 'Find out who deleted it; the report covers what was sent.',
  },
  'not-allowed': {
    what: (stream) => `Putting records on stream ${stream} is not allowed any more`,
    fix: 'Allow it again (docs/iam/ has the policies); the report covers what was sent.',
  },
  'credentials-expired': {
    what: () => 'The AWS credentials have expired',
    fix: 'Use some that outlast the run, or that the SDK can renew; the report covers what was sent.',
  },
  'credentials-refused': {
    what: () => 'The AWS credentials are not accepted any more',
    fix: "Check them, and this machine's clock; the report covers what was sent.",
  },
  'key-refused': {
    what: (stream) => `The KMS key of stream ${stream} cannot be used any more`,
    fix: 'Enable the key, or allow it to these credentials; the report covers what was sent.',
  },
};

/** `Stream orders is gone: from 12s on every request was answered ResourceNotFoundException (…).` */
export function endedSentence({ kind, sinceMs, code, message }: EndedEarly, stream: string): string {
  const when = sinceMs < 0 ? 'since the warm-up' : `from ${duration(sinceMs)} on`;
  const said = message === '' || message === code ? '' : ` (${showProse(message.replace(/\.$/, ''))})`;
  return `${WORDS[kind].what(showName(stream))}: ${when} every request was answered ${showName(code)}${said}.`;
}

export function endedFix({ kind }: EndedEarly): string {
  return WORDS[kind].fix;
}
