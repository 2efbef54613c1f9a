/** Backends with one fault each, on a loopback port of their own. They read requests without a body and answer each with `body`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import type { AddressInfo } from 'node:net';

export interface Behaviour {
  /** Close with a FIN after this much idle time. */
  readonly idleMs?: number;
  /** After this much idle time nothing is answered any more, and nothing is said (a device in between that forgot the connection). */
  readonly forgetMs?: number;
  /** Reset instead of answering requests that come after this much idle time. */
  readonly resetAfterMs?: number;
  /** Reset on the second request of a connection, whenever it comes. */
  readonly resetOnReuse?: boolean;
  /** Close (FIN) or reset instead of answering, or answer never, or half. */
  readonly instead?: 'close' | 'reset' | 'stall' | 'half';
  /** Fields of the answer besides Content-Length. */
  readonly fields?: readonly string[];
  readonly status?: string;
  readonly body?: string;
  /** Say what is sent for a request oneself. */
  readonly answer?: (request: string, socket: net.Socket) => void;
  /** TLS with these. */
  readonly secure?: tls.TlsOptions;
}

export interface Backend {
  readonly port: number;
  /** Requests as they came. */
  readonly requests: readonly string[];
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** Most connections that were open at the same time. */
  readonly mostAtOnce: () => number;
  readonly stop: () => Promise<void>;
}

export async function startBackend(behaviour: Behaviour = {}): Promise<Backend> {
  const requests: string[] = [];
  const open = new Set<net.Socket>();
  let connections = 0;
  let most = 0;

  const serve = (socket: net.Socket): void => {
    let pending = '';
    let answered = 0;
    let last = performance.now();
    let forgotten = false;
    let timer: NodeJS.Timeout | undefined;
    const idle = (): void => {
      last = performance.now();
      if (behaviour.idleMs !== undefined) timer = setTimeout(() => socket.end(), behaviour.idleMs);
    };
    connections += 1;
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      open.delete(socket);
    });
    socket.on('data', (bytes: Buffer) => {
      pending += bytes.toString('latin1');
      for (let end = pending.indexOf('\r\n\r\n'); end !== -1; end = pending.indexOf('\r\n\r\n')) {
        const request = pending.slice(0, end + 4);
        pending = pending.slice(end + 4);
        clearTimeout(timer);
        requests.push(request);
        const idleFor = performance.now() - last;
        if (answered > 0 && behaviour.forgetMs !== undefined && idleFor >= behaviour.forgetMs) forgotten = true;
        if (forgotten) return;
        if (answered > 0 && (behaviour.resetOnReuse || idleFor >= (behaviour.resetAfterMs ?? Number.POSITIVE_INFINITY))) {
          socket.resetAndDestroy();
          return;
        }
        reply(behaviour, request, socket);
        answered += 1;
        idle();
      }
    });
  };

  const server = behaviour.secure ? tls.createServer(behaviour.secure, serve) : net.createServer(serve);
  server.on('tlsClientError', (_error: Error, socket: net.Socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
    open: () => open.size,
    mostAtOnce: () => most,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function reply(behaviour: Behaviour, request: string, socket: net.Socket): void {
  if (behaviour.answer) {
    behaviour.answer(request, socket);
    return;
  }
  const body = behaviour.body ?? 'hello\n';
  const fields = behaviour.fields ?? [];
  const text = [`HTTP/1.1 ${behaviour.status ?? '200 OK'}`, `Content-Length: ${Buffer.byteLength(body)}`, ...fields, '', ''].join('\r\n');
  switch (behaviour.instead) {
    case 'close':
      socket.end();
      return;
    case 'reset':
      if (socket instanceof tls.TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
      return;
    case 'stall':
      return;
    case 'half':
      socket.end(text + body.slice(0, body.length >> 1));
      return;
    case undefined:
      // A body after HEAD breaks strict clients.
      socket.write(request.startsWith('HEAD ') ? text : text + body);
      if (fields.some((field) => /^connection:\s*close/i.test(field))) socket.end();
  }
}

export interface CertificateOptions {
  readonly name?: string;
  /** `DNS:app.example,IP:127.0.0.1`; default: none. */
  readonly alternatives?: string;
  /** As openssl takes them: `20200101000000Z`. */
  readonly from?: string;
  readonly to?: string;
}

/** A self-signed certificate and its key, made by openssl in a folder that is gone afterwards. */
export function certificate({ name = 'backend.example', alternatives, from, to }: CertificateOptions = {}): {
  readonly key: string;
  readonly cert: string;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'proxy-doctor-cert-'));
  const [key, request, cert, extensions] = ['key.pem', 'request.pem', 'cert.pem', 'extensions'].map((file) => path.join(folder, file)) as [
    string,
    string,
    string,
    string,
  ];
  const openssl = (...argv: string[]): void => void execFileSync('openssl', argv, { stdio: 'pipe', cwd: folder });
  try {
    openssl(
      'req',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-subj',
      `/CN=${name}`,
      '-out',
      request,
    );
    // `openssl x509` can't set both ends of the validity before 3.2; `openssl ca` can, but wants a folder full of files of its own.
    const span = from === undefined || to === undefined ? ['-days', '30'] : null;
    const names = alternatives === undefined ? [] : ['-addext', `subjectAltName=${alternatives}`];
    if (span) openssl('req', '-x509', '-key', key, '-subj', `/CN=${name}`, '-out', cert, ...span, ...names);
    else {
      for (const [file, text] of [
        ['index.txt', ''],
        ['serial', '01\n'],
        [path.basename(extensions), authority(alternatives)],
      ] as const)
        writeFileSync(path.join(folder, file), text);
      openssl(
        'ca',
        '-batch',
        '-config',
        extensions,
        '-selfsign',
        '-keyfile',
        key,
        '-in',
        request,
        '-out',
        cert,
        '-startdate',
        from ?? '',
        '-enddate',
        to ?? '',
        '-notext',
      );
    }
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The least that `openssl ca` is content with. */
function authority(alternatives: string | undefined): string {
  const lines = [
    '[ca]',
    'default_ca = one',
    '[any]',
    'commonName = supplied',
    '[one]',
    'new_certs_dir = .',
    'database = index.txt',
    'serial = serial',
  ];
  lines.push('default_md = sha256', 'policy = any');
  if (alternatives !== undefined) lines.push('x509_extensions = ext', '[ext]', `subjectAltName = ${alternatives}`);
  return `${lines.join('\n')}\n`;
}
