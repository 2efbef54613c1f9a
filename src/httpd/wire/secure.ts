/** TLS on an open connection, with the same face: what a probe of an https backend talks through. Judges no certificate. */
import tls from 'node:tls';
import type { OpenSocket, SocketEvent } from '../../host/host.ts';
import { underneath } from './duplex.ts';

export type Secured =
  | { readonly ok: true; readonly socket: OpenSocket }
  /** `code`: node's or the system's symbol (`ECONNRESET`, `ERR_SSL_WRONG_VERSION_NUMBER`); null: closed, or no answer in time. */
  | { readonly ok: false; readonly code: string | null; readonly ended: 'closed' | 'reset' | 'no-answer' | 'refused' };

/** @param serverName for SNI; null for an address (RFC 6066 knows names only). */
export function secure(socket: OpenSocket, serverName: string | null, timeoutMs: number): Promise<Secured> {
  const below = underneath(socket);
  return new Promise((resolve) => {
    const events: SocketEvent[] = [];
    let wake: (() => void) | null = null;
    let over = false;
    const put = (event: SocketEvent): void => {
      if (over) return;
      over = event.kind !== 'data';
      events.push(event);
      wake?.();
    };
    let shaken = false;
    const end = (code: string | null, ended: 'closed' | 'reset' | 'no-answer' | 'refused'): void => {
      clearTimeout(timer);
      if (shaken) put(ended === 'closed' ? { kind: 'closed', at: performance.now() } : { kind: 'reset', code, at: performance.now() });
      else {
        below.stream.destroy();
        socket.close();
        resolve({ ok: false, code, ended });
      }
    };
    const timer = setTimeout(() => end(null, 'no-answer'), timeoutMs);
    const conversation = tls.connect({
      socket: below.stream,
      rejectUnauthorized: false,
      ...(serverName === null ? {} : { servername: serverName }),
    });
    conversation.on('error', (error: NodeJS.ErrnoException) => {
      const ending = below.ending();
      if (ending?.kind === 'reset') end(ending.code, 'reset');
      else end(error.code ?? null, ending === null ? 'refused' : 'closed');
    });
    conversation.on('end', () => end(null, 'closed'));
    conversation.on('close', () => end(null, 'closed'));
    conversation.on('data', (bytes: Buffer) => put({ kind: 'data', bytes, at: performance.now() }));
    conversation.on('secureConnect', () => {
      shaken = true;
      clearTimeout(timer);
      resolve({
        ok: true,
        socket: {
          address: socket.address,
          port: socket.port,
          localPort: socket.localPort,
          write: (bytes) => {
            conversation.write(bytes);
          },
          next: async (limitMs) => {
            if (events.length === 0 && !over) {
              await new Promise<void>((done) => {
                const limit = setTimeout(done, Math.max(0, limitMs));
                wake = () => {
                  clearTimeout(limit);
                  done();
                };
              });
              wake = null;
            }
            return events.shift() ?? null;
          },
          close: () => {
            below.stream.destroy();
            socket.close();
          },
        },
      });
    });
  });
}
