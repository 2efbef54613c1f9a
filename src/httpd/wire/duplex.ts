/** An open connection as a stream of node's, for its TLS. Notes the peer's first bytes and how the connection ended beneath the TLS. */
import { Duplex } from 'node:stream';
import type { OpenSocket } from '../../host/host.ts';

export interface Underneath {
  readonly stream: Duplex;
  /** The first bytes that the peer sent, as they came over the wire (at most 16 KiB: a whole flight of a handshake). */
  readonly firstBytes: () => Buffer;
  /** How the connection ended; null while it is open. */
  readonly ending: () => { readonly kind: 'closed' } | { readonly kind: 'reset'; readonly code: string | null } | null;
}

const keptBytes = 16_384;
/** The wait for the next event is cut into pieces of this length, so that a destroyed stream is noticed. */
const pieceMs = 1000;

export function underneath(socket: OpenSocket): Underneath {
  const first: Buffer[] = [];
  let kept = 0;
  let ending: ReturnType<Underneath['ending']> = null;
  let reading = false;

  const pump = async (stream: Duplex): Promise<void> => {
    try {
      while (!stream.destroyed && ending === null) {
        const event = await socket.next(pieceMs);
        if (event === null) continue;
        if (event.kind === 'data') {
          if (kept < keptBytes) {
            first.push(event.bytes.subarray(0, keptBytes - kept));
            kept += event.bytes.length;
          }
          stream.push(event.bytes);
        } else if (event.kind === 'closed') {
          ending = { kind: 'closed' };
          stream.push(null);
        } else {
          ending = { kind: 'reset', code: event.code };
          stream.destroy(Object.assign(new Error('The connection was reset.'), { code: event.code ?? 'ECONNRESET' }));
        }
      }
    } catch (error) {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };

  const stream = new Duplex({
    read() {
      if (reading) return;
      reading = true;
      void pump(this);
    },
    write(chunk: Buffer, _encoding, done) {
      socket.write(chunk);
      done();
    },
  });
  return { stream, firstBytes: () => Buffer.concat(first), ending: () => ending };
}
