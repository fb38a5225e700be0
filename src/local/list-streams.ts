/** ListStreams. */
import { operation, timestampOf } from './operation.ts';
import { encodeToken, decodeToken } from './page-token.ts';
import { invalidArgument, ServiceError } from './service-error.ts';
import { NEXT_TOKEN, STREAM_NAME } from './shape.ts';

const DEFAULT_LIMIT = 100;
/** How long a NextToken is good for, in microseconds (source: SDK comments, 300 seconds). */
export const TOKEN_LIFE_US = 300_000_000;

export const LIST_STREAMS = operation(
  {
    Limit: { type: 'Integer', min: 1, max: 10_000 },
    ExclusiveStartStreamName: STREAM_NAME,
    NextToken: NEXT_TOKEN,
  },
  (account, input, nowUs) => {
    if (input.NextToken !== undefined && input.ExclusiveStartStreamName !== undefined) {
      throw invalidArgument('NextToken and ExclusiveStartStreamName cannot be provided together.');
    }
    const after =
      input.NextToken === undefined ? input.ExclusiveStartStreamName : readToken(input.NextToken, nowUs);
    const rest = account.streams(nowUs).filter((stream) => after === undefined || stream.name > after);
    const page = rest.slice(0, input.Limit ?? DEFAULT_LIMIT);
    const hasMore = rest.length > page.length;
    return {
      StreamNames: page.map((stream) => stream.name),
      HasMoreStreams: hasMore,
      ...(hasMore ? { NextToken: encodeToken('streams', [page[page.length - 1].name, nowUs]) } : {}),
      StreamSummaries: page.map((stream) => ({
        StreamName: stream.name,
        StreamARN: stream.arn,
        StreamStatus: stream.statusAt(nowUs),
        StreamModeDetails: { StreamMode: stream.settings.mode },
        StreamCreationTimestamp: timestampOf(stream.createdUs),
      })),
    };
  },
);

function readToken(token: string, nowUs: number): string {
  const fields = decodeToken('streams', ['string', 'number'], token);
  if (!fields) throw invalidArgument('Invalid NextToken.');
  requireFresh(fields[1], nowUs);
  return fields[0];
}

/** Refuses a list's token that is older than it may be. */
export function requireFresh(issuedUs: number, nowUs: number): void {
  if (nowUs - issuedUs > TOKEN_LIFE_US) {
    throw new ServiceError('ExpiredNextTokenException', 'The pagination token has expired.');
  }
}
