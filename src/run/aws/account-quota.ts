/**
 * How many shards and on-demand streams the account may have in the region, and has.
 */
import { DescribeLimitsCommand, type DescribeLimitsCommandOutput } from '@aws-sdk/client-kinesis';
import { awsTrouble, isDenied } from './aws-trouble.ts';
import type { AwsConnection } from './connection.ts';

/**
 * Empty where it may not be asked: whoever needs more than there is hears of it from the call that takes it.
 * @throws Refusal where AWS or the network does not do its part
 */
export async function readQuota(connection: AwsConnection): Promise<Partial<DescribeLimitsCommandOutput>> {
  try {
    return await connection.control.send(new DescribeLimitsCommand({}));
  } catch (error) {
    if (isDenied(error)) return {};
    throw awsTrouble(error, {
      action: 'kinesis:DescribeLimits',
      about: 'the account',
      endpoint: connection.watch.endpoint,
    });
  }
}
