/**
 * The part of a plan that puts the same traffic on other services, beside one another.
 */
export const SERVICES = ['kinesis-data-streams', 'firehose-direct-put', 'sqs-standard', 'sqs-fifo'] as const;
export type Service = (typeof SERVICES)[number];

export interface ServiceResult {
  readonly service: Service;
  /** Whether the traffic is within its default quotas, headroom kept. */
  readonly fits: boolean;
  /** What decides: the quota that is fullest, or why it does not fit. */
  readonly why: string;
  /** Quotas that the traffic is held against; none where there are practically none. */
  readonly quotas: readonly ServiceQuota[];
  readonly order: string;
  readonly replay: string;
  readonly readers: string;
  readonly delay: string;
  readonly acknowledgement: string;
  readonly largestRecordBytes: number;
  /** Where sources say different things, and what else to know. */
  readonly notes: readonly string[];
}

export interface ServiceQuota {
  readonly name: string;
  readonly load: number;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
}
