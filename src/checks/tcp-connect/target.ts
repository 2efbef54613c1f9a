/** The host and port that a check of one backend is about, from its subject or from `--backend`. Pure; shared by the checks of connects. */
import type { Known } from '../check.ts';
import { parseEndpoint, type Endpoint } from '../../httpd/wire/endpoint.ts';

export type NotReady = { readonly ready: false; readonly reason: string; readonly remedy: string };

export function backendOf(known: Known): ({ readonly ready: true } & Endpoint) | NotReady {
  const backend = known.subject?.backend ?? known.inputs.backends[0] ?? null;
  if (backend === null) return { ready: false, reason: 'No backend is known.', remedy: 'Name it with --backend HOST:PORT.' };
  if (backend.startsWith('unix:')) {
    return {
      ready: false,
      reason: `${backend} is a socket in the file system: there is no network between proxy and backend.`,
      remedy: 'See whether its program runs, and whether httpd may open the socket (ls -l, ss -lxp).',
    };
  }
  const endpoint = parseEndpoint(backend);
  if (endpoint === null) {
    return { ready: false, reason: `${backend} names no port.`, remedy: 'Name the backend with its port: --backend HOST:PORT.' };
  }
  return { ready: true, ...endpoint };
}

/** Path of the socket, of a backend in the file system (`unix:/run/app.sock`); null: it is reached over TCP, or none is known. */
export function socketOf(known: Known): string | null {
  const backend = known.subject?.backend ?? known.inputs.backends[0] ?? '';
  return backend.startsWith('unix:/') ? backend.slice('unix:'.length) : null;
}

/** With --offline this machine is not the proxy, unless a vantage leads there. */
export function whyNotFromHere(known: Known): NotReady | null {
  const { offline, via } = known.inputs;
  if (!offline || via.proxy !== null) return null;
  return {
    ready: false,
    reason: 'The logs come from elsewhere (--offline): what this machine can reach says nothing of the proxy.',
    remedy: 'Run it on the proxy, or say how to get there: --via proxy="ssh PROXY".',
  };
}

/** `--passive`: nothing is sent to any backend. */
export function whyNotSend(known: Known): NotReady | null {
  return known.inputs.passive
    ? { ready: false, reason: 'Nothing is sent to backends with --passive.', remedy: 'Leave --passive out.' }
    : whyNotFromHere(known);
}
