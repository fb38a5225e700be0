/** The HTTP/1.1 half of the endpoint: an HTTP server that is handed its connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { LocalReply } from '../../local/message.ts';
import { collectBody } from './body.ts';
import { deliver } from './delivery.ts';
import type { Answer } from './answer.ts';
import { requestHeaders } from './request-headers.ts';
import type { Timeouts } from './timeouts.ts';

/** @param isClosing whether replies should end their connection */
export function createHttp1(answer: Answer, timeouts: Timeouts, isClosing: () => boolean): Server {
  const server = createServer({
    headersTimeout: timeouts.headersMs,
    requestTimeout: timeouts.requestMs,
    keepAliveTimeout: timeouts.idleMs,
    connectionsCheckingInterval: Math.min(1000, timeouts.headersMs / 2),
    noDelay: true,
  });
  // A client that has said all it will is still owed the replies that a fault holds back.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => request.destroy());
    const announced = request.headers['content-length'];
    collectBody(request, { announced, drainMs: timeouts.drainMs, take: answer.takeBody }, (body) => {
      if (body === 'broken') {
        request.destroy();
      } else if (body === 'too large') {
        send(response, answer.tooLarge(announced), isClosing(), timeouts.writeMs);
      } else if (body === 'far too large') {
        refuse(request, response, answer.tooLarge(announced), timeouts);
      } else {
        const headers = requestHeaders(request.headers);
        answer.to({ method: request.method ?? '', path: request.url ?? '', headers, body }, (reply) => {
          if (!reply) request.socket.destroy();
          else if (reply.events) {
            response.writeHead(reply.status, reply.headers);
            answer.push(reply.events, response);
            endWithClient(request.socket, response);
          } else send(response, reply, isClosing(), timeouts.writeMs);
        });
      }
    });
  });
  // A server that does not listen itself starts its watch over slow requests only when told that it does.
  server.emit('listening');
  return server;
}

function send(response: ServerResponse, reply: LocalReply, last: boolean, waitMs: number): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': reply.body.length,
    ...(last ? { connection: 'close' } : {}),
  });
  const { socket } = response.req;
  // Replies have their turn on a connection in the order of its requests.
  deliver(
    response,
    reply.body,
    waitMs,
    () => socket.destroy(),
    () => response.socket !== null,
  );
}

/** A reply that goes on ends when its client hangs up, though it be by half: who subscribes stays to listen. */
function endWithClient(socket: Socket, response: ServerResponse): void {
  const hangUp = (): void => {
    socket.destroy();
  };
  if (socket.readableEnded) hangUp();
  socket.on('end', hangUp);
  response.on('close', () => socket.off('end', hangUp));
}

/** Answers, swallows what is still coming for a moment so that the answer is not lost, and hangs up. */
function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  reply: LocalReply,
  timeouts: Timeouts,
): void {
  send(response, reply, true, timeouts.writeMs);
  request.resume();
  setTimeout(() => request.destroy(), timeouts.refusalMs).unref();
}
