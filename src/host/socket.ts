/**
 * A connection that stays open for a conversation, from either side: a socket of our own here, a small program at a vantage.
 * It is ended with a reset where the peer has not closed first (see local-connect.ts for why).
 */
import net from 'node:net';
import { CouldNot } from '../checks/check.ts';
import { connectOutcome } from './connect-outcome.ts';
import type { Host, OpenOptions, OpenResult, OpenSocket, SocketEvent } from './host.ts';
import { startCommand } from './start.ts';
import { errnoOfText } from './strerror.ts';
import { bashTunnel, perlTunnel, pythonTunnel } from './tunnel-programs.ts';

/** Time for a program to start at a vantage, over a slow ssh. */
const startMs = 10_000;
/** No conversation of ours lasts longer. */
const conversationMs = 120_000;

const tunnels = [
  { command: 'python3', argv: ['python3', '-c', pythonTunnel] },
  { command: 'perl', argv: ['perl', '-e', perlTunnel] },
  { command: 'python', argv: ['python', '-c', pythonTunnel] },
  { command: 'bash', argv: ['bash', '-c', bashTunnel, 'bash'] },
] as const;

/** Opens a connection from that side. @throws {CouldNot} skipped, where a vantage has no tool for it. Rejects on abort. */
export async function openSocket(host: Host, address: string, port: number, options: OpenOptions): Promise<OpenResult> {
  options.signal?.throwIfAborted();
  if (host.openSocket) return host.openSocket(address, port, options);
  if (host.vantage.length === 0) return openHere(address, port, options);
  for (const { command, argv } of tunnels) {
    if (await host.has(command)) return openThrough(host, argv, address, port, options);
  }
  throw new CouldNot(
    'skipped',
    'There is no tool on that side to hold a connection with (python3, perl or bash).',
    'Install python3 or perl there, or run proxy-doctor on that machine.',
  );
}

/** Events as they come, for one reader. */
function inbox(signal: AbortSignal | undefined) {
  const events: SocketEvent[] = [];
  let over = false;
  let wake: (() => void) | null = null;
  return {
    put: (event: SocketEvent): void => {
      if (over) return;
      over = event.kind !== 'data';
      events.push(event);
      wake?.();
    },
    over: () => over,
    next: async (timeoutMs: number): Promise<SocketEvent | null> => {
      signal?.throwIfAborted();
      if (events.length === 0 && !over) {
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer);
            signal?.removeEventListener('abort', done);
            resolve();
          };
          const timer = setTimeout(done, Math.max(0, timeoutMs));
          signal?.addEventListener('abort', done);
          wake = done;
        });
        wake = null;
        signal?.throwIfAborted();
      }
      return events.shift() ?? null;
    },
  };
}

function openHere(address: string, port: number, { timeoutMs, signal }: OpenOptions): Promise<OpenResult> {
  return new Promise((resolve, reject) => {
    const box = inbox(signal);
    const socket = net.connect({ host: address, port, autoSelectFamily: false, allowHalfOpen: true, noDelay: true });
    let connected = false;
    const close = (): void => {
      // After the peer's FIN the TIME_WAIT is the peer's, and a close in order costs nothing.
      if (box.over()) socket.destroy();
      else socket.resetAndDestroy();
    };
    const abort = (): void => {
      clearTimeout(timer);
      if (connected) close();
      else socket.destroy();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      resolve({ outcome: 'timed-out', code: null, socket: null });
    }, timeoutMs);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const code = error.code ?? null;
      if (connected) box.put({ kind: 'reset', code, at: performance.now() });
      else {
        signal?.removeEventListener('abort', abort);
        const outcome = connectOutcome(code, false);
        resolve({ outcome: outcome === 'connected' ? 'failed' : outcome, code, socket: null });
      }
    });
    socket.on('connect', () => {
      connected = true;
      clearTimeout(timer);
      socket.on('data', (bytes: Buffer) => box.put({ kind: 'data', bytes, at: performance.now() }));
      socket.on('end', () => box.put({ kind: 'closed', at: performance.now() }));
      const open: OpenSocket = {
        address,
        port,
        localPort: socket.localPort ?? null,
        write: (bytes) => {
          socket.write(bytes);
        },
        next: box.next,
        close: () => {
          signal?.removeEventListener('abort', abort);
          close();
        },
      };
      resolve({ outcome: 'connected', code: null, socket: open });
    });
  });
}

async function openThrough(
  host: Host,
  program: readonly string[],
  address: string,
  port: number,
  { timeoutMs, signal }: OpenOptions,
): Promise<OpenResult> {
  const command = await startCommand(host, [...program, address, String(port), String(timeoutMs)], {
    timeLimitMs: conversationMs,
    ...(signal === undefined ? {} : { signal }),
  });
  const box = inbox(signal);
  let endedAt: number | null = null;
  const word = (name: string): string | null => new RegExp(`^${name}(?: (.*))?$`, 'm').exec(command.complaints())?.[1] ?? null;
  const said = (name: string): boolean => new RegExp(`^${name}(?: |$)`, 'm').test(command.complaints());
  command.onComplaint(() => {
    if (said('ended')) endedAt ??= performance.now();
  });
  void readAll(command.output, box.put).then(async () => {
    await command.ended;
    const how = word('ended');
    const at = endedAt ?? performance.now();
    box.put(how === 'closed' ? { kind: 'closed', at } : { kind: 'reset', code: how, at });
  });

  const first = await new Promise<'connected' | 'timer' | 'other'>((resolve) => {
    const timer = setTimeout(() => resolve('timer'), timeoutMs + startMs);
    const look = (): void => {
      if (!said('connected') && !said('failed') && !said('timer')) return;
      clearTimeout(timer);
      resolve(said('connected') ? 'connected' : said('timer') ? 'timer' : 'other');
    };
    command.onComplaint(look);
    void command.ended.then(() => {
      look();
      clearTimeout(timer);
      resolve('other');
    });
  });
  signal?.throwIfAborted();
  if (first !== 'connected') {
    command.endInput();
    command.stop();
    const code = word('failed') ?? errnoOfText(command.complaints());
    const outcome = connectOutcome(code, first === 'timer');
    return { outcome: outcome === 'connected' ? 'failed' : outcome, code, socket: null };
  }
  return {
    outcome: 'connected',
    code: null,
    socket: {
      address,
      port,
      localPort: Number(word('connected')) || null,
      write: command.write,
      next: box.next,
      close: command.endInput,
    },
  };
}

async function readAll(output: AsyncIterable<Buffer>, put: (event: SocketEvent) => void): Promise<void> {
  try {
    for await (const bytes of output) put({ kind: 'data', bytes, at: performance.now() });
  } catch {
    // The program was ended; `ended` tells how.
  }
}
