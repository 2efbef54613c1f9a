// Made from flows/nginx-upstream/messages.yaml by generate.ts; change that, not this.
import type { NginxMessage } from './messages.ts';

export const messages: readonly NginxMessage[] = [
  {
    key: 'connect-attempt-failed',
    family: 'connect-failed',
    templates: [
      'connect() failed ({errno}) while connecting to upstream',
      'connect() to {name} failed ({errno}) while connecting to upstream',
      'upstream timed out ({errno}) while connecting to upstream',
      'kevent() reported that connect() failed ({errno}) while connecting to upstream',
      'socket() failed ({errno}) while connecting to upstream',
      'bind({name}) failed ({errno}) while connecting to upstream',
    ],
  },
  {
    key: 'no-live-upstreams',
    family: 'worker-disabled',
    templates: ['no live upstreams while connecting to upstream', 'no live upstreams'],
  },
  { key: 'worker-disabled-after-connect-failure', family: 'worker-disabled', templates: ['upstream server temporarily disabled …'] },
  {
    key: 'backend-name-not-resolved',
    family: 'dns-failed',
    templates: [
      '{name} could not be resolved ({errno}) …',
      '{name} could not be resolved ({errno})',
      'no resolver defined to resolve {name} …',
      'no resolver defined to resolve {name}',
    ],
  },
  {
    key: 'backend-name-not-resolved-at-start',
    family: 'config',
    templates: ['host not found in upstream "{name}" …', 'host not found in upstream "{name}"'],
  },
  {
    key: 'tls-handshake-failed',
    family: 'tls-failed',
    templates: [
      'SSL_do_handshake() failed ({errno}) while SSL handshaking to upstream',
      'peer closed connection in SSL handshake ({errno}) while SSL handshaking to upstream',
      'peer closed connection in SSL handshake while SSL handshaking to upstream',
      'upstream timed out ({errno}) while SSL handshaking to upstream',
      'upstream SSL certificate verify error: {text} while SSL handshaking to upstream',
      'upstream SSL certificate does not match {text} while SSL handshaking to upstream',
      'upstream SSL certificate does not match while SSL handshaking to upstream',
      'upstream sent no SSL certificate while SSL handshaking to upstream',
    ],
  },
  {
    key: 'request-not-passed-on',
    family: 'body-failed',
    templates: [
      'send() failed ({errno}) while sending request to upstream',
      'writev() failed ({errno}) while sending request to upstream',
      'sendfile() failed ({errno}) while sending request to upstream',
      'SSL_write() failed ({errno}) while sending request to upstream',
      'upstream timed out ({errno}) while sending request to upstream',
      'upstream timed out ({errno}) while sending to upstream',
    ],
  },
  {
    key: 'response-header-not-read',
    family: 'status-line-failed',
    templates: [
      'upstream prematurely closed connection while reading response header from upstream',
      'upstream prematurely closed connection ({errno}) while reading response header from upstream',
      'recv() failed ({errno}) while reading response header from upstream',
      'readv() failed ({errno}) while reading response header from upstream',
      'SSL_read() failed ({errno}) while reading response header from upstream',
      'upstream timed out ({errno}) while reading response header from upstream',
      'upstream prematurely closed connection while waiting for request',
    ],
  },
  {
    key: 'response-broke-off',
    family: 'response-failed',
    templates: [
      'upstream prematurely closed connection while reading upstream',
      'upstream prematurely closed connection ({errno}) while reading upstream',
      'recv() failed ({errno}) while reading upstream',
      'readv() failed ({errno}) while reading upstream',
      'SSL_read() failed ({errno}) while reading upstream',
      'upstream timed out ({errno}) while reading upstream',
      'upstream prematurely closed connection while sending to client',
      'recv() failed ({errno}) while proxying upgraded connection',
      'upstream timed out ({errno}) while proxying upgraded connection',
    ],
  },
  {
    key: 'bad-response-header',
    family: 'bad-response',
    templates: [
      'upstream sent invalid header {text} while reading response header from upstream',
      'upstream sent invalid header while reading response header from upstream',
      'upstream sent invalid header: {text} while reading response header from upstream',
      'upstream sent no valid HTTP/1.0 header while reading response header from upstream',
      'upstream sent invalid status {text} while reading response header from upstream',
      'upstream sent {text}"Content-Length"{text} while reading response header from upstream',
      'upstream sent duplicate header line: {text} while reading response header from upstream',
      'upstream sent invalid chunked response …',
    ],
  },
  {
    key: 'response-header-too-big',
    family: 'bad-response',
    templates: ['upstream sent too big header while reading response header from upstream'],
  },
  {
    key: 'client-closed',
    family: 'client-aborted',
    templates: [
      'client prematurely closed connection …',
      'epoll_wait() reported that client prematurely closed connection …',
      'kevent() reported that client prematurely closed connection …',
      'recv() failed ({errno}) while reading client request body',
      'client timed out ({errno}) while reading client request body',
      'client timed out ({errno}) while sending to client',
    ],
  },
  {
    key: 'request-body-too-large',
    family: 'client-error',
    templates: ['client intended to send too large body: {number} bytes', 'client intended to send too large chunked body: {text} bytes'],
  },
  {
    key: 'worker-connections-not-enough',
    family: 'capacity',
    templates: ['{number} worker_connections are not enough …', '{number} worker_connections are not enough'],
  },
  {
    key: 'out-of-descriptors',
    family: 'capacity',
    templates: [
      'accept4() failed ({errno}) …',
      'accept4() failed ({errno})',
      'accept() failed ({errno})',
      'open() "{text}" failed (24: Too many open files) …',
      'open() "{text}" failed (24: Too many open files)',
    ],
  },
  {
    key: 'temporary-file-failed',
    family: 'internal',
    templates: [
      'pwrite() "{text}" failed ({errno}) …',
      'pwritev() "{text}" failed ({errno}) …',
      'open() "{text}" failed ({errno}) while reading upstream',
      'mkdir() "{text}" failed ({errno}) while reading upstream',
    ],
  },
  { key: 'application-output', family: 'trace', templates: ['FastCGI sent in stderr: {text} while reading …'] },
  {
    key: 'buffered-to-file',
    family: 'trace',
    templates: [
      'an upstream response is buffered to a temporary file {text} while reading upstream',
      'a client request body is buffered to a temporary file …',
    ],
  },
  { key: 'server-started', family: 'lifecycle', templates: ['start worker processes'] },
  {
    key: 'graceful-restart',
    family: 'lifecycle',
    templates: [
      'signal {number} (SIGHUP) received from {number}, reconfiguring',
      'signal {number} (SIGHUP) received, reconfiguring',
      'reconfiguring',
    ],
  },
  {
    key: 'server-stopped',
    family: 'lifecycle',
    templates: [
      'signal {number} (SIGTERM) received from {number}, exiting',
      'signal {number} (SIGQUIT) received from {number}, shutting down',
      'signal {number} (SIGTERM) received, exiting',
      'signal {number} (SIGQUIT) received, shutting down',
    ],
  },
  {
    key: 'child-crashed',
    family: 'lifecycle',
    templates: ['worker process {number} exited on signal {number} …', 'worker process {number} exited on signal {number}'],
  },
];
