/** How `shardwise local` is spoken to: TLS, signatures, the request log, and the faults that it is to have. */
import type { Command } from 'commander';
import type { Credentials } from '../local/signature.ts';
import type { FaultPlan } from '../local/faults/fault-rule.ts';
import { badInput } from '../model/refusal.ts';
import type { ServerCertificate } from '../run/serve/certificate.ts';
import type { RequestLog } from '../run/serve/request-log.ts';
import type { Context } from './context.ts';

export interface WireFlags {
  readonly tls?: boolean;
  readonly tlsCert?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly requestLog?: string;
  readonly faults?: string;
}

export interface WireOptions {
  readonly tls: boolean;
  readonly tlsCert: string | undefined;
  /** What signatures are verified with; undefined: not at all. */
  readonly credentials: Credentials | undefined;
  /** File, or - for standard output. */
  readonly requestLog: string | undefined;
  readonly faultsFile: string | undefined;
}

/** What the options need from the world before the endpoint starts. */
export interface Wire {
  readonly certificate: ServerCertificate | undefined;
  /** Where clients find the certificate to trust. */
  readonly certificatePath: string | undefined;
  readonly log: RequestLog | undefined;
  readonly faults: FaultPlan | undefined;
  readonly release: () => void;
}

export function addWireFlags(command: Command): Command {
  return command
    .option('--tls', 'HTTPS, with a certificate made at the start')
    .option('--tls-cert <file>', 'where to write the certificate that clients must trust')
    .option('--access-key-id <id>', 'the key id that signatures must have (default: "local")')
    .option('--secret-access-key <secret>', 'verify signatures with this secret; default: any will do')
    .option('--request-log <file>', 'a line of JSON per request; - for standard output')
    .option('--faults <file>', 'what goes wrong, and how often: errors, latency, cut connections');
}

/** @throws Refusal (exit 2) where a flag's value cannot be used */
export function readWireFlags(flags: WireFlags): WireOptions {
  const { tls = false, tlsCert, requestLog, faults } = flags;
  if (tlsCert !== undefined && !tls) {
    throw badInput('--tls-cert is given without --tls.', 'Add --tls, or leave --tls-cert out.');
  }
  for (const [flag, path] of Object.entries({
    '--tls-cert': tlsCert,
    '--request-log': requestLog,
    '--faults': faults,
  })) {
    if (path?.trim() === '') throw badInput(`${flag} is empty.`, 'Write the name of a file.');
  }
  return { tls, tlsCert, credentials: readCredentials(flags), requestLog, faultsFile: faults };
}

function readCredentials({ accessKeyId, secretAccessKey }: WireFlags): Credentials | undefined {
  if (accessKeyId !== undefined && !/^[\w.-]{1,128}$/.test(accessKeyId)) {
    throw badInput(
      `--access-key-id ${JSON.stringify(accessKeyId)} is no key id.`,
      'Write up to 128 letters, digits, "_", "." and "-".',
    );
  }
  if (secretAccessKey === '')
    throw badInput('--secret-access-key is empty.', 'Write the secret, or leave it out.');
  if (secretAccessKey !== undefined) return { accessKeyId: accessKeyId ?? 'local', secretAccessKey };
  if (accessKeyId === undefined) return undefined;
  throw badInput('--access-key-id is given without --secret-access-key.', 'Give both, or leave it out.');
}

/** @throws Refusal where a file cannot be read or written */
export async function prepareWire(
  { tls, tlsCert, requestLog, faultsFile }: WireOptions,
  host: string,
  nowMs: number,
  context: Context,
): Promise<Wire> {
  const faults = faultsFile === undefined ? undefined : await readFaults(faultsFile);
  const log = requestLog === undefined ? undefined : await openLog(requestLog, context);
  if (!tls)
    return { certificate: undefined, certificatePath: undefined, log, faults, release: () => log?.close() };
  const { issueCertificate } = await import('../run/serve/certificate.ts');
  const { writeCertificate } = await import('../run/serve/certificate-file.ts');
  const certificate = issueCertificate(host, nowMs);
  const file = writeCertificate(certificate.authority, tlsCert);
  const release = (): void => {
    file.release();
    log?.close();
  };
  return { certificate, certificatePath: file.path, log, faults, release };
}

/** @throws Refusal (exit 2) where the file is none, or says what cannot be */
export async function readFaults(path: string): Promise<FaultPlan> {
  const { readTextFile } = await import('../run/files/text-file.ts');
  const { parseFaults } = await import('../local/faults/fault-file.ts');
  return parseFaults(await readTextFile(path), path);
}

async function openLog(path: string, context: Context): Promise<RequestLog> {
  const { openRequestLog, requestLogTo } = await import('../run/serve/request-log.ts');
  if (path === '-') return requestLogTo(context.out);
  return openRequestLog(path, (message) => context.err(`${message}\n`));
}

/** The environment that clients need, as lines for a shell. */
export function readyText(url: string, { credentials }: WireOptions, certificatePath?: string): string {
  return [
    `shardwise local ready ${url}`,
    `export AWS_ENDPOINT_URL_KINESIS=${url}`,
    `export AWS_ENDPOINT_URL_CLOUDWATCH=${url}`,
    `export AWS_ACCESS_KEY_ID=${credentials?.accessKeyId ?? 'local'}`,
    credentials
      ? '# AWS_SECRET_ACCESS_KEY: the one of --secret-access-key'
      : 'export AWS_SECRET_ACCESS_KEY=local',
    'export AWS_REGION=us-east-1',
    'export AWS_DEFAULT_REGION=us-east-1',
    ...(certificatePath === undefined
      ? []
      : ['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE'].map((name) => `export ${name}=${quoted(certificatePath)}`)),
    '',
  ].join('\n');
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
