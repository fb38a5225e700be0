import { describe, expect, it } from 'vitest';
import { givenEndpointOf } from '../../src/report/given-endpoint.ts';

describe('the endpoint that printed commands name', () => {
  it.each([
    'https://kinesis.us-east-1.amazonaws.com',
    'https://monitoring.eu-central-1.amazonaws.com',
    'https://kinesis.cn-north-1.amazonaws.com.cn',
    'https://000000000000.control-kinesis.us-east-1.amazonaws.com',
    'https://kinesis.us-east-1.api.aws',
    '',
  ])('is none where the region leads to it: "%s"', (endpoint) => {
    expect(givenEndpointOf({ kind: 'aws', endpoint })).toBeUndefined();
  });

  it.each([
    'http://127.0.0.1:4567',
    'https://vpce-0a1b-2c3d.kinesis.us-east-1.vpce.amazonaws.com',
    'https://kinesis-fips.us-east-1.amazonaws.com',
    'https://kinesis.us-east-1.amazonaws.com.example.org',
  ])('is %s, which no region leads to', (endpoint) => {
    expect(givenEndpointOf({ kind: 'aws', endpoint })).toBe(endpoint);
  });
});
