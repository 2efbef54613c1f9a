// Made from flows/nginx-upstream/messages.yaml by generate.ts; change that, not this.
import type { MessageWords } from '../../httpd/error-log/words.ts';

export const messageWords: Readonly<Record<string, MessageWords>> = {
  'connect-attempt-failed': {
    meaning: 'nginx could not connect to this upstream server.',
    client: '502; 504 after a time-out; nothing, where the next server took the request',
    causes: ['backend-not-running', 'network-blocked'],
    next: [
      'Connect to that address and port from this machine, several times.',
      "Look on the upstream's side whether something listens there, and on which address.",
    ],
    byErrno: {
      ECONNREFUSED: {
        meaning: 'Its host was reached, and nothing accepts on that port (or a packet filter says so).',
        causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
        rulesOut: ['A name that does not resolve'],
      },
      ETIMEDOUT: {
        meaning: 'No answer came within proxy_connect_timeout: packets vanish, the host is down, or its accept queue is full.',
        causes: ['network-blocked', 'backend-overloaded', 'backend-not-found'],
      },
      EHOSTUNREACH: {
        meaning: 'Nobody answers at that address, or a router or filter says so.',
        causes: ['backend-not-found', 'network-blocked'],
      },
      ENETUNREACH: { meaning: 'This machine has no route to it.', causes: ['backend-not-found'] },
      EACCES: {
        meaning: 'This machine itself forbids it to nginx: SELinux (httpd_can_network_connect), or the rights of a socket file.',
        causes: ['network-blocked'],
        rulesOut: ['The upstream'],
      },
      EADDRNOTAVAIL: {
        meaning: 'nginx has no local port left towards this server.',
        causes: ['proxy-exhausted'],
        rulesOut: ['The upstream'],
      },
      EMFILE: {
        meaning: 'The worker process has no file descriptor left (worker_rlimit_nofile).',
        causes: ['proxy-exhausted'],
        rulesOut: ['The upstream'],
      },
      ENOENT: {
        meaning: 'The socket file is not there: the service behind it does not run, or makes it elsewhere.',
        causes: ['backend-not-running'],
      },
      EAGAIN: { meaning: 'The accept queue of the unix socket is full.', causes: ['backend-overloaded'] },
    },
  },
  'no-live-upstreams': {
    meaning:
      'Every server of the upstream group is out of use for its fail_timeout after failures (max_fails), marked down, or at its max_conns; none was tried for this request.',
    client: '502',
    rulesOut: ['A failure of this very request'],
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ["Look for the first failures of the group's servers before this line; they tell the cause."],
  },
  'worker-disabled-after-connect-failure': {
    meaning: 'After max_fails failures nginx leaves this server of the group out for fail_timeout.',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
  },
  'backend-name-not-resolved': {
    meaning:
      'nginx asks its resolver for this name while it runs (proxy_pass has a variable in it, or the server is marked resolve), and got no address.',
    client: '502',
    rulesOut: ['The upstream server itself'],
    causes: ['backend-not-found'],
    next: [
      'Ask the servers of the resolver directive for the name; nginx reads neither /etc/hosts nor the search list of /etc/resolv.conf here.',
    ],
  },
  'backend-name-not-resolved-at-start': {
    meaning:
      'A name of the configuration did not resolve when nginx started or reloaded, so it did not start, or went on with the old configuration.',
    causes: ['backend-not-found'],
    next: ['Make the name resolve on this machine (getent ahosts), then start or reload nginx.'],
  },
  'tls-handshake-failed': {
    meaning: 'The connection was made, and the TLS handshake on it failed.',
    client: '502; 504 after a time-out',
    rulesOut: ['A port that does not accept'],
    causes: ['backend-tls'],
    next: [
      '“wrong version number” is plain HTTP behind an https:// address; “certificate verify error” names what proxy_ssl_verify found.',
      'Make the handshake by hand with the name that proxy_ssl_name or proxy_ssl_server_name would send.',
    ],
  },
  'request-not-passed-on': {
    meaning: 'The connection was made, and broke or stalled while the request was sent on it.',
    client: '502; 504 after a time-out',
    rulesOut: ['A port that does not accept'],
    causes: ['backend-crashed', 'keepalive-race'],
    byErrno: {
      ECONNRESET: {
        meaning: 'The other end reset it: it had closed already (a kept connection), or its process ended.',
        causes: ['backend-crashed', 'keepalive-race'],
      },
      EPIPE: { meaning: 'The other end had closed it already.', causes: ['backend-crashed', 'keepalive-race'] },
      ETIMEDOUT: { meaning: 'It did not read on within proxy_send_timeout.', causes: ['backend-stalled', 'network-loss'] },
    },
  },
  'response-header-not-read': {
    meaning: 'The request was sent, and no whole response header came back.',
    client: '502; 504 after a time-out',
    rulesOut: ['A port that does not accept', 'A name that does not resolve'],
    causes: ['backend-crashed', 'keepalive-race'],
    next: [
      'Look whether the failures keep to one operation, and how long they take.',
      'Ask the upstream server directly on a fresh connection.',
    ],
    byErrno: {
      ECONNRESET: { meaning: 'The other end reset the connection.', causes: ['backend-crashed', 'keepalive-race'] },
      ETIMEDOUT: { meaning: 'Nothing came within proxy_read_timeout.', causes: ['backend-stalled', 'network-loss'] },
    },
  },
  'response-broke-off': {
    meaning: 'The response had begun, and broke off in the middle; the client has the status that came first.',
    client: 'the status of the response, and less of it than announced',
    rulesOut: ['A port that does not accept'],
    causes: ['backend-crashed', 'network-loss'],
  },
  'bad-response-header': {
    meaning: 'What came back is no valid HTTP response.',
    client: '502',
    rulesOut: ['A port that does not accept'],
    next: ['Ask the server directly and look at the first bytes; another protocol may be spoken on that port (TLS, HTTP/2, FastCGI).'],
  },
  'response-header-too-big': {
    meaning: 'The response header does not fit into proxy_buffer_size.',
    client: '502',
    rulesOut: ['A port that does not accept', 'The network'],
    next: ["Raise proxy_buffer_size (and proxy_busy_buffers_size), or make the application's cookies and headers smaller."],
  },
  'client-closed': {
    meaning: 'The client went away, or stopped sending, before its request was answered; nginx logs 499 (or 408, 400).',
    client: '499 in the access log; nobody gets it',
    rulesOut: ['The upstream', 'unless clients give up because it is slow'],
    causes: ['request-not-sent', 'backend-stalled'],
    next: ["Look how long such requests had taken; many alike are somebody's time limit before nginx."],
  },
  'request-body-too-large': {
    meaning: "The request's body is larger than client_max_body_size; nginx answers 413 and does not ask the upstream.",
    client: '413',
    rulesOut: ['The upstream'],
    causes: ['request-not-sent'],
    next: ['Raise client_max_body_size for this location if such uploads are meant to pass.'],
  },
  'worker-connections-not-enough': {
    meaning: 'A worker process uses all its worker_connections (each proxied request takes two).',
    client: '500, or no answer at all',
    rulesOut: ['The upstream', 'unless it is slow and holds the connections'],
    causes: ['proxy-exhausted'],
    next: ['Raise worker_connections (and worker_rlimit_nofile above it), after a look at what holds the connections.'],
  },
  'out-of-descriptors': {
    meaning: 'A worker process has no file descriptor left.',
    rulesOut: ['The upstream'],
    causes: ['proxy-exhausted'],
    next: ['Raise worker_rlimit_nofile (or LimitNOFILE of the service).'],
  },
  'temporary-file-failed': {
    meaning: 'nginx could not buffer a request or response in a file (disk full, or no right to write there); the response breaks off.',
    rulesOut: ['The upstream'],
    next: ['Look at the space in, and the rights of, the folder that the line names (proxy_temp_path, client_body_temp_path).'],
  },
  'application-output': {
    meaning: 'The application behind FastCGI wrote this; it is its own message.',
    next: ["Read the application's message; nginx only passes it on."],
  },
  'buffered-to-file': { meaning: 'A body was larger than the buffers in memory and went through a file; no failure.' },
  'server-started': { meaning: 'nginx started, or took a new configuration.' },
  'graceful-restart': { meaning: 'nginx was told to take a new configuration.' },
  'server-stopped': { meaning: 'nginx was stopped.' },
  'child-crashed': { meaning: 'A worker process of nginx itself crashed; its requests broke off.' },
};
