/**
 * From a complete request to its reply: asks the service, waits where a fault holds the reply back, keeps the log.
 */
import type { Writable } from 'node:stream';
import type { LocalService } from '../../local/local-service.ts';
import type { EventSource, LocalReply, LocalRequest } from '../../local/message.ts';
import { answerControl, isControl } from './control.ts';
import { EventPushes } from './event-push.ts';
import type { RequestLog } from './request-log.ts';

export interface AnswerOptions {
  readonly service: LocalService;
  /** Whole microseconds since the epoch. */
  readonly nowUs: () => number;
  /** What `/health` calls us. */
  readonly version?: string | undefined;
  readonly log?: RequestLog | undefined;
}

/** Takes a reply to the client; undefined cuts the connection. */
export type Send = (reply: LocalReply | undefined) => void;

/** What the two halves of the server ask. One `now` per request, taken when the request is complete. */
export interface Answer {
  /** A buffer for a body of so many bytes. */
  readonly takeBody: (length: number) => Buffer;
  /** Calls `send` exactly once, at once or later. */
  to(request: LocalRequest, send: Send): void;
  /** @param announced the content-length header */
  tooLarge(announced: string | undefined): LocalReply;
  /** Sends a reply's events to its client, whose headers are on their way. */
  push(events: EventSource, client: Writable): void;
  /** Ends the replies that go on. */
  endPushes(): void;
}

export function createAnswer({ service, nowUs, version = 'unknown', log }: AnswerOptions): Answer {
  const startUs = nowUs();
  const pushes = new EventPushes(nowUs);
  const record = (atUs: number, bytesIn: number, reply: LocalReply): void => {
    log?.write({
      time: new Date(atUs / 1000).toISOString(),
      operation: reply.about?.operation ?? '',
      stream: reply.about?.stream,
      status: reply.status,
      error: reply.about?.error,
      dropped: reply.hangUp === true ? true : undefined,
      bytesIn,
      bytesOut: reply.hangUp === true ? 0 : reply.body.length,
      durationUs: nowUs() - atUs,
    });
  };
  return {
    takeBody: (length) => service.takeBody(length),
    to: (request, send) => {
      const atUs = nowUs();
      const finish = (reply: LocalReply): void => {
        const endUs = nowUs();
        service.took(reply, endUs - atUs, endUs);
        if (reply.hangUp === true) reply.events?.close();
        send(reply.hangUp === true ? undefined : reply);
        record(atUs, request.body.length, reply);
      };
      if (isControl(request)) {
        void answerControl(request, atUs, { service, version, startUs }).then(finish);
        return;
      }
      const reply = service.handle(request, atUs);
      const { delayUs = 0 } = reply;
      // Does not keep the process alive: the connection does, as long as somebody waits there.
      if (delayUs > 0) setTimeout(() => finish(reply), delayUs / 1000).unref();
      else finish(reply);
    },
    tooLarge: (announced) => {
      const atUs = nowUs();
      const reply = service.tooLarge(atUs);
      record(atUs, Number(announced ?? 0), reply);
      return reply;
    },
    push: (events, client) => pushes.begin(events, client),
    endPushes: () => pushes.close(),
  };
}
