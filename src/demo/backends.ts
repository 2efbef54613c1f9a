/** Small faulty backends on a loopback port, for rehearsals: each shows one trouble and nothing else. */
import { createServer, type Server, type Socket } from 'node:net';

export type Behaviour =
  /** Nothing listens. */
  | 'none'
  | 'good'
  /** Resets as soon as a request has begun to arrive. */
  | 'resets'
  /** Accepts, reads, never answers. */
  | 'stalls'
  /** Answers, and closes an idle connection after two seconds. */
  | 'closes-idle';

export interface Backend {
  readonly port: number;
  readonly close: () => Promise<void>;
}

const idleMs = 2000;

export async function startBackend(behaviour: Behaviour): Promise<Backend> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket, behaviour);
  });
  const port = await listen(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  if (behaviour === 'none') {
    await close();
    return { port, close: () => Promise.resolve() };
  }
  return { port, close };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
}

function serve(socket: Socket, behaviour: Behaviour): void {
  let received = '';
  socket.on('data', (bytes) => {
    if (behaviour === 'resets') {
      socket.resetAndDestroy();
      return;
    }
    if (behaviour === 'stalls') return;
    received += bytes.toString('latin1');
    // Requests of a rehearsal have no body: a blank line ends each.
    while (received.includes('\r\n\r\n')) {
      const head = received.startsWith('HEAD ');
      received = received.slice(received.indexOf('\r\n\r\n') + 4);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n${head ? '' : 'ok\n'}`);
    }
    if (behaviour === 'closes-idle') {
      socket.setTimeout(idleMs, () => socket.end());
    }
  });
}
