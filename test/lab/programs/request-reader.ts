/** Reads HTTP requests from one connection of a lab's backend, telling of each step: head, body so far, end. */

export interface Head {
  readonly method: string;
  readonly path: string;
  readonly headers: ReadonlyMap<string, string>;
}

export interface Listener {
  head(head: Head): void;
  /** Bytes of the body so far. */
  body(bytes: number): void;
  end(): void;
}

const maxHead = 64 * 1024;

/** Feed it what arrives. Pipelined requests come one after the other; nothing of a body is kept. */
export class RequestReader {
  readonly #listener: Listener;
  #head = '';
  #bodyLeft: number | 'chunked' | null = null;
  #bodyBytes = 0;
  #tail = '';

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  feed(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#bodyLeft === null ? this.#feedHead(rest) : this.#feedBody(rest);
  }

  #feedHead(chunk: Buffer): Buffer {
    const before = this.#head.length;
    if (before === 0 && !/^[A-Z]/.test(String.fromCharCode(chunk[0] ?? 0))) throw new Error('this is not HTTP');
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#head.length > maxHead) throw new Error('the head of the request is too long');
      return Buffer.alloc(0);
    }
    const rest = chunk.subarray(end + 4 - before);
    const [line = '', ...fields] = this.#head.slice(0, end).split('\r\n');
    this.#head = '';
    const [method = '', path = ''] = line.split(' ');
    const headers = new Map(
      fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
    );
    this.#bodyBytes = 0;
    this.#tail = '';
    this.#bodyLeft = headers.get('transfer-encoding') === 'chunked' ? 'chunked' : Number(headers.get('content-length') ?? 0);
    this.#listener.head({ method, path, headers });
    if (this.#bodyLeft === 0) this.#finish();
    return rest;
  }

  #feedBody(chunk: Buffer): Buffer {
    if (this.#bodyLeft === 'chunked') {
      // httpd sends the last chunk by itself, so its end is the end of what has arrived.
      this.#tail = (this.#tail + chunk.toString('latin1')).slice(-8);
      this.#bodyBytes += chunk.length;
      this.#listener.body(this.#bodyBytes);
      if (this.#tail.endsWith('0\r\n\r\n')) this.#finish();
      return Buffer.alloc(0);
    }
    const left = this.#bodyLeft ?? 0;
    const taken = Math.min(left, chunk.length);
    this.#bodyLeft = left - taken;
    this.#bodyBytes += taken;
    this.#listener.body(this.#bodyBytes);
    if (this.#bodyLeft === 0) this.#finish();
    return chunk.subarray(taken);
  }

  #finish(): void {
    this.#bodyLeft = null;
    this.#listener.end();
  }
}
