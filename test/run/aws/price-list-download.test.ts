import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/model/refusal.ts';
import { downloadPriceList, priceListUrl } from '../../../src/run/aws/price-list-download.ts';

const servers: Server[] = [];

/** Address of a server that answers as a test says. */
async function serverOf(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function refusalOf(url: string, limits = {}): Promise<Refusal> {
  const error: unknown = await downloadPriceList(url, 'eu-west-1', limits).catch((reason: unknown) => reason);
  if (error instanceof Refusal) return error;
  throw new Error('no refusal', { cause: error });
}

describe('priceListUrl', () => {
  it("is that of AWS's bulk list of the region, of another host, or the one given", () => {
    const path = '/offers/v1.0/aws/AmazonKinesis/current/eu-west-1/index.json';
    expect(priceListUrl('eu-west-1')).toBe(`https://pricing.us-east-1.amazonaws.com${path}`);
    expect(priceListUrl('eu-west-1', 'http://127.0.0.1:9/')).toBe(`http://127.0.0.1:9${path}`);
    expect(priceListUrl('eu-west-1', 'http://127.0.0.1:9/list.json')).toBe('http://127.0.0.1:9/list.json');
  });
});

describe('downloadPriceList', () => {
  it('reads JSON, and follows to where it is', async () => {
    const base = await serverOf((request, response) => {
      if (request.url === '/old') response.writeHead(302, { location: '/new' }).end();
      else response.end('{"offerCode":"AmazonKinesis"}');
    });
    expect(await downloadPriceList(`${base}/old`, 'eu-west-1')).toEqual({ offerCode: 'AmazonKinesis' });
  });

  it('says that AWS has no such region, which is the fault of whoever named it', async () => {
    const url = await serverOf((_, response) => response.writeHead(404).end('<Error/>'));
    const { what, exitCode } = await refusalOf(url);
    expect(what).toBe(`There is no price list of Kinesis for the region eu-west-1 (${url} answered 404).`);
    expect(exitCode).toBe(2);
  });

  it.each([403, 500, 503])('gives up at status %i', async (status) => {
    const url = await serverOf((_, response) => response.writeHead(status).end());
    expect(await refusalOf(url)).toMatchObject({
      what: `${url} answered with status ${status}.`,
      exitCode: 1,
    });
  });

  it.each([
    ['a web page', '<!doctype html><title>Sign in</title>', 'a web page'],
    ['half a list', '{"offerCode":"AmazonKin', 'no whole JSON'],
    ['nothing', '', 'nothing'],
  ])('is not satisfied with %s', async (_, body, what) => {
    const url = await serverOf((_request, response) => response.end(body));
    expect(await refusalOf(url)).toMatchObject({
      what: `${url} answered with ${what} instead of a price list.`,
      exitCode: 1,
    });
  });

  it('says in words that a connection broke off, was refused or took too long', async () => {
    const broken = await serverOf((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{', () => response.destroy());
    });
    expect(await refusalOf(broken)).toMatchObject({
      what: `${broken} could not be read: it broke the connection off.`,
      exitCode: 1,
    });
    const silent = await serverOf(() => undefined);
    expect(await refusalOf(silent, { timeoutMs: 50 })).toMatchObject({
      what: `${silent} could not be read: it took longer than 0.05 s.`,
      exitCode: 1,
    });
    const gone = await serverOf(() => undefined);
    await new Promise((resolve) => servers.splice(-1)[0].close(resolve));
    expect(await refusalOf(gone)).toMatchObject({
      what: `${gone} could not be read: it refuses the connection.`,
      exitCode: 1,
    });
  });

  it('does not swallow what is too large to be a list', async () => {
    const url = await serverOf((_, response) => response.end(Buffer.alloc(3 * 1024 * 1024, 0x20)));
    expect(await refusalOf(url, { maxBytes: 1024 * 1024 })).toMatchObject({
      what: `${url} sends more than 1 MiB: that is no price list of one region.`,
      exitCode: 1,
    });
  });
});
