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
import type { Socket } from 'node:net';
import type { LocalReply } from '../../local/message.ts';
import { deliver } from './delivery.ts';
import { collectBody, MOST_BODY_BYTES } from './body.ts';
import type { Answer } from './answer.ts';
import { requestHeaders } from './request-headers.ts';
import type { Timeouts } from './timeouts.ts';

/** Bodies that one connection may have under way, in MB as Node counts them, before it is told to calm down. */
const MOST_SESSION_MB = 512;

export function createHttp2(answer: Answer, timeouts: Timeouts): Http2Server {
  const server = createServer({
    maxSessionMemory: MOST_SESSION_MB,
    settings: { initialWindowSize: MOST_BODY_BYTES, maxConcurrentStreams: 100, enablePush: false },
  });
  // Node lets nobody touch the socket of a session, which can outlive it: a client that went away in the middle of
  // its headers, or broke the protocol and reads no more, would keep it open.
  let opening: Socket | undefined;
  server.prependListener('connection', (socket: Socket) => {
    opening = socket;
    socket.on('end', () => hangUpLater(socket, timeouts.lingerMs));
  });
  server.on('session', (session: ServerHttp2Session) => {
    const socket = opening;
    const leave = (): void => {
      if (socket) hangUpLater(socket, timeouts.lingerMs);
    };
    let streams = 0;
    session.on('stream', (stream) => {
      streams += 1;
      stream.on('close', () => (streams -= 1));
    });
    session.on('error', leave).on('close', leave);
    session.setTimeout(timeouts.idleMs, () => {
      session.close();
      // Else it waits for the replies that are held back.
      if (streams === 0) leave();
    });
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
        respond(stream, answer.tooLarge(announced), timeouts.writeMs);
      } else if (body === 'far too large') {
        respond(stream, answer.tooLarge(announced), timeouts.writeMs);
        stream.resume();
        setTimeout(() => stream.session?.destroy(), timeouts.refusalMs).unref();
      } else {
        const method = headers[':method'] ?? '';
        const path = headers[':path'] ?? '';
        // What HTTP/1.1 calls the host, and signatures cover under that name.
        headers.host ??= headers[':authority'];
        const request = { method, path, headers: requestHeaders(headers), body };
        answer.to(request, (reply) => {
          if (!reply) stream.session?.destroy();
          else if (reply.events) {
            if (!stream.destroyed && !stream.closed)
              stream.respond({ ':status': reply.status, ...reply.headers });
            answer.push(reply.events, stream);
          } else respond(stream, reply, timeouts.writeMs, method === 'HEAD');
        });
      }
    });
  });
  return server;
}

/** Destroys a socket unless it ends by itself until then. */
function hangUpLater(socket: Socket, waitMs: number): void {
  if (socket.destroyed) return;
  const timer = setTimeout(() => socket.destroy(), waitMs).unref();
  socket.on('close', () => clearTimeout(timer));
}

/** @param isHead the client wants no body, and Node has ended the stream with the headers */
function respond(stream: ServerHttp2Stream, reply: LocalReply, waitMs: number, isHead = false): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ':status': reply.status, ...reply.headers, 'content-length': reply.body.length });
  if (!isHead) deliver(stream, reply.body, waitMs, () => stream.session?.destroy());
}
