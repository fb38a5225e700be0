/** Puts replies together: status, AWS's headers, and the content or the error in the format of the request. */
import type { LocalReply } from './message.ts';
import type { ServiceError } from './service-error.ts';
import { XmlError } from './target.ts';
import type { WireFormat } from './wire-format.ts';

export class Replies {
  #count = 0;

  /** Replies so far. */
  get count(): number {
    return this.#count;
  }

  ok(format: WireFormat, body: Buffer, nowUs: number): LocalReply {
    return { status: 200, headers: this.#headers(format.contentType, nowUs), body };
  }

  refuse(format: WireFormat, error: ServiceError, nowUs: number): LocalReply {
    const { type, message, status } = error;
    const isXml = error instanceof XmlError;
    const headers = this.#headers(isXml ? 'application/xml' : format.contentType, nowUs);
    headers['x-amzn-errortype'] = type;
    return { status, headers, body: isXml ? xmlOf(type, message) : bodyOf(format, type, message) };
  }

  /** The headers of a reply that another service writes. */
  common(nowUs: number): Record<string, string> {
    return this.#headers('', nowUs);
  }

  /** Headers of every reply. Request ids count up; the time makes them differ between runs. */
  #headers(contentType: string, nowUs: number): Record<string, string> {
    const time = nowUs.toString(16).padStart(14, '0');
    const count = (++this.#count).toString(16).padStart(12, '0');
    const id = `${time.slice(0, 8)}-${time.slice(8, 12)}-4${time.slice(12)}0-8000-${count}`;
    return {
      'content-type': contentType,
      'x-amzn-requestid': id,
      'x-amz-id-2': id.replaceAll('-', '').repeat(3),
      'x-shardwise-now-us': nowUs.toString(),
    };
  }
}

function bodyOf(format: WireFormat, type: string, message: string): Buffer {
  // AWS spells this one member with a capital in serialization errors.
  const member = type === 'SerializationException' ? 'Message' : 'message';
  return format.write({ __type: type, ...(message === '' ? {} : { [member]: message }) });
}

function xmlOf(type: string, message: string): Buffer {
  return Buffer.from(
    message === '' ? `<${type}/>\n` : `<${type}>\n  <Message>${message}</Message>\n</${type}>\n`,
  );
}
