/** Opens a connection to a target as the proxy would: the first address that accepts, over TLS where the backend's scheme says so. */
import { isIP } from 'node:net';
import { CouldNot } from '../check.ts';
import type { ConnectResult, Host, OpenSocket } from '../../host/host.ts';
import { openSocket } from '../../host/socket.ts';
import { secure } from '../../httpd/wire/secure.ts';
import type { Target } from './target.ts';

export type Dialled =
  | { readonly kind: 'open'; readonly socket: OpenSocket }
  /** No TCP connection. */
  | { readonly kind: 'not-connected'; readonly outcome: Exclude<ConnectResult['outcome'], 'connected'>; readonly code: string | null }
  /** Connected, then lost in the handshake: closed, reset, silent, or refused with a TLS error (`code`). */
  | { readonly kind: 'no-handshake'; readonly ended: 'closed' | 'reset' | 'no-answer' | 'refused'; readonly code: string | null };

export interface DialOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Addresses of the target: those that are known, else as that side resolves the name. @throws {CouldNot} where there is none. */
export async function addressesFor(host: Host, target: Target): Promise<readonly string[]> {
  if (target.addresses.length > 0) return target.addresses;
  if (isIP(target.host) !== 0) return [target.host];
  const { addresses, code } = await host.resolve(target.host);
  if (addresses.length > 0) return addresses;
  throw new CouldNot(
    'skipped',
    `${target.host} does not resolve (${code ?? 'no address'}).`,
    `proxy-doctor check dns ${target.host}:${target.port}`,
  );
}

export async function dial(host: Host, target: Target, addresses: readonly string[], options: DialOptions): Promise<Dialled> {
  let failure: Dialled = { kind: 'not-connected', outcome: 'failed', code: null };
  for (const address of addresses) {
    const opened = await openSocket(host, address, target.port, options);
    if (opened.socket === null) {
      failure = { kind: 'not-connected', outcome: opened.outcome, code: opened.code };
      continue;
    }
    if (!target.secure) return { kind: 'open', socket: opened.socket };
    const secured = await secure(opened.socket, isIP(target.serverName) === 0 ? target.serverName : null, options.timeoutMs);
    options.signal.throwIfAborted();
    return secured.ok ? { kind: 'open', socket: secured.socket } : { kind: 'no-handshake', ended: secured.ended, code: secured.code };
  }
  return failure;
}
