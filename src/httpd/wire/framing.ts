/** How long the body after a head is, and whether the connection is kept after it (RFC 9112, sections 6.3 and 9.3). */
import type { Head } from './head.ts';

export type Body =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Ends with the connection: whole only when that ended with a FIN. */
  | { readonly kind: 'until-close' }
  /** What follows is no HTTP any more (101, CONNECT). */
  | { readonly kind: 'tunnel' };

/** Body of a request, or of the response to a request with `method`. */
export function bodyAfter(head: Head, method: string): Body {
  if (head.kind === 'response') {
    if (head.status === 101) return { kind: 'tunnel' };
    if (isInterim(head) || head.status === 204 || head.status === 304 || method === 'HEAD') return { kind: 'none' };
    if (method === 'CONNECT' && head.status < 300) return { kind: 'tunnel' };
  }
  const coding = head.fields.get('transfer-encoding');
  if (coding !== undefined) {
    if (/(^|,)\s*chunked\s*$/i.test(coding)) return { kind: 'chunked' };
    return head.kind === 'response' ? { kind: 'until-close' } : { kind: 'none' };
  }
  const length = contentLength(head.fields.get('content-length'));
  if (length !== null) return length === 0 ? { kind: 'none' } : { kind: 'length', bytes: length };
  return head.kind === 'response' ? { kind: 'until-close' } : { kind: 'none' };
}

/** 100, 102, 103 …: another response follows. */
export function isInterim(head: Head): boolean {
  return head.status >= 100 && head.status < 200 && head.status !== 101;
}

function contentLength(value: string | undefined): number | null {
  if (value === undefined) return null;
  // Repeated equal values are one value (RFC 9112, 6.3); anything else is no length that could be trusted.
  const values = new Set(value.split(',').map((part) => part.trim()));
  const [only] = values;
  if (values.size !== 1 || only === undefined || !/^\d{1,15}$/.test(only)) return null;
  return Number(only);
}

/** Does the sender of this response mean to keep the connection open after it? */
export function keepsOpen(head: Head, body: Body): boolean {
  if (body.kind === 'until-close' || body.kind === 'tunnel') return false;
  const connection = (head.fields.get('connection') ?? '').toLowerCase().split(',');
  const says = (word: string): boolean => connection.some((part) => part.trim() === word);
  if (says('close')) return false;
  return head.version >= 11 || says('keep-alive');
}

/** `Keep-Alive: timeout=5, max=100`: what a backend announces; nulls where it says nothing. Seconds and requests. */
export function announcedKeepAlive(head: Head): { readonly timeoutSeconds: number | null; readonly max: number | null } {
  const value = head.fields.get('keep-alive') ?? '';
  const number = (name: string): number | null => {
    const found = new RegExp(`(?:^|[,;\\s])${name}\\s*=\\s*"?(\\d{1,9})`, 'i').exec(value);
    return found ? Number(found[1]) : null;
  };
  return { timeoutSeconds: number('timeout'), max: number('max') };
}
