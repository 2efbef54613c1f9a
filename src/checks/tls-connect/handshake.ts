/** One TLS handshake over an open connection, and everything that can be seen of it. */
import { isIP } from 'node:net';
import tls from 'node:tls';
import type { OpenSocket } from '../../host/host.ts';
import { underneath } from '../../httpd/wire/duplex.ts';
import type { Seen } from './judge.ts';
import type { ServerFlight } from './records.ts';
import { readServerFlight } from './records.ts';
import type { Version } from './settings.ts';

/** A server that asks for a client certificate in TLS 1.3 says so only after the handshake, as soon as it has read our answer. */
const afterMs = 400;

export interface Offer {
  readonly serverName: string;
  readonly min: Version;
  readonly max: Version;
  /** Ciphers that current OpenSSL leaves out. */
  readonly old: boolean;
  /** Certificates of authorities (PEM) to judge the chain by; null: not judged. */
  readonly authorities: readonly string[] | null;
  readonly timeoutMs: number;
}

export interface Shaken {
  readonly ended: 'ok' | 'refused' | 'closed' | 'reset' | 'no-answer';
  /** Node's or the system's symbol: `ERR_SSL_…`, `ECONNRESET`. */
  readonly code: string | null;
  /** The handshake was done, and the connection ended right after it. */
  readonly afterwards: boolean;
  readonly protocol: string | null;
  readonly cipher: string | null;
  readonly seen: Seen | null;
  readonly flight: ServerFlight;
  readonly firstBytes: Buffer;
}

/** Never rejects; closes the connection. */
export function handshake(socket: OpenSocket, offer: Offer): Promise<Shaken> {
  const below = underneath(socket);
  return new Promise((resolve) => {
    let done = false;
    let shaken = false;
    let seen: Seen | null = null;
    let protocol: string | null = null;
    let cipher: string | null = null;
    const finish = (ended: Shaken['ended'], code: string | null): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      const firstBytes = below.firstBytes();
      below.stream.destroy();
      socket.close();
      resolve({
        ended,
        code,
        afterwards: shaken && ended !== 'ok',
        protocol,
        cipher,
        seen,
        flight: readServerFlight(firstBytes),
        firstBytes,
      });
    };
    const lost = (code: string | null): void => {
      const ending = below.ending();
      if (ending?.kind === 'reset') finish('reset', ending.code);
      else if (code !== null && code !== 'ECONNRESET') finish('refused', code);
      else finish('closed', null);
    };
    let timer = setTimeout(() => finish('no-answer', null), offer.timeoutMs);
    const conversation = tls.connect({
      socket: below.stream,
      rejectUnauthorized: false,
      minVersion: offer.min,
      maxVersion: offer.max,
      ...(offer.old ? { ciphers: 'ALL:@SECLEVEL=0' } : {}),
      ...(isIP(offer.serverName) === 0 ? { servername: offer.serverName } : {}),
      ...(offer.authorities === null ? {} : { ca: [...offer.authorities] }),
    });
    conversation.on('error', (error: NodeJS.ErrnoException) => lost(error.code ?? null));
    conversation.on('end', () => lost(null));
    conversation.on('close', () => lost(null));
    conversation.on('data', () => finish('ok', null));
    conversation.on('secureConnect', () => {
      shaken = true;
      protocol = conversation.getProtocol();
      cipher = conversation.getCipher().name;
      seen = seenOf(conversation, offer.authorities !== null);
      clearTimeout(timer);
      timer = setTimeout(() => finish('ok', null), afterMs);
    });
  });
}

function seenOf(conversation: tls.TLSSocket, judged: boolean): Seen | null {
  const peer = conversation.getPeerX509Certificate();
  if (peer === undefined) return null;
  const names = alternatives(peer.subjectAltName ?? '');
  const subject = oneLine(peer.subject);
  const error = conversation.authorizationError as unknown;
  return {
    certificate: {
      subject,
      issuer: oneLine(peer.issuer),
      names: names.map(({ value }) => value),
      from: new Date(peer.validFrom).toISOString(),
      to: new Date(peer.validTo).toISOString(),
      selfSigned: peer.checkIssued(peer),
    },
    matchable: [...new Set([...names.filter(({ kind }) => kind === 'DNS').map(({ value }) => value), ...commonNames(peer.subject)])],
    chainError: !judged || conversation.authorized ? null : error instanceof Error ? error.message : String(error ?? 'not verified'),
  };
}

/** `DNS:app.example, IP Address:127.0.0.1`; values with commas are quoted by node. */
function alternatives(text: string): { readonly kind: string; readonly value: string }[] {
  return [...text.matchAll(/([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(([, kind = '', value = '']) => ({
    kind: kind.trim(),
    value: value.replace(/^"|"$/g, '').trim(),
  }));
}

function commonNames(subject: string): string[] {
  return [...(subject ?? '').matchAll(/^CN=(.*)$/gm)].map(([, name = '']) => name);
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
