/** A price list in the shape of AWS's own (Price List Bulk API, v1.0), with the products that a test names. */

export interface Product {
  readonly usagetype: string;
  readonly operation?: string;
  readonly unit: string;
  /** One price, or tiers: [from, to, price]. */
  readonly usd: string | readonly (readonly [from: string, to: string, usd: string])[];
  readonly attributes?: Readonly<Record<string, string>>;
}

const OFFER_TERM = 'JRTCKXETXF';
const RATE = '6YS6EN2CT7';

export function priceListOf(products: readonly Product[], region = 'eu-west-1'): Record<string, unknown> {
  const skus = products.map((product, i) => ({ ...product, sku: `SKU${i}` }));
  return {
    formatVersion: 'v1.0',
    disclaimer: 'This pricing list is for informational purposes only.',
    offerCode: 'AmazonKinesis',
    version: '20260923181818',
    publicationDate: '2026-09-23T18:18:18Z',
    products: Object.fromEntries(
      skus.map(({ sku, usagetype, operation, attributes }) => [
        sku,
        {
          sku,
          productFamily: 'Kinesis Streams',
          attributes: {
            servicecode: 'AmazonKinesis',
            locationType: 'AWS Region',
            usagetype,
            ...(operation === undefined ? {} : { operation }),
            regionCode: region,
            servicename: 'Amazon Kinesis',
            ...attributes,
          },
        },
      ]),
    ),
    terms: {
      OnDemand: Object.fromEntries(
        skus.map(({ sku, unit, usd }) => [
          sku,
          {
            [`${sku}.${OFFER_TERM}`]: {
              offerTermCode: OFFER_TERM,
              sku,
              effectiveDate: '2026-09-01T00:00:00Z',
              priceDimensions: Object.fromEntries(
                (typeof usd === 'string' ? [['0', 'Inf', usd]] : usd).map(
                  ([beginRange, endRange, price], i) => [
                    `${sku}.${OFFER_TERM}.${RATE}${i}`,
                    {
                      rateCode: `${sku}.${OFFER_TERM}.${RATE}${i}`,
                      description: 'so much for each',
                      beginRange,
                      endRange,
                      unit,
                      pricePerUnit: { USD: price },
                      appliesTo: [],
                    },
                  ],
                ),
              ),
              termAttributes: {},
            },
          },
        ]),
      ),
    },
    attributesList: {},
  };
}

/** Every item, at prices that no region has, so that none is mistaken for a real one; and other things of the service. */
export const DUBLIN: readonly Product[] = [
  {
    usagetype: 'EU-Storage-ShardHour',
    operation: 'shardHourStorage',
    unit: 'ShardHour',
    usd: '1.0100000000',
  },
  {
    usagetype: 'EU-PutRequestPayloadUnits',
    operation: 'PutRequest',
    unit: 'PutRequest',
    usd: '0.0000000102',
  },
  {
    usagetype: 'EU-Extended-ShardHour',
    operation: 'shardHourStorage',
    unit: 'ShardHour',
    usd: '1.0300000000',
  },
  {
    usagetype: 'EU-LongTermRetention-ByteHrs',
    operation: 'LongTermRetentionByteHrs',
    unit: 'GB-month',
    usd: '1.0400000000',
  },
  {
    usagetype: 'EU-LongTermRetention-ReadBytes',
    operation: 'LongTermRetentionDataRetrieval',
    unit: 'GB',
    usd: '1.0500000000',
  },
  {
    usagetype: 'EU-EnhancedFanoutHour',
    operation: 'ConsumerHour',
    unit: 'ConsumerShardHour',
    usd: '1.0600000000',
  },
  { usagetype: 'EU-ReadBytes', operation: 'EnhancedFanoutDataRetrieval', unit: 'GB', usd: '1.0700000000' },
  {
    usagetype: 'EU-OnDemand-StreamHour',
    operation: 'OnDemandStreamHr',
    unit: 'StreamHr',
    usd: '2.0100000000',
  },
  {
    usagetype: 'EU-OnDemand-BilledIncomingBytes',
    operation: 'OnDemandDataIngested',
    unit: 'GB',
    usd: '2.0200000000',
  },
  {
    usagetype: 'EU-OnDemand-BilledOutgoingBytes',
    operation: 'OnDemandDataRetrieval',
    unit: 'GB',
    usd: '2.0300000000',
  },
  {
    usagetype: 'EU-OnDemand-BilledOutgoingEFOBytes',
    operation: 'OnDemandEFODataRetrieval',
    unit: 'GB',
    usd: '2.0400000000',
  },
  {
    usagetype: 'EU-OnDemand-ExtendedRetention-ByteHrs',
    operation: 'OnDemandExtendedRetentionByteHrs',
    unit: 'GB-month',
    usd: '2.0500000000',
  },
  {
    usagetype: 'EU-OnDemand-LongTermRetention-ByteHrs',
    operation: 'OnDemandLongTermRetentionByteHrs',
    unit: 'GB-month',
    usd: '2.0600000000',
  },
  {
    usagetype: 'EU-Advantage-BilledIncomingBytes',
    operation: 'AdvantageDataIngested',
    unit: 'GB',
    usd: '3.0100000000',
  },
  {
    usagetype: 'EU-Advantage-BilledIncomingBytes',
    operation: 'AdvantageDataIngestionShortfall',
    unit: 'GB',
    usd: '3.9900000000',
  },
  {
    usagetype: 'EU-Advantage-BilledOutgoingBytes',
    operation: 'AdvantageDataRetrieval',
    unit: 'GB',
    usd: '3.0200000000',
  },
  // Under a name that was never seen, with its operation.
  { usagetype: 'EU-Advantage-EFO', operation: 'AdvantageEFODataRetrieval', unit: 'GB', usd: '3.0300000000' },
  {
    usagetype: 'EU-Advantage-ExtRetention-ByteHrs',
    operation: 'AdvantageExtRetentionByteHrs',
    unit: 'GB-month',
    usd: '3.0400000000',
  },
  {
    usagetype: 'EU-Advantage-LTRetention-ByteHrs',
    operation: 'AdvantageLTRetentionByteHrs',
    unit: 'GB-month',
    usd: '3.0500000000',
  },
  {
    usagetype: 'EU-On-demand-Advantage-Channel-ProcessedBytes-S3TablesDestination',
    unit: 'GB',
    usd: '9.0100000000',
  },
];

/** Items and prices that a reading of it has. */
export const DUBLIN_USD = {
  provisioned: {
    'shard-hours': 1.01,
    'put-payload-units': 1.02e-8,
    'extended-retention': 1.03,
    'long-term-retention': 1.04,
    'long-term-reads': 1.05,
    'fan-out-shard-hours': 1.06,
    'fan-out-data': 1.07,
  },
  'on-demand': {
    'stream-hours': 2.01,
    'data-in': 2.02,
    'data-out': 2.03,
    'fan-out-data': 2.04,
    retention: 2.05,
    'long-term-retention': 2.06,
  },
  'on-demand-advantage': {
    'data-in': 3.01,
    'data-out': 3.02,
    'fan-out-data': 3.03,
    retention: 3.04,
    'long-term-retention': 3.05,
  },
};
