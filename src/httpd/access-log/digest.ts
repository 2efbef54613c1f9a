/** What counting needs of a line, as numbers: texts become hashes, so that a line that is like those before it is never made into strings. */
import type { Cutter } from './cutter.ts';
import { Hasher } from './hasher.ts';
import { roles } from './roles.ts';

const clientRole = roles.indexOf('client');
const forwardedRole = roles.indexOf('forwarded');
const workerRole = roles.indexOf('worker');
const routeRole = roles.indexOf('workerRoute');
const sizeRole = roles.indexOf('size');
const sentRole = roles.indexOf('sent');

const comma = 0x2c;

export class Digest {
  /** As in the cutter. */
  start = NaN;
  durationMs = NaN;
  status = 0;
  /** Bytes of the answer; with its headers where the format tells no more; NaN: it tells neither. */
  size = NaN;
  /** Virtual host and request, as they are written. */
  askedFirst = 0;
  askedSecond = 0;
  hasClient = false;
  /** The client as httpd sees it. */
  clientFirst = 0;
  clientSecond = 0;
  hasVisitor = false;
  /** Who is behind it: the first address of X-Forwarded-For, else the client. */
  visitor = 0;
  hasWorker = false;
  /** The balancer member that the line names. */
  workerFirst = 0;
  workerSecond = 0;

  readonly #hasher = new Hasher();

  take(cut: Cutter): void {
    const { bytes, starts, ends } = cut;
    const hasher = this.#hasher;
    this.start = cut.start;
    this.durationMs = cut.durationMs;
    this.status = cut.status;
    const size = cut.numbers[sizeRole] as number;
    this.size = Number.isNaN(size) ? (cut.numbers[sentRole] as number) : size;

    hasher.reset();
    for (const role of cut.asked) {
      hasher.byte(role);
      const from = starts[role] as number;
      if (from >= 0) hasher.bytes(bytes, from, ends[role] as number);
    }
    hasher.finish();
    this.askedFirst = hasher.first;
    this.askedSecond = hasher.second;

    const client = starts[clientRole] as number;
    this.hasClient = client >= 0;
    if (client >= 0) {
      hasher.reset();
      hasher.bytes(bytes, client, ends[clientRole] as number);
      hasher.finish();
      this.clientFirst = hasher.first;
      this.clientSecond = hasher.second;
      this.visitor = hasher.second;
    }
    const forwarded = starts[forwardedRole] as number;
    this.hasVisitor = client >= 0 || forwarded >= 0;
    if (forwarded >= 0) {
      let end = forwarded;
      while (end < (ends[forwardedRole] as number) && bytes[end] !== comma) end += 1;
      hasher.reset();
      hasher.bytes(bytes, forwarded, end);
      hasher.finish();
      this.visitor = hasher.second;
    }

    const worker = starts[workerRole] as number;
    const route = starts[routeRole] as number;
    this.hasWorker = worker >= 0 || route >= 0;
    if (this.hasWorker) {
      hasher.reset();
      for (const role of [workerRole, routeRole]) {
        hasher.byte(role);
        if ((starts[role] as number) >= 0) hasher.bytes(bytes, starts[role] as number, ends[role] as number);
      }
      hasher.finish();
      this.workerFirst = hasher.first;
      this.workerSecond = hasher.second;
    }
  }
}
