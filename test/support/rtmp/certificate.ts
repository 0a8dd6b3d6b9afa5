import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TemporaryDirectory } from '../temporary/index.ts';

const run = promisify(execFile);

/** A certificate for `localhost` that signs itself; `certFile` is what has to be trusted. */
export async function makeCertificate(
  directory: TemporaryDirectory,
): Promise<{ key: string; cert: string; certFile: string }> {
  const keyFile = directory.entry('key.pem');
  const certFile = directory.entry('cert.pem');
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', keyFile, '-out', certFile, '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost'],
  ]);
  return {
    key: await readFile(keyFile, 'utf8'),
    cert: await readFile(certFile, 'utf8'),
    certFile,
  };
}
