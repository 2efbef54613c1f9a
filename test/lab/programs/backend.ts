/**
 * A backend of the lab: a small HTTP/1.1 server that does wrong what its plan says. Run with one argument, the JSON of `Task`; prints
 * `ready` when it listens and ends when its standard input does, so that none outlives the lab.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { BackendPlan, BackendRule, Deed, Moment } from '../world.ts';
import { RequestReader, type Head } from './request-reader.ts';

export interface Task {
  readonly port: number;
  readonly address: string;
  /** Path of a socket in the file system, instead of both. */
  readonly socket: string | null;
  readonly plan: BackendPlan;
  /** Is ready at once, and listens when a line comes on standard input: takes the place of one that died. */
  readonly spare: boolean;
  /** PEM files, where the plan asks for TLS. */
  readonly tls: { readonly key: string; readonly cert: string; readonly ca: string } | null;
}

const task = JSON.parse(process.argv[2] ?? '') as Task;
const { plan } = task;
const matches = new Map<BackendRule, number>();

/** Stops this whole program, as a long garbage collection or one busy thread does. */
function freeze(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function deedFor(head: Head, reused: boolean, idleMs: number): Deed {
  for (const rule of plan.rules ?? []) {
    if (rule.method !== undefined && rule.method !== head.method) continue;
    if (rule.path !== undefined && !head.path.startsWith(rule.path)) continue;
    if (rule.on !== undefined && rule.on !== (reused ? 'reused' : 'fresh')) continue;
    if (idleMs < (rule.afterIdleMs ?? 0)) continue;
    const seen = (matches.get(rule) ?? 0) + 1;
    matches.set(rule, seen);
    if (seen % (rule.every ?? 1) === 0) return rule.deed;
  }
  return { do: 'answer' };
}

function serve(socket: Socket): void {
  socket.on('error', () => socket.destroy());
  if (plan.onConnect === 'reset') return void socket.resetAndDestroy();
  if (plan.onConnect === 'close') return void socket.end();
  if (plan.onConnect === 'nothing') return void socket.resume();
  if (plan.greets !== undefined) {
    socket.write(plan.greets);
    return void socket.resume();
  }
  let requests = 0;
  let answeredAt = Date.now();
  let deed: Deed = { do: 'answer' };
  let head: Head | null = null;
  let done = false;
  let idle: NodeJS.Timeout | undefined;

  const carryOut = (moment: Moment, bodyBytes: number): boolean => {
    if (!('at' in deed) || deed.at !== moment || done) return false;
    if (moment === 'body' && bodyBytes < (deed.afterBytes ?? 1)) return false;
    done = true;
    const { do: what } = deed;
    const act = (): void => {
      if (what === 'reset') socket.resetAndDestroy();
      else if (what === 'close') socket.end();
      else if (moment !== 'end') socket.pause();
    };
    const afterMs = 'afterMs' in deed ? (deed.afterMs ?? 0) : 0;
    if (afterMs === 0) act();
    else setTimeout(act, afterMs);
    return true;
  };

  const answer = (): void => {
    if (socket.destroyed) return;
    if (deed.do === 'say') return void socket.end(deed.text);
    const mine = deed.do === 'answer' ? deed : null;
    answeredAt = Date.now();
    const bytes = mine?.bytes ?? plan.answerBytes ?? 200;
    const status = mine?.status ?? 200;
    const breaks = 'at' in deed && deed.at === 'answer' ? (deed.afterBytes ?? Math.floor(bytes / 2)) : null;
    const close = head?.headers.get('connection')?.toLowerCase() === 'close';
    const fields = [
      `HTTP/1.1 ${status} ${status < 400 ? 'OK' : 'Application error'}`,
      `Date: ${new Date().toUTCString()}`,
      'Content-Type: text/plain',
      `Content-Length: ${bytes}`,
      ...(close ? ['Connection: close'] : []),
    ];
    const body = head?.method === 'HEAD' ? Buffer.alloc(0) : Buffer.alloc(breaks ?? bytes, 'answer. ');
    // In one piece: a head and a body in two packets would wait for the peer's delayed acknowledgement.
    socket.write(Buffer.concat([Buffer.from(`${fields.join('\r\n')}\r\n\r\n`), body]), () => {
      if (breaks !== null) carryOut('answer', 0);
      else if (close) socket.end();
    });
    if (breaks === null && !close && plan.keepAliveSeconds !== undefined) {
      idle = setTimeout(() => socket.destroy(), plan.keepAliveSeconds * 1000);
    }
  };

  const reader = new RequestReader({
    head(next) {
      clearTimeout(idle);
      head = next;
      deed = deedFor(next, requests > 0, Date.now() - answeredAt);
      requests += 1;
      if (deed.do === 'die') process.exit(70);
      carryOut('head', 0);
    },
    body: (bytes) => void carryOut('body', bytes),
    end() {
      if (done || carryOut('end', 0)) return;
      if (plan.busyMs !== undefined) freeze(plan.busyMs);
      const afterMs = (deed.do === 'answer' ? deed.afterMs : undefined) ?? plan.answerAfterMs ?? 0;
      if (afterMs === 0) answer();
      else setTimeout(answer, afterMs);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    if (done) return;
    try {
      reader.feed(chunk);
    } catch {
      // TLS where HTTP is spoken, most likely: servers say so and close.
      done = true;
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    }
  });
  socket.on('end', () => socket.end());
}

function open(): Server {
  if (plan.tls === undefined || task.tls === null) return createServer({ allowHalfOpen: true, noDelay: true }, serve);
  const version = plan.tls.protocol;
  return createTlsServer(
    {
      key: readFileSync(task.tls.key),
      cert: readFileSync(task.tls.cert),
      ...(version === undefined ? {} : { minVersion: version, maxVersion: version }),
      ...(plan.tls.asksForClientCertificate === true ? { requestCert: true, rejectUnauthorized: true, ca: readFileSync(task.tls.ca) } : {}),
    },
    serve,
  ).on('tlsClientError', () => {});
}

const ready = (): void => void process.stdout.write('ready\n');
const listen = (then: () => void): void => void open().listen({ ...(task.socket === null ? { port: task.port, host: task.address } : { path: task.socket }), backlog: plan.backlog ?? 511 }, then);
if (task.spare) {
  process.stdin.once('data', () => listen(() => {}));
  ready();
} else listen(ready);
if (plan.pauses !== undefined) {
  const { everyMs, forMs } = plan.pauses;
  // After the loop's look at its sockets: the timers that ran out meanwhile come first when it wakes, then the requests.
  setInterval(() => setImmediate(freeze, forMs), everyMs + forMs);
}
process.stdin.on('end', () => process.exit(0)).resume();
