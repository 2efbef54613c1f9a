/** The rehearsals: a backend's behaviour, and two hours of log that fit it. */
import type { Behaviour } from './backends.ts';
import type { Request } from './log-writer.ts';

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly behaviour: Behaviour;
  /** The diagnosis that it rehearses. */
  readonly teaches: string;
  /** Requests of the last two hours. @param now ms since the epoch @param random 0..1, seeded */
  readonly requests: (now: number, backend: string, random: () => number) => Request[];
}

const minute = 60_000;
const hours = 2 * 60 * minute;
const host = (backend: string): string => backend.replace(/:\d+$/, '');
const client = (random: () => number): string => `198.51.100.${1 + Math.floor(random() * 60)}`;
const paths = ['/', '/shop', '/shop/cart', '/api/items', '/static/app.js', '/login'];

function good(at: number, random: () => number): Request {
  const path = paths[Math.floor(random() * paths.length)] ?? '/';
  return { at, method: path === '/login' ? 'POST' : 'GET', path, status: 200, durationMs: 4 + random() * 30, client: client(random) };
}

function refused(at: number, backend: string, random: () => number): Request {
  return {
    ...good(at, random),
    status: 503,
    durationMs: 0.6,
    errors: [
      { module: 'proxy', errno: '(111)Connection refused', text: `AH00957: http: attempt to connect to ${backend} (${backend}) failed`, withClient: false },
      { module: 'proxy_http', errno: null, text: `AH01114: HTTP: failed to make connection to backend: ${host(backend)}`, withClient: true },
    ],
  };
}

function statusLine(request: Request, backend: string, errno: string): Request {
  return {
    ...request,
    status: 502,
    errors: [
      { module: 'proxy_http', errno, text: `AH01102: error reading status line from remote server ${backend}`, withClient: true },
      { module: 'proxy', errno: null, text: `AH00898: Error reading from remote server returned by ${request.path}`, withClient: true },
    ],
  };
}

/** Times with exponential gaps. @param perMinute mean rate */
function times(from: number, to: number, perMinute: number, random: () => number): number[] {
  const all: number[] = [];
  for (let at = from; at < to; at += -Math.log(1 - random()) * (minute / perMinute)) all.push(at);
  return all;
}

export const scenarios: readonly Scenario[] = [
  {
    id: 'backend-down',
    title: 'The backend’s service has stopped twenty minutes ago',
    behaviour: 'none',
    teaches: 'backend-not-running',
    requests: (now, backend, random) => {
      const stopped = now - 20 * minute;
      return times(now - hours, now, 15, random).map((at) => (at < stopped ? good(at, random) : refused(at, backend, random)));
    },
  },
  {
    id: 'overload',
    title: 'Bursts of requests overflow the backend’s accept queue',
    behaviour: 'good',
    teaches: 'backend-overloaded',
    requests: (now, backend, random) => {
      const bursts = [0.1, 0.24, 0.37, 0.52, 0.66, 0.81, 0.97].map((share) => now - hours + share * hours);
      const quiet = times(now - hours, now, 8, random).map((at) => good(at, random));
      const busy = bursts.flatMap((at) => times(at, Math.min(now, at + minute), 160, random).map((one) => (random() < 0.55 ? refused(one, backend, random) : good(one, random))));
      return [...quiet, ...busy];
    },
  },
  {
    id: 'crash',
    title: 'The backend dies while it handles uploads',
    behaviour: 'resets',
    teaches: 'backend-crashed',
    requests: (now, backend, random) =>
      times(now - hours, now, 12, random).map((at, index) => {
        if (index % 9 !== 0) return good(at, random);
        const upload: Request = { at, method: 'POST', path: `/upload/${1000 + index}`, status: 200, durationMs: 1500 + random() * 2500, client: client(random) };
        return statusLine(upload, backend, '(104)Connection reset by peer');
      }),
  },
  {
    id: 'stall',
    title: 'One report takes longer than the proxy waits',
    behaviour: 'stalls',
    teaches: 'backend-stalled',
    requests: (now, backend, random) =>
      times(now - hours, now - minute, 12, random).map((at, index) => {
        if (index % 14 !== 0) return good(at, random);
        const slow: Request = { at, method: 'GET', path: `/reports/${200 + index}/full`, status: 200, durationMs: 60_000 + random() * 40, client: client(random) };
        return statusLine(slow, backend, '(70007)The timeout specified has expired');
      }),
  },
  {
    id: 'keepalive',
    title: 'The backend closes idle connections before the proxy does',
    behaviour: 'closes-idle',
    teaches: 'keepalive-race',
    requests: (now, backend, random) =>
      times(now - hours, now, 12, random).map((at) => {
        const request = good(at, random);
        return random() < 0.02 ? statusLine({ ...request, durationMs: 0.4 + random() }, backend, '(20014)Internal error (specific information not available)') : request;
      }),
  },
  {
    id: 'healthy',
    title: 'Nothing is wrong: what that looks like',
    behaviour: 'good',
    teaches: 'no-proxy-errors',
    requests: (now, _backend, random) => times(now - hours, now, 12, random).map((at) => good(at, random)),
  },
];
