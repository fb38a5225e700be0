// The head of a request as clients of Kinesis write it; the signature is not looked at.

export function requestHead(operation, length) {
  return [
    'POST / HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Type: application/x-amz-json-1.1',
    `X-Amz-Target: Kinesis_20131202.${operation}`,
    'X-Amz-Date: 20261120T120000Z',
    'Authorization: AWS4-HMAC-SHA256 Credential=bench/20261120/us-east-1/kinesis/aws4_request, ' +
      `SignedHeaders=host;x-amz-date;x-amz-target, Signature=${'0'.repeat(64)}`,
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');
}
