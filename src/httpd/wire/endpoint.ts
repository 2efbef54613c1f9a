/** `host:port` in the ways httpd and people write it. */

export interface Endpoint {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `10.0.0.5:8080`, `app.example:80`, `[2001:db8::1]:443`; null where no port is named. */
export function parseEndpoint(text: string): Endpoint | null {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port };
}

/** With brackets around an IPv6 address; a port of null is left out. */
export function showEndpoint(host: string, port: number | null): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return port === null ? shown : `${shown}:${port}`;
}
