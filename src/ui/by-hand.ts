/** A flow's commands by hand say BACKEND and PORT; on a screen about one backend they name it, ready to be copied. */
import { splitBackend } from '../diagnosis/remedies.ts';

/** What a shell takes for one word and nothing else: the name of a backend may come from a log. */
const harmless = /^[\w.:-]+$/;

/** @param backend `10.0.0.5:8080`, `[2001:db8::1]:80`; null: no single backend is meant */
export function namingBackend(command: string, backend: string | null): string {
  if (backend === null) return command;
  const { host, port } = splitBackend(backend);
  if (port === null || !harmless.test(host) || host.startsWith('-')) return command;
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return command
    .replaceAll('BACKEND:PORT', `${bracketed}:${port}`)
    .replaceAll('Host: BACKEND', `Host: ${bracketed}`)
    .replace(/\bBACKEND\b/g, host)
    .replace(/\bPORT\b/g, port);
}
