/**
 * One connect with a socket of our own, over TCP or to a socket in the file system (which knows no reset and no TIME_WAIT).
 *
 * How it closes: the end that closes first keeps the connection in TIME_WAIT for a minute, and with it one of the local ports that
 * the proxy may be short of. So a connection that the peer has not closed is ended with a reset (SO_LINGER of zero), which leaves
 * nothing at either end; load balancers end their plain TCP health checks in the same way, so backends are used to it. Where
 * the peer has closed first, the TIME_WAIT is the peer's, and we close in the ordinary way.
 */
import net from 'node:net';
import type { ConnectAttempt, ConnectResult } from './host.ts';
import { connectOutcome } from './connect-outcome.ts';

export function connectOnce(attempt: ConnectAttempt, timeoutMs: number, signal: AbortSignal | undefined): Promise<ConnectResult> {
  const { address, port, lingerMs = 0 } = attempt;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const startedAt = performance.now();
    const elapsed = () => Math.round((performance.now() - startedAt) * 1000) / 1000;
    let connectedAfter: number | null = null;
    let localPort: number | null = null;
    const file = address.startsWith('/');
    const socket = net.connect(file ? { path: address, allowHalfOpen: true } : { host: address, port, autoSelectFamily: false, allowHalfOpen: true });
    const end = () => (file ? socket.destroy() : socket.resetAndDestroy());
    const finish = (result: Pick<ConnectResult, 'outcome' | 'code' | 'afterwards'>) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      resolve({ address, latencyMs: connectedAfter ?? elapsed(), localPort, ...result });
    };
    const abort = () => {
      clearTimeout(timer);
      if (connectedAfter === null) socket.destroy();
      else end();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    let timer = setTimeout(() => {
      socket.destroy();
      finish({ outcome: 'timed-out', code: null, afterwards: null });
    }, timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? null;
      if (connectedAfter === null) finish({ outcome: connectOutcome(code, false), code, afterwards: null });
      else finish({ outcome: 'connected', code: null, afterwards: code === 'ECONNRESET' ? 'reset' : 'closed' });
    });
    const leave = (afterwards: ConnectResult['afterwards']) => {
      end();
      finish({ outcome: 'connected', code: null, afterwards });
    };
    socket.on('connect', () => {
      connectedAfter = elapsed();
      localPort = socket.localPort ?? null;
      clearTimeout(timer);
      if (lingerMs <= 0) {
        leave(null);
        return;
      }
      timer = setTimeout(() => leave('silent'), lingerMs);
      socket.once('data', () => leave('sent'));
      socket.once('end', () => {
        socket.end();
        finish({ outcome: 'connected', code: null, afterwards: 'closed' });
      });
    });
  });
}
