/**
 * The endpoint's socket: one TCP port that speaks HTTP/1.1 and HTTP/2, told apart by the first bytes of each connection
 * in clear text, and by what client and server agree on (ALPN) behind TLS.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ServerHttp2Session } from 'node:http2';
import { createServer as createTlsServer } from 'node:tls';
import { worldFailure } from '../../model/refusal.ts';
import { createAnswer, type AnswerOptions } from './answer.ts';
import type { ServerCertificate } from './certificate.ts';
import { createHttp1 } from './http1.ts';
import { createHttp2 } from './http2.ts';
import { TIMEOUTS, type Timeouts } from './timeouts.ts';

export interface ServerOptions extends AnswerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Speak TLS with this certificate; default clear text. */
  readonly certificate?: ServerCertificate | undefined;
  readonly timeouts?: Partial<Timeouts>;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** How many connections it holds. */
  connections(): number;
  /** Stops listening, lets requests under way finish for a moment, and hangs up. */
  close(): Promise<void>;
}

/** What an HTTP/2 connection begins with; no HTTP/1.1 method begins so (source: RFC 9113, 3.4). */
const HTTP2_PREFACE = Buffer.from('PRI');

/**
 * Starts listening.
 * @throws Refusal (exit 1) where the port cannot be had
 */
export async function startServer({
  host,
  port,
  certificate,
  ...rest
}: ServerOptions): Promise<RunningServer> {
  const timeouts = { ...TIMEOUTS, ...rest.timeouts };
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let closing = false;
  const answer = createAnswer(rest);
  const http1 = createHttp1(answer, timeouts, () => closing);
  const http2 = createHttp2(answer, timeouts);
  http2.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  const hand = (socket: Socket, isHttp2: boolean): void => {
    // Behind a client that has gone, HTTP/2 leaves hanging up to the socket; HTTP/1.1 does it after its replies.
    socket.allowHalfOpen = !isHttp2;
    (isHttp2 ? http2 : http1).emit('connection', socket);
  };
  const front = certificate ? createTlsFront(certificate, timeouts, hand) : createPlainFront(timeouts, hand);
  front.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  await listen(front, host, port);
  const bound = (front.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    closing = true;
    const stopped = new Promise((resolve) => front.close(resolve));
    answer.endPushes();
    http1.close();
    http1.closeIdleConnections();
    for (const session of sessions) session.close();
    const timer = setTimeout(() => sockets.forEach((socket) => socket.destroy()), timeouts.closeMs);
    await stopped;
    clearTimeout(timer);
  };
  const scheme = certificate ? 'https' : 'http';
  const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return { url, port: bound, connections: () => sockets.size, close };
}

/** Takes a connection over once its protocol is known. */
type Hand = (socket: Socket, isHttp2: boolean) => void;

function createPlainFront(timeouts: Timeouts, hand: Hand): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sniff(socket, timeouts.sniffMs, (isHttp2) => {
      hand(socket, isHttp2);
      // HTTP/2 reads what was put back by itself; HTTP/1.1 waits for it to flow.
      if (!isHttp2) socket.resume();
    });
  });
}

function createTlsFront({ key, chain }: ServerCertificate, timeouts: Timeouts, hand: Hand): Server {
  const options = {
    key,
    cert: chain,
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: timeouts.sniffMs,
    noDelay: true,
  };
  const front = createTlsServer(options, (socket) => {
    socket.on('error', () => socket.destroy());
    hand(socket, socket.alpnProtocol === 'h2');
  });
  // Whoever speaks no TLS, or does not finish the greeting, is hung up on.
  front.on('tlsClientError', (_, socket) => socket.destroy());
  return front;
}

/** Looks at the first bytes of a connection and puts them back. A client that sends too few is hung up on. */
function sniff(socket: Socket, waitMs: number, decide: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const deadline = setTimeout(() => socket.destroy(), waitMs);
  const forget = (): void => clearTimeout(deadline);
  const look = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    if (seen.length < HTTP2_PREFACE.length) return;
    forget();
    socket.off('data', look).off('close', forget).off('end', hangUp).pause();
    socket.unshift(seen);
    decide(seen.subarray(0, HTTP2_PREFACE.length).equals(HTTP2_PREFACE));
  };
  const hangUp = (): void => {
    socket.destroy();
  };
  socket.on('data', look).on('close', forget).on('end', hangUp);
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
  server.on('error', () => undefined);
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return worldFailure(
        `Port ${port} on ${host} is already in use.`,
        'Stop the program that holds it, or choose another port with --port (0 picks a free one).',
      );
    case 'EACCES':
      return worldFailure(
        `Port ${port} may not be used by this user.`,
        'Choose a port above 1023 with --port.',
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return worldFailure(
        `This machine has no address "${host}".`,
        'Choose another with --host, such as 127.0.0.1.',
      );
    default:
      return error;
  }
}
