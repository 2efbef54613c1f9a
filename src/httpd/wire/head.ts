/**
 * The head of an HTTP/1.x message: start line and fields (RFC 9112, sections 2 to 5). Lenient as httpd is where a backend is sloppy
 * (bare LF, blank lines before the start line), strict in never guessing a length.
 */

export interface Head {
  readonly kind: 'request' | 'response';
  readonly startLine: string;
  /** Of a request, as sent; `''` in a response. */
  readonly method: string;
  readonly target: string;
  /** Of a response; 0 in a request. */
  readonly status: number;
  /** `1.1` is 11. */
  readonly version: number;
  /** Field names in lower case; several fields of one name are joined with `, `. */
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes up to and with the empty line. */
  readonly bytes: number;
}

export type HeadResult = { readonly kind: 'head'; readonly head: Head } | { readonly kind: 'incomplete' } | { readonly kind: 'invalid' };

/** Longer heads are taken for something that is not HTTP. */
export const headLimit = 65_536;

const incomplete: HeadResult = { kind: 'incomplete' };
const invalid: HeadResult = { kind: 'invalid' };

const requestLine = /^([A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,31}) (\S+) HTTP\/(\d)\.(\d)$/;
const statusLine = /^HTTP\/(\d)\.(\d) (\d{3})(?: |$)/;
/** What a message may begin with: `HTTP/` or a method. Decides early, before the head is whole. */
const beginning = /^(?:HTTP\/\d|H(?:T(?:T(?:P(?:\/)?)?)?)?$|[A-Z][A-Z-]{0,31}(?: |$))/;

/** Reads the head that `bytes` begins with. Never throws. */
export function readHead(bytes: Buffer): HeadResult {
  const start = skipBlankLines(bytes);
  const text = bytes.toString('latin1', start, Math.min(bytes.length, start + headLimit));
  if (text === '') return incomplete;
  if (!beginning.test(text.slice(0, 40).split(/[\r\n]/, 1)[0] ?? '')) return invalid;
  const end = /\r?\n\r?\n/.exec(text);
  if (!end) return text.length >= headLimit ? invalid : incomplete;
  const lines = text.slice(0, end.index).split(/\r?\n/);
  const startLine = lines.shift() ?? '';
  const fields = readFields(lines);
  const size = start + end.index + end[0].length;
  const response = statusLine.exec(startLine);
  if (response) {
    const [, major, minor, status] = response;
    const version = Number(major) * 10 + Number(minor);
    return {
      kind: 'head',
      head: { kind: 'response', startLine, method: '', target: '', status: Number(status), version, fields, bytes: size },
    };
  }
  const request = requestLine.exec(startLine);
  if (!request) return invalid;
  const [, method = '', target = '', major, minor] = request;
  const version = Number(major) * 10 + Number(minor);
  return { kind: 'head', head: { kind: 'request', startLine, method, target, status: 0, version, fields, bytes: size } };
}

/** Does this look like the first bytes of a request head? For connections that were open before a capture began. */
export function looksLikeRequest(bytes: Buffer): boolean {
  return /^[A-Z][A-Z-]{0,31} \S/.test(bytes.toString('latin1', 0, 48)) && !looksLikeResponse(bytes);
}

export function looksLikeResponse(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 5) === 'HTTP/';
}

/** Blank lines before a start line are to be ignored (RFC 9112, 2.2). */
function skipBlankLines(bytes: Buffer): number {
  let start = 0;
  while (start < bytes.length && (bytes[start] === 13 || bytes[start] === 10)) start += 1;
  return start;
}

function readFields(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}
