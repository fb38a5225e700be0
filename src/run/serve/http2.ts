/** The HTTP/2 half of the endpoint, in clear text for clients that know beforehand that we speak it. */
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { LocalReply } from '../../local/message.ts';
import { collectBody, MOST_BODY_BYTES } from './body.ts';
import type { Answer } from './server.ts';
import type { Timeouts } from './timeouts.ts';

/** Bodies that one connection may have under way, in MB as Node counts them, before it is told to calm down. */
const MOST_SESSION_MB = 512;

export function createHttp2(answer: Answer, timeouts: Timeouts): Http2Server {
  const server = createServer({
    maxSessionMemory: MOST_SESSION_MB,
    settings: { initialWindowSize: MOST_BODY_BYTES, maxConcurrentStreams: 100, enablePush: false },
  });
  server.on('session', (session: ServerHttp2Session) => {
    session.setTimeout(timeouts.idleMs, () => session.close());
    session.setLocalWindowSize(4 * MOST_BODY_BYTES);
  });
  // Sessions and streams die of what their client sends; the next one is not concerned.
  server.on('sessionError', () => undefined);
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    stream.on('error', () => undefined);
    const deadline = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), timeouts.requestMs);
    stream.on('close', () => clearTimeout(deadline));
    collectBody(stream, headers['content-length'], timeouts.drainMs, (body) => {
      clearTimeout(deadline);
      if (body === 'broken') {
        if (!stream.destroyed) stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      } else if (body === 'too large') {
        respond(stream, answer.tooLarge());
      } else if (body === 'far too large') {
        respond(stream, answer.tooLarge());
        stream.resume();
        setTimeout(() => stream.session?.destroy(), timeouts.refusalMs).unref();
      } else {
        const method = headers[':method'] ?? '';
        const path = headers[':path'] ?? '';
        respond(
          stream,
          answer.to({ method, path, headers: headers as Record<string, string | undefined>, body }),
        );
      }
    });
  });
  return server;
}

function respond(stream: ServerHttp2Stream, reply: LocalReply): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ':status': reply.status, ...reply.headers, 'content-length': reply.body.length });
  stream.end(reply.body);
}
