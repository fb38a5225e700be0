/** Where the certificate that clients must trust is written: to the user's file, or to a folder of our own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { badInput } from '../../model/refusal.ts';

export interface CertificateFile {
  /** Absolute path. */
  readonly path: string;
  /** Removes what is of no use without this endpoint; a file that the user named stays. */
  readonly release: () => void;
}

/** @throws Refusal (exit code 2) where the named file cannot be written */
export function writeCertificate(pem: string, path: string | undefined): CertificateFile {
  if (path === undefined) {
    const own = join(mkdtempSync(join(tmpdir(), 'shardwise-')), 'ca.pem');
    writeFileSync(own, pem);
    return { path: own, release: () => rmSync(dirname(own), { recursive: true, force: true }) };
  }
  try {
    writeFileSync(path, pem);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw badInput(
      `--tls-cert ${path} cannot be written (${code ?? String(error)}).`,
      'Choose a file in a folder that exists and that you may write to.',
    );
  }
  return { path: resolve(path), release: () => undefined };
}
