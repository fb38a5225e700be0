/**
 * The HTTP/2 half of the endpoint: behind TLS for clients that agree on it there, in clear text for those that know
 * beforehand that we speak it.
 */
import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { LocalReply } from '../../local/message.ts';
import { collectBody, MOST_BODY_BYTES } from './body.ts';
import type { Answer } from './answer.ts';
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
    const announced = headers['content-length'];
    collectBody(stream, { announced, drainMs: timeouts.drainMs, take: answer.takeBody }, (body) => {
      clearTimeout(deadline);
      if (body === 'broken') {
        if (!stream.destroyed) stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      } else if (body === 'too large') {
        respond(stream, answer.tooLarge(announced));
      } else if (body === 'far too large') {
        respond(stream, answer.tooLarge(announced));
        stream.resume();
        setTimeout(() => stream.session?.destroy(), timeouts.refusalMs).unref();
      } else {
        const method = headers[':method'] ?? '';
        const path = headers[':path'] ?? '';
        // What HTTP/1.1 calls the host, and signatures cover under that name.
        headers.host ??= headers[':authority'];
        const request = { method, path, headers: headers as Record<string, string | undefined>, body };
        answer.to(request, (reply) => {
          if (!reply) stream.session?.destroy();
          else if (reply.events) {
            if (!stream.destroyed && !stream.closed)
              stream.respond({ ':status': reply.status, ...reply.headers });
            answer.push(reply.events, stream);
          } else respond(stream, reply, method === 'HEAD');
        });
      }
    });
  });
  return server;
}

/** @param isHead the client wants no body, and Node has ended the stream with the headers */
function respond(stream: ServerHttp2Stream, reply: LocalReply, isHead = false): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ':status': reply.status, ...reply.headers, 'content-length': reply.body.length });
  if (!isHead) stream.end(reply.body);
}
