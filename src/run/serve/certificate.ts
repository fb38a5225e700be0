/**
 * The endpoint's certificate, made anew at each start: a certificate authority that signs one server certificate, and
 * whose key is then forgotten. Clients trust the authority; nothing is ever stored but its certificate.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { bits, bool, element, integer, objectId, octets, sequence, set, tagged, time, utf8 } from './der.ts';

const DAY_MS = 86_400_000;
/** Long enough for an endpoint that nobody stops, short enough for clients that refuse long lives. */
const LIFE_MS = 365 * DAY_MS;

const ECDSA_WITH_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));
const ISSUER = nameOf('Shardwise local endpoint (made at its start)');
const SUBJECT = nameOf('localhost');

export interface ServerCertificate {
  /** What clients must trust, PEM. */
  readonly authority: string;
  /** What the server shows: its own certificate and the authority's, PEM. */
  readonly chain: string;
  /** The server's private key, PEM. Never leaves the process. */
  readonly key: string;
}

/**
 * Issues a certificate for a server.
 * @param host a name or an address that it is reached at, beside localhost, 127.0.0.1 and ::1
 * @param nowMs milliseconds since the epoch
 */
export function issueCertificate(host: string, nowMs: number): ServerCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = sequence(time(nowMs - DAY_MS), time(nowMs + LIFE_MS));
  const authorityPem = pem(
    certificateOf(ISSUER, validity, authority.publicKey, authority.privateKey, [
      extension('2.5.29.19', sequence(bool(true)), true),
      extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), true),
    ]),
  );
  const serverPem = pem(
    certificateOf(SUBJECT, validity, server.publicKey, authority.privateKey, [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), true),
      extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', alternativeNames(['localhost', '127.0.0.1', '::1', host])),
    ]),
  );
  const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { authority: authorityPem, chain: serverPem + authorityPem, key };
}

/** A certificate of version 3 (source: RFC 5280, 4.1), signed by the authority. */
function certificateOf(
  subject: Buffer,
  validity: Buffer,
  publicKey: KeyObject,
  signer: KeyObject,
  extensions: readonly Buffer[],
): Buffer {
  const content = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(randomBytes(16)),
    ECDSA_WITH_SHA256,
    ISSUER,
    validity,
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions)),
  );
  return sequence(content, ECDSA_WITH_SHA256, bits(sign('sha256', content, signer)));
}

function nameOf(commonName: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))));
}

function extension(id: string, content: Buffer, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [bool(true)] : []), octets(content));
}

/** Names and addresses that the certificate is good for; addresses that stand for all of the machine's are none. */
function alternativeNames(hosts: readonly string[]): Buffer {
  const wanted = [...new Set(hosts)].filter((host) => host !== '0.0.0.0' && host !== '::');
  return sequence(
    ...wanted.map((host) => {
      if (isIP(host) !== 0) return element(0x87, isIPv6(host) ? ipv6Bytes(host) : ipv4Bytes(host));
      return element(0x82, Buffer.from(host, 'latin1'));
    }),
  );
}

function ipv4Bytes(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** Sixteen bytes of any way to write an address, by the URL parser's own normal form. */
function ipv6Bytes(address: string): Buffer {
  const normal = new URL(`http://[${address.split('%')[0]}]`).hostname.slice(1, -1);
  const [head, tail] = normal.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const last = normal.includes('::') ? tail : [];
  const groups = [...head, ...Array<string>(8 - head.length - last.length).fill('0'), ...last];
  const bytes = Buffer.alloc(16);
  groups.forEach((group, i) => bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * i));
  return bytes;
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
