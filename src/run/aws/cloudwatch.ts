/**
 * The CloudWatch client, in a file of its own so that commands that ask no metrics do not load it.
 */
export { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
