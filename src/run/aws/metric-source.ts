/**
 * Where metrics are read: CloudWatch of an account, or that of an endpoint of our own.
 */
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { NOTHING_OF_THE_USERS } from '../send/client.ts';
import { newWatch, watchReplies, type ReplyWatch } from './reply-watch.ts';

export interface MetricSource {
  readonly watch: ReplyWatch;
  /** Made when it is first asked for: most commands do without. */
  readonly cloudWatch: () => Promise<CloudWatchClient>;
}

/** CloudWatch of a local endpoint, without anything of the user's AWS. */
export function localMetrics(endpoint: string, region: string): MetricSource {
  const watch = newWatch();
  let client: CloudWatchClient | undefined;
  return {
    watch,
    cloudWatch: async () => {
      if (client === undefined) {
        const { CloudWatchClient: Client } = await import('./cloudwatch.ts');
        client = new Client({ endpoint, region, ...NOTHING_OF_THE_USERS, maxAttempts: 1 });
        watchReplies(client, watch);
      }
      return client;
    },
  };
}
