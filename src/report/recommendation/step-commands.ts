/**
 * The steps as commands of the AWS CLI, each followed by the wait for the stream to be ACTIVE again: complete, to be
 * copied into a shell.
 */
import type { LayoutStep } from '../../results/layout-step.ts';
import type { TargetInfo } from '../../results/report-document.ts';
import { count } from '../figure.ts';
import { givenEndpointOf } from '../given-endpoint.ts';

/** Without --details. */
const MOST_COMMANDS = 6;

export function commandLines(steps: readonly LayoutStep[], target: TargetInfo, details: boolean): string[] {
  if (steps.length === 0) return [];
  const shown = details ? steps : steps.slice(0, MOST_COMMANDS);
  const more = steps.length - shown.length;
  const endpoint = givenEndpointOf(target);
  return [
    'The same by hand, one after another (shell, AWS CLI 1 or 2; each wait looks',
    'every 10 s, for 3 minutes at most):',
    '  set -e',
    `  STREAM=${quoted(target.stream)}`,
    ...(endpoint === undefined ? [] : [`  export AWS_ENDPOINT_URL=${quoted(endpoint)}`]),
    // Version 1 of the AWS CLI knows only the second.
    `  export AWS_REGION=${quoted(target.region)} AWS_DEFAULT_REGION=${quoted(target.region)}`,
    ...shown.flatMap((step) => [
      ...commandOf(step, nameFlag(target)),
      `  aws kinesis wait stream-exists ${nameFlag(target)}`,
    ]),
    ...(more > 0
      ? [`  … and ${count(more)} more steps: --details prints them, apply carries them out.`]
      : []),
  ];
}

function nameFlag({ stream }: TargetInfo): string {
  return stream.startsWith('arn:') ? '--stream-arn "$STREAM"' : '--stream-name "$STREAM"';
}

function commandOf(step: LayoutStep, name: string): string[] {
  if (step.kind === 'split')
    return [
      `  aws kinesis split-shard ${name} \\`,
      `    --shard-to-split ${step.shardId} \\`,
      `    --new-starting-hash-key ${step.newStartingHashKey ?? ''}`,
    ];
  return [
    `  aws kinesis merge-shards ${name} \\`,
    `    --shard-to-merge ${step.shardId} \\`,
    `    --adjacent-shard-to-merge ${step.adjacentShardId ?? ''}`,
  ];
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
