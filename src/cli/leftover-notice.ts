/**
 * What earlier runs have left behind, said at the start of the next.
 */
import { Refusal } from '../model/refusal.ts';
import { showName } from '../report/name.ts';
import type { AwsConnection } from '../run/aws/connection.ts';
import type { Leftover } from '../run/aws/leftovers.ts';
import { epochClock } from '../run/clock.ts';
import { leftoverAge } from './cleanup.ts';
import { foldText } from './refusal-text.ts';

const MOST_NAMED = 5;

/** Empty where there is nothing; a run goes on whether or not it may look. */
export async function leftoverNotice(connection: AwsConnection): Promise<string> {
  const { findStreams } = await import('../run/aws/leftovers.ts');
  try {
    return textOf(await findStreams(connection));
  } catch (error) {
    if (error instanceof Refusal)
      return `${foldText(`Streams left behind by earlier runs were not looked for: ${error.what}`)}\n`;
    throw error;
  }
}

function textOf(streams: readonly Leftover[]): string {
  if (streams.length === 0) return '';
  const nowUs = epochClock();
  const lines = streams
    .slice(0, MOST_NAMED)
    .map((stream) => `  ${showName(stream.name)}  ${leftoverAge(stream, nowUs)}\n`);
  const more = streams.length > MOST_NAMED ? `  and ${streams.length - MOST_NAMED} more\n` : '';
  const what =
    'Streams of other runs are still there; "shardwise cleanup" lists what is left over, and deletes it with --yes:';
  return `${foldText(what)}\n${lines.join('')}${more}`;
}
