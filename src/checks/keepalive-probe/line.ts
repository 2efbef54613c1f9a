/** One connection of the probe: asks, waits idle while it listens for the backend's close, and notes what became of it. */
import type { OpenSocket } from '../../host/host.ts';
import type { Ask, Told } from '../../httpd/wire/conversation.ts';
import { ask } from '../../httpd/wire/conversation.ts';
import type { Rung } from './facts.ts';

export interface Line {
  /** Seconds since its last answer. */
  readonly idle: () => number;
  /** Can another request be sent: not closed, and the backend has not said that it will close. */
  readonly open: () => boolean;
  /** Sends a request and reads the answer. */
  readonly ask: (timeoutMs: number) => Promise<Told>;
  /** Waits until it has been idle for `seconds`, or ends by itself: then the rung that says so. */
  readonly wait: (seconds: number) => Promise<Rung | null>;
  /** Asks again, and says what became of the reused connection. */
  readonly reuse: (timeoutMs: number) => Promise<Rung>;
  readonly close: () => void;
}

export function line(socket: OpenSocket, request: Ask): Line {
  let last = performance.now();
  let open = true;
  let closed = false;

  const idle = (at = performance.now()): number => Math.round((at - last) / 10) / 100;
  const one: Line = {
    idle,
    open: () => open,
    ask: async (timeoutMs) => {
      const told = await ask(socket, request, timeoutMs);
      last = performance.now();
      open = told.open && told.outcome === 'answered';
      return told;
    },
    wait: async (seconds) => {
      for (;;) {
        const left = seconds * 1000 - (performance.now() - last);
        if (left <= 0) return null;
        const event = await socket.next(left);
        if (event === null) return null;
        // Bytes that nobody asked for (a late piece, a 408 before a close) are no end.
        if (event.kind === 'data') continue;
        open = false;
        return { seconds: idle(event.at), outcome: event.kind, byItself: true };
      }
    },
    reuse: async (timeoutMs) => {
      const seconds = idle();
      const told = await one.ask(timeoutMs);
      return { seconds, outcome: becameOf(told) };
    },
    close: () => {
      open = false;
      if (!closed) socket.close();
      closed = true;
    },
  };
  return one;
}

function becameOf(told: Told): Rung['outcome'] {
  switch (told.outcome) {
    // Whatever came, the connection carried it.
    case 'answered':
    case 'not-http':
    case 'too-long':
      return 'reused';
    case 'closed':
      return 'closed';
    case 'reset':
      return 'reset';
    case 'cut':
      return told.code === null ? 'closed' : 'reset';
    case 'no-answer':
    case 'stalled':
      return 'no-answer';
  }
}
