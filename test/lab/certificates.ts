/** Certificates for TLS backends, made with openssl for each world anew: nothing secret, nothing that can expire in the repository. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './command.ts';

/**
 * Makes `ca.pem` and, all for one `key.pem`: `good.pem` (signed by it, for that address and app.lab.example), `other-name.pem`,
 * `expired.pem` and `self-signed.pem`.
 */
export async function makeCertificates(folder: string, address: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  const newKey = (name: string): Promise<unknown> =>
    run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file(name)]);
  await Promise.all([newKey('ca-key.pem'), newKey('key.pem')]);
  const names = `subjectAltName=IP:${address},DNS:app.lab.example`;
  const selfSigned = (key: string, out: string, subject: string, extension: string): Promise<unknown> =>
    run(['openssl', 'req', '-x509', '-new', '-key', file(key), '-days', '2', '-subj', subject, '-addext', extension, '-out', file(out)]);
  const request = (subject: string, out: string): Promise<unknown> =>
    run(['openssl', 'req', '-new', '-key', file('key.pem'), '-subj', subject, '-out', file(out)]);
  await Promise.all([
    selfSigned('ca-key.pem', 'ca.pem', '/CN=Lab CA', 'keyUsage=critical,keyCertSign'),
    selfSigned('key.pem', 'self-signed.pem', '/CN=app.lab.example', names),
    request('/CN=app.lab.example', 'request.pem'),
    request('/CN=elsewhere.lab.example', 'other-request.pem'),
  ]);
  // `ca` can set both dates; `x509 -req` of OpenSSL 3.0 can't.
  await writeFile(file('index.txt'), '');
  await writeFile(
    file('ca.conf'),
    [
      '[ca]',
      'default_ca = lab',
      '[lab]',
      `database = ${file('index.txt')}`,
      `new_certs_dir = ${folder}`,
      `rand_serial = yes`,
      `unique_subject = no`,
      'default_md = sha256',
      'policy = any',
      'copy_extensions = none',
      '[any]',
      'commonName = supplied',
      '[good]',
      names.replace('=', ' = '),
      '[other-name]',
      'subjectAltName = DNS:elsewhere.lab.example',
      '',
    ].join('\n'),
  );
  const stamp = (daysFromNow: number): string =>
    `${new Date(Date.now() + daysFromNow * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const issue = (out: string, asked: string, extensions: string, from: number, to: number): Promise<unknown> =>
    run(
      [
        'openssl ca -batch -notext'.split(' '),
        ['-config', file('ca.conf'), '-cert', file('ca.pem'), '-keyfile', file('ca-key.pem')],
        ['-in', file(asked), '-extensions', extensions, '-out', file(out)],
        ['-startdate', stamp(from), '-enddate', stamp(to)],
      ].flat(),
    );
  // One after the other: they share a database.
  await issue('good.pem', 'request.pem', 'good', -1, 2);
  await issue('other-name.pem', 'other-request.pem', 'other-name', -1, 2);
  await issue('expired.pem', 'request.pem', 'good', -3, -1);
}
