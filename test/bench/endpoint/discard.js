// A server that reads PutRecords requests and throws them away: what HTTP alone costs. Its reply is as long as ours.
import { createServer } from 'node:http';

const entry = { SequenceNumber: '4'.repeat(56), ShardId: 'shardId-000000000000' };
const reply = Buffer.from(
  JSON.stringify({ FailedRecordCount: 0, Records: Array.from({ length: 500 }, () => entry) }),
);

createServer({ noDelay: true }, (request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': reply.length,
    });
    response.end(reply);
  });
}).listen(Number(process.argv[2]), '127.0.0.1');
