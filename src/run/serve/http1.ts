/** The HTTP/1.1 half of the endpoint: an HTTP server that is handed its connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { LocalReply } from '../../local/message.ts';
import { collectBody } from './body.ts';
import type { Answer } from './answer.ts';
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
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => request.destroy());
    const announced = request.headers['content-length'];
    collectBody(request, { announced, drainMs: timeouts.drainMs, take: answer.takeBody }, (body) => {
      if (body === 'broken') {
        request.destroy();
      } else if (body === 'too large') {
        send(response, answer.tooLarge(announced), isClosing());
      } else if (body === 'far too large') {
        refuse(request, response, answer.tooLarge(announced), timeouts.refusalMs);
      } else {
        const headers = request.headers as Record<string, string | undefined>;
        answer.to({ method: request.method ?? '', path: request.url ?? '', headers, body }, (reply) => {
          if (!reply) request.socket.destroy();
          else if (reply.events) {
            response.writeHead(reply.status, reply.headers);
            answer.push(reply.events, response);
          } else send(response, reply, isClosing());
        });
      }
    });
  });
  // A server that does not listen itself starts its watch over slow requests only when told that it does.
  server.emit('listening');
  return server;
}

function send(response: ServerResponse, reply: LocalReply, last: boolean): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': reply.body.length,
    ...(last ? { connection: 'close' } : {}),
  });
  response.end(reply.body);
}

/** Answers, swallows what is still coming for a moment so that the answer is not lost, and hangs up. */
function refuse(request: IncomingMessage, response: ServerResponse, reply: LocalReply, waitMs: number): void {
  send(response, reply, true);
  request.resume();
  setTimeout(() => request.destroy(), waitMs).unref();
}
