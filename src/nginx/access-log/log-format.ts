/**
 * nginx's log_format in the terms of httpd's LogFormat, so that one reader serves both. What differs beyond the names: nginx writes a request's
 * line, and its time, when the request has ended; $request_time is in seconds with milliseconds.
 */

/** The format of `access_log PATH;` (ngx_http_log_module.c, ngx_http_combined_fmt). */
export const combined = '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

const directives: Readonly<Record<string, string>> = {
  remote_addr: '%a',
  remote_user: '%u',
  remote_port: '%{remote}p',
  time_local: '%{end:%d/%b/%Y:%H:%M:%S %z}t',
  time_iso8601: '%{end:%Y-%m-%dT%H:%M:%S%z}t',
  request: '%r',
  request_method: '%m',
  request_uri: '%U',
  status: '%>s',
  body_bytes_sent: '%B',
  bytes_sent: '%O',
  request_length: '%I',
  request_time: '%T',
  host: '%V',
  server_name: '%v',
  http_host: '%V',
  server_port: '%p',
  connection_requests: '%k',
  upstream_addr: '%{BALANCER_WORKER_NAME}e',
};

/** Every string translates; variables that mean nothing here become fields that are passed over. */
export function toLogFormat(format: string): string {
  // %t has its brackets with it.
  const bracketed = format.replaceAll(/\[\$(?:time_local|\{time_local\})\]/g, '\u0000');
  return bracketed
    .replaceAll('%', '%%')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced: string | undefined, plain: string | undefined) => fieldOf(braced ?? plain ?? ''))
    .replaceAll('\u0000', '%{end}t');
}

function fieldOf(variable: string): string {
  if (variable === 'msec') return '%{end:sec}t.%{end:msec_frac}t';
  const header = /^http_(\w+)$/.exec(variable)?.[1];
  return directives[variable] ?? (header === undefined ? `%{${variable}}n` : `%{${header.replaceAll('_', '-')}}i`);
}
