/**
 * Fetches AWS's public price list of Kinesis for a region: plain HTTPS, no account and no credentials.
 */
import { badInput, type Refusal, worldFailure } from '../../model/refusal.ts';

/** Where AWS publishes its price lists. */
export const PRICE_LIST_HOST = 'https://pricing.us-east-1.amazonaws.com';

/** The list of one region has some hundred KiB; whatever sends more is not one. */
const MAX_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

const RETRY =
  'Check the network and try again; behind a proxy, download it otherwise and give it with --price-list FILE.';

/** The address of a region's list. @param base its host, or the whole address of a list, which ends in .json */
export function priceListUrl(region: string, base = PRICE_LIST_HOST): string {
  if (base.endsWith('.json')) return base;
  return `${base.replace(/\/+$/, '')}/offers/v1.0/aws/AmazonKinesis/current/${region}/index.json`;
}

/**
 * The parsed list. Refuses with exit code 2 a region that AWS has no list of, and with 1 whatever goes wrong on the way.
 * @param region for the words of a refusal
 */
export async function downloadPriceList(
  url: string,
  region: string,
  { timeoutMs = TIMEOUT_MS, maxBytes = MAX_BYTES } = {},
): Promise<unknown> {
  let text: string;
  try {
    text = await download(url, region, timeoutMs, maxBytes);
  } catch (error) {
    throw explain(error, url, timeoutMs);
  }
  try {
    return JSON.parse(text);
  } catch {
    const start = text.trimStart();
    const what = start === '' ? 'nothing' : start.startsWith('<') ? 'a web page' : 'no whole JSON';
    throw worldFailure(`${url} answered with ${what} instead of a price list.`, RETRY);
  }
}

async function download(url: string, region: string, timeoutMs: number, maxBytes: number): Promise<string> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (response.status === 404) {
    throw badInput(
      `There is no price list of Kinesis for the region ${region} (${url} answered 404).`,
      'Check the name of the region, for example eu-west-1.',
    );
  }
  if (!response.ok) throw worldFailure(`${url} answered with status ${response.status}.`, RETRY);
  return readBody(response, url, maxBytes);
}

async function readBody(response: Response, url: string, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw worldFailure(
        `${url} sends more than ${Math.floor(maxBytes / (1024 * 1024))} MiB: that is no price list of one region.`,
        'Check the address.',
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host, or no network',
  EAI_AGAIN: 'its name cannot be resolved now',
  ECONNREFUSED: 'it refuses the connection',
  ECONNRESET: 'it broke the connection off',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'it cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_SOCKET: 'it broke the connection off',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** Refusals pass; what the network did is said in words. */
function explain(error: unknown, url: string, timeoutMs: number): unknown {
  if (error instanceof Error && error.name === 'Refusal') return error;
  if (error instanceof Error && error.name === 'TimeoutError')
    return failure(url, `it took longer than ${timeoutMs / 1000} s`);
  const code = codeOf(error);
  if (code === undefined && !(error instanceof TypeError)) return error;
  const known = code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return failure(url, known ?? code ?? 'the connection failed');
}

function failure(url: string, why: string): Refusal {
  return worldFailure(`${url} could not be read: ${why}.`, RETRY);
}

/** fetch hides the error of the network under `cause`, and that of several addresses under `errors`. */
function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  return codeOf(cause) ?? codeOf(errors?.[0]);
}
