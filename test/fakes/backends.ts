/** Backends with one fault each, on a loopback port of their own. They read requests without a body and answer each with `body`. */
import net from 'node:net';
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

  const server = net.createServer((socket) => {
    if (!behaviour.secure) {
      serve(socket);
      return;
    }
    socket.on('error', () => {});
    const shaken = new tls.TLSSocket(socket, { ...behaviour.secure, isServer: true });
    serve(shaken);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    connections: () => connections,
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
