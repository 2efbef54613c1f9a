/** Asks httpd's own status page once, over loopback or the address it listens on; never a backend. */
import type { Host } from '../../host/host.ts';
import { openSocket } from '../../host/socket.ts';
import { requestBytes } from '../../httpd/wire/conversation.ts';
import { CouldNot } from '../check.ts';
import type { Parameters } from './parameters.ts';

/** With all workers busy nobody answers: the answer is then that there is none. */
const limitMs = 1500;
const mostBytes = 256 * 1024;

export interface StatusPage {
  /** Null: it could not be had; `how` says why. */
  readonly text: string | null;
  readonly how: string;
}

export async function askStatusPage(host: Host, page: NonNullable<Parameters['statusPage']>, signal: AbortSignal): Promise<StatusPage> {
  const where = `http://${page.address}:${page.port}${page.path}?auto`;
  try {
    const opened = await openSocket(host, page.address, page.port, { timeoutMs: limitMs, signal });
    if (opened.socket === null) return { text: null, how: `${where}: ${opened.outcome}` };
    const { socket } = opened;
    try {
      socket.write(requestBytes({ method: 'GET', target: `${page.path}?auto`, host: page.host, close: true }));
      const end = performance.now() + limitMs;
      let text = '';
      while (text.length < mostBytes) {
        const event = await socket.next(Math.max(1, end - performance.now()));
        if (event === null) return { text: null, how: `${where}: no answer within ${limitMs / 1000} s` };
        if (event.kind !== 'data') break;
        text += event.bytes.toString('latin1');
      }
      const status = /^HTTP\/\d\.\d (\d{3})/.exec(text)?.[1];
      return status === '200' ? { text, how: where } : { text: null, how: `${where}: status ${status ?? 'none'}` };
    } finally {
      socket.close();
    }
  } catch (error) {
    if (error instanceof CouldNot) return { text: null, how: `${where}: ${error.message}` };
    throw error;
  }
}
