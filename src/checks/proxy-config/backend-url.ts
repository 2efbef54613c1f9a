/** Backends as configurations name them: a URL, a socket with a URL behind a bar, or a balancer. Pure. */

export interface BackendUrl {
  /** `host:port` in lower case, default port filled in; `unix:/path`. */
  readonly backend: string;
  readonly scheme: string;
  /** The URL as httpd compares workers: scheme and host in lower case, the rest as written. */
  readonly name: string;
}

/** Ports of schemes that mod_proxy's protocol modules assume (ap_proxy_port_of_scheme). */
const defaultPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  h2: 443,
  h2c: 80,
  ftp: 21,
  ajp: 8009,
  fcgi: 8000,
  scgi: 4000,
  uwsgi: 3031,
  connect: 443,
};

/** Null: no URL of a backend (a path, `!`, `-`), or its host is made at run time (`$1`, `%{…}`, `${…}`). */
export function parseBackendUrl(text: string): BackendUrl | null {
  const socket = /^unix:([^|]*)\|(.*)$/i.exec(text);
  if (socket) {
    const path = socket[1] ?? '';
    const inner = parseBackendUrl(socket[2] ?? '') ?? { scheme: schemeOf(socket[2] ?? '') ?? 'http', name: socket[2] ?? '' };
    return { backend: `unix:${path}`, scheme: inner.scheme, name: `unix:${path}|${inner.name}` };
  }
  const match = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/?#]*@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([/?#].*)?$/i.exec(text);
  if (!match || isBalancer(text)) return null;
  const scheme = (match[1] ?? '').toLowerCase();
  const host = (match[2] ?? '').toLowerCase();
  if (host === '' || /[$%{}*\s]/.test(host)) return null;
  const port = match[3] ?? defaultPorts[scheme];
  const written = match[3] === undefined ? '' : `:${match[3]}`;
  return { backend: port === undefined ? host : `${host}:${Number(port)}`, scheme, name: `${scheme}://${host}${written}${match[4] ?? ''}` };
}

/** A URL whose host holds a variable: a backend there is, but which is decided for each request. */
export function isVariableUrl(text: string): boolean {
  return /^(?:unix:[^|]*\|)?[a-z][a-z0-9+.-]*:\/\//i.test(text) && !isBalancer(text) && parseBackendUrl(text) === null;
}

export function isBalancer(text: string): boolean {
  return /^balancer:\/\//i.test(text);
}

/** `balancer://name` in lower case without a path or a variable that stands for one, as httpd looks it up (ap_proxy_get_balancer). */
export function balancerName(text: string): string {
  return /^balancer:\/\/[^/$%]*/i.exec(text)?.[0].toLowerCase() ?? text.toLowerCase();
}

function schemeOf(text: string): string | null {
  return /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase() ?? null;
}
