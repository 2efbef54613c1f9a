// Made from flows/mod-proxy-http/messages.yaml and errno.yaml by generate.ts; change that, not this.
import type { ErrnoWords, MessageWords } from './words.ts';

export const messageWords: Readonly<Record<string, MessageWords>> = {
  'retry-refused-worker-stopped': {
    meaning: 'The worker was stopped by an administrator, so it is not tried again.',
    client: '503 follows',
    next: ['Look at the worker in the balancer-manager, or for status=+S in the configuration.'],
  },
  'bad-host-in-request-url': {
    meaning: "The URL of the request has a host part that can't be understood.",
    client: '400',
    rulesOut: ['The backend'],
  },
  'connect-remote-machine-blocked-name': {
    meaning: 'ProxyBlock forbids this backend by its name.',
    client: '403',
    rulesOut: ['The backend'],
    next: ['Check ProxyBlock.'],
  },
  'connect-remote-machine-blocked-ip': {
    meaning: 'ProxyBlock forbids this backend by its address.',
    client: '403',
    rulesOut: ['The backend'],
    next: ['Check ProxyBlock.'],
  },
  'no-provider': {
    meaning: "The balancer's method (lbmethod) is not there: its module is not loaded.",
    rulesOut: ['The backend'],
    next: ['Load the mod_lbmethod_… that lbmethod= names.'],
  },
  'no-mutex': {
    meaning: 'The balancer has no mutex.',
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'failed-reopen-mutex-child': {
    meaning: "A child could not open the balancer's mutex.",
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'shared-memory-attach-failed': {
    meaning: 'Shared memory of the balancers could not be attached.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'can-not-create-balancer-thread': {
    meaning: "The balancer's thread mutex could not be made.",
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'pooled-connection-worker-already-returned': {
    meaning: 'A pooled connection was given back twice: a fault of an old 2.2 or of a third-party module.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'worker-shared-already-initialized': { meaning: "A worker's shared part was set up before." },
  'initializing-worker-shared': { meaning: "A worker's shared part is set up." },
  'worker-local-already-initialized': { meaning: "A worker's part in this child was set up before." },
  'initializing-worker-local': { meaning: "A worker's part in this child is set up." },
  'can-not-create-worker-thread': {
    meaning: "A worker's thread mutex could not be made.",
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'can-not-create-connection-pool': { meaning: 'The connection pool of a worker could not be made.', rulesOut: ['The backend'] },
  'pool-initialised': { meaning: "The sizes of a worker's connection pool that are in force in this child: a good place to read max=." },
  'pool-initialised-single': {
    meaning: 'This child keeps one connection to the backend (prefork): ttl, max, smax and acquire have no effect.',
  },
  'worker-marked-for-retry': {
    meaning: 'The pause after a failed connect is over: the next request tries this backend again.',
    causes: ['backend-not-running', 'network-blocked'],
    next: ['Look at what the try brought: a new connect failure follows, or nothing does.'],
  },
  'too-soon-to-retry': {
    meaning:
      'The backend is in its pause after a failed connect (retry=, 60 s by default), so this request is refused without a try. In 2.2 this line comes before the time is even looked at and does not mean that a try was made.',
    client: '503 follows',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Find the connect failure that began the pause: it holds the reason.'],
  },
  'all-workers-busy': {
    meaning: 'The balancer had no member to give this request to.',
    client: '503',
    causes: ['proxy-exhausted', 'backend-overloaded', 'backend-not-running'],
    next: ["Look at the members' state (balancer-manager) and at earlier connect failures."],
  },
  'receive-buffer-not-set': {
    meaning: 'The system did not take ProxyReceiveBufferSize; its own size is used. Harmless.',
    rulesOut: ['The backend'],
  },
  'tcp-nodelay-not-set': {
    meaning:
      'TCP_NODELAY could not be set. Harmless; on Solaris and macOS (22) may mean that the other end has reset the connection already.',
    rulesOut: ['The backend'],
  },
  'source-address-bind-failed': {
    meaning: 'The local address that ProxySourceAddress names could not be taken: it is not on this machine, or its ports are used up.',
    client: '503',
    side: 'connect',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['proxy-exhausted'],
    next: ['Check ProxySourceAddress against the addresses of this machine, and the count of local ports in use (ss -s).'],
  },
  'worker-connection-disabled': {
    meaning:
      'The request was refused without any attempt to connect: the worker is in its pause after a failed connect, or it was disabled. In 2.2, in 2.4 up to 2.4.20 and in balancers such lines can hide a total outage behind one connect failure a minute.',
    client: '503',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: [
      'Find the connect failure before it (AH00957): its number is the reason. Do not count these lines as failures of their own kind.',
    ],
  },
  'connection-pool-exhausted': {
    meaning:
      "No connection of this worker's pool came free in time: all of them are in use by other requests of the same child. It can happen only where max= is smaller than the number of threads.",
    client: '503',
    rulesOut: ['A refusal by the backend: no connect was tried'],
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: [
      'Compare max= and acquire= of the worker with ThreadsPerChild, and look whether the backend answers slowly: that is what keeps connections busy.',
    ],
  },
  'connection-acquired': { meaning: 'A connection of the pool was taken for a request.' },
  'connection-released': { meaning: 'A connection was given back to the pool.' },
  'connecting-to-host': { meaning: 'Host and port for this request were chosen.', side: 'resolve' },
  lock: {
    meaning: 'A lock inside mod_proxy could not be taken.',
    client: '500',
    side: 'resolve',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  unlock: {
    meaning: 'A lock inside mod_proxy could not be given back.',
    side: 'resolve',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'connecting-to-address': {
    meaning: 'An address is ready. In spite of the old wording "connected" no TCP connection is open yet.',
    side: 'resolve',
  },
  'connect-sending-connect-request-remote': { meaning: 'A tunnel through the remote proxy is asked for.', side: 'connect' },
  'remote-proxy-answered': { meaning: 'The first line that the remote proxy answered.', side: 'connect' },
  'remote-proxy-refused-connect': {
    meaning: 'The remote proxy (ProxyRemote) answered the CONNECT with an error status, such as 403 or 407.',
    client: '503',
    side: 'connect',
    rulesOut: ['The network up to the remote proxy: it answered'],
    causes: ['network-blocked'],
    next: ["Ask the remote proxy's log why it refused this destination: its rules, or missing credentials."],
  },
  'backend-socket-disconnected': {
    meaning:
      'A pooled connection was found closed before it was used, and a new one is opened: the client notices nothing. It shows that the check works; the harmful race leaves no such line.',
    side: 'connect',
    rulesOut: ['A failure for the client: this is handled'],
    next: ['Nothing, unless other failures come within milliseconds.'],
  },
  'socket-creation-failed': {
    meaning:
      'Before connecting, the proxy could not even make a socket: it has no file descriptors left, or this kind of address (IPv6, mostly) is not available on this machine.',
    client: '503',
    side: 'connect',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['proxy-exhausted'],
    next: ['Compare the open files of the httpd children with their limit (ls /proc/PID/fd | wc -l, /proc/PID/limits).'],
  },
  'tcp-keepalive-not-set': { meaning: 'TCP keepalive could not be set on the connection. Harmless.', rulesOut: ['The backend'] },
  'connect-attempt-failed': {
    meaning:
      'The proxy could not open a TCP connection to this address of the backend. The number in front says why. While the name has further addresses to try, earlier failures stand at level debug, so only the last one shows.',
    client: '503',
    side: 'connect',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: [
      'Connect from the proxy to the same address and port several times, and note how many attempts succeed.',
      'Look whether every request fails or only some: all of them speaks for a backend that is down or a blocked way, clusters under load for an overload.',
    ],
  },
  'connect-through-remote-proxy-failed': {
    meaning:
      'The way to this https backend leads through another proxy (ProxyRemote), and the tunnel through that one (CONNECT) did not come about.',
    client: '503',
    side: 'connect',
    causes: ['network-blocked', 'backend-not-running'],
    next: ['Look at the log of the remote proxy: it knows whether it or the backend refused.'],
  },
  'worker-disabled-after-connect-failure': {
    meaning: 'After a failed connect this worker is left alone for some seconds (retry=); requests for it are answered with 503 meanwhile.',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Read the connect failure just before it: its number is the reason.'],
  },
  'new-connection-failed': {
    meaning: 'The connection was opened and then lost before it could be used: the other end reset it at once.',
    client: '500',
    side: 'connect',
    rulesOut: ['DNS and routing: the connection was open for a moment'],
    causes: ['backend-overloaded', 'backend-crashed', 'network-blocked'],
    next: [
      'Connect from the proxy and watch whether the backend closes at once; look for connection limits at the backend or at a load balancer before it.',
    ],
  },
  'backend-tls-not-enabled': {
    meaning: 'TLS towards the backend could not be switched on: SSLProxyEngine is off here, or mod_ssl is not loaded.',
    client: '500',
    side: 'tls',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['backend-tls'],
    next: ['Set SSLProxyEngine on in the virtual host (or section) that proxies to https.'],
  },
  'connection-complete': { meaning: 'The connection to the backend is set up inside httpd, before any TLS.', side: 'connect' },
  'pre-connection-setup-failed': { meaning: 'A module refused the new connection.', side: 'connect' },
  'unhandled-bucket-type-old': {
    meaning: "Data of a kind that mod_proxy can't pass on: a fault of a module.",
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'worker-slotmem-dptr-failed': {
    meaning: 'A place in shared memory could not be read.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'cannot-init-worker': { meaning: 'A child, or the health check, could not set up a worker.', rulesOut: ['The backend'] },
  'error-parsing-url': {
    meaning: "The backend's URL has a host part that can't be understood.",
    client: '400',
    rulesOut: ['The backend'],
    next: ['Check the URL in ProxyPass or RewriteRule [P].'],
  },
  'pass-request-body-failed': {
    meaning:
      'The request could not be written to the backend. In spite of its words this is about the request line and the headers too, so it comes for GET as well. The connection was open; it broke, or the backend stopped reading.',
    client: '502; 504 after a time-out; 500 after a failed TLS handshake',
    side: 'send',
    rulesOut: ['DNS, routing and a refused connection: the connection was open'],
    causes: ['backend-crashed', 'backend-stalled', 'keepalive-race'],
    next: [
      'Look at the number: reset (104), time-out (70007) and TLS (20014) lead to different causes.',
      'Try with proxy-nokeepalive or disablereuse=on: if the failures vanish, the keepalive times of both ends do not fit.',
    ],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The backend stopped reading: for a whole timeout it took nothing more off the connection.',
        rulesOut: ['A refused connection: it was open', 'A crash at that moment: the connection was not closed'],
        causes: ['backend-stalled', 'network-loss'],
        next: [
          'Look whether failures pile up at the value of timeout= or ProxyTimeout, and what the backend does with long bodies.',
          'Capture packets: a window of zero means that the backend does not read; retransmissions mean that the network loses packets.',
        ],
      },
      ECONNRESET: {
        meaning: 'The backend, or something in between, reset the connection while the request was being sent.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
        next: [
          'Look when the backend process started and whether it crashed; whether reused connections only are hit (within milliseconds, after idle times), which the keepalive test tells.',
        ],
      },
      EPIPE: {
        meaning: 'The proxy wrote to a connection that the backend had closed already.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['keepalive-race', 'backend-crashed'],
        next: ['Test without reuse of connections; look whether the backend refuses large bodies early and closes.'],
      },
      APR_EGENERAL: {
        meaning:
          'On sending, this unspecific error nearly always means that the TLS handshake with the backend failed. It comes for GET too.',
        rulesOut: ['The request body: the request was not sent yet'],
        causes: ['backend-tls', 'backend-crashed'],
        next: [
          'Look for "Error during SSL Handshake" with the same pid and tid; set LogLevel ssl:info to see the reason; connect with TLS from the proxy.',
        ],
      },
      ECONNABORTED: {
        meaning: 'httpd itself had marked the connection as broken: most often the TLS layer had ended.',
        causes: ['backend-tls', 'backend-crashed'],
        next: ['If the backend is https, connect with TLS from the proxy.'],
      },
      ETIMEDOUT: {
        meaning: 'The system gave up sending: the other end did not acknowledge for minutes.',
        causes: ['network-loss', 'network-blocked'],
        next: ["Look whether the backend's host vanished, or whether a firewall forgets connections."],
      },
      APR_EOF: {
        meaning: 'The backend closed the connection.',
        causes: ['backend-crashed', 'keepalive-race'],
        next: ['Test without reuse of connections; look for crashes and restarts of the backend.'],
      },
    },
  },
  'could-not-parse-request-content': {
    meaning: "The request's Content-Length is not a number.",
    client: '400',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
  },
  'read-bytes-request-body-than': {
    meaning: "After this proxy's input filters the body has another length than Content-Length says.",
    client: '500',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
    next: ['Look for an input filter that changes bodies (inflate, security rules), or a client that counts wrongly.'],
  },
  'client-given-content-length-did': {
    meaning: 'The client sent fewer bytes than its Content-Length announced.',
    client: '400',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
    next: ['Look at the client: it broke off its upload or counts wrongly.'],
  },
  'request-body-larger-than-configured': {
    meaning:
      'The body, stored before sending, is larger than LimitRequestBody allows. Since 2.4.54 that limit is not applied to proxied requests.',
    client: '413',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
    next: ['Compare LimitRequestBody with what clients may send.'],
  },
  'search-temporary-directory-failed': {
    meaning: 'No folder for temporary files was found on this proxy, so a body could not be stored before sending.',
    client: '500',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['proxy-exhausted'],
    next: ['Look at TMPDIR, its rights and free space on the proxy.'],
  },
  'creation-temporary-file-directory-failed': {
    meaning: "A temporary file for a request's body could not be made on this proxy.",
    client: '500',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['proxy-exhausted'],
    next: ['Look at free space (28), rights (13) and inodes of that folder on the proxy.'],
  },
  'write-temporary-file-failed': {
    meaning: "A request's body could not be written to its temporary file on this proxy.",
    client: '500',
    side: 'send',
    rulesOut: ['The backend'],
    causes: ['proxy-exhausted'],
    next: ['Look at the free space of that folder on the proxy.'],
  },
  'no-http-0-9-request': {
    meaning: "The client sent no Host although ProxyPreserveHost is on; the server's own name is used. Harmless.",
    side: 'client',
    rulesOut: ['The backend'],
  },
  'transfer-encoding-not-supported': {
    meaning: 'The client sent its body in a transfer coding other than chunked.',
    client: '500',
    side: 'client',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
  },
  'client-requested-transfer-encoding-chunked': {
    meaning: 'The request had both a chunked body and a Content-Length; the length was ignored.',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'prefetch-request-body-failed': {
    meaning:
      "The proxy could not read the request's body from the client, before anything was sent to the backend. The backend in the line is only where it would have gone.",
    client: '400; 408 after a time-out; 413 when too large',
    side: 'client',
    rulesOut: ["The backend: it is named, but the failure is on the client's side"],
    causes: ['request-not-sent'],
    next: [
      "Look at the client's upload: its speed, its time-outs, and what lies between it and the proxy.",
      'The number -102 means that a filter of this proxy has answered the client already.',
    ],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The client was too slow: it sent nothing for as long as Timeout or RequestReadTimeout allows.',
        causes: ['request-not-sent'],
        next: [
          "Look at RequestReadTimeout and Timeout, and at the client's upload speed. At LogLevel info, AH01382 says which limit it was.",
        ],
      },
      APR_INCOMPLETE: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      APR_EOF: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      ECONNRESET: {
        meaning: "The client's connection was reset.",
        causes: ['request-not-sent'],
        next: ['Look at what is between the client and the proxy: load balancer, firewall, mobile network.'],
      },
    },
  },
  'prefetched-body-lost': {
    meaning: 'The part of the body that was read in advance could not be kept: this proxy lacks memory, or a filter failed.',
    client: '500',
    side: 'client',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['proxy-exhausted'],
  },
  'pass-request-body-failed-from-client': {
    meaning:
      "The sum of a failed transfer, with the client's address. It has no number: the line before it with the same pid and tid says which side failed. After AH02608 it was the client, after AH01084 the backend.",
    client: 'as the line before it',
    side: 'send',
    causes: ['backend-crashed', 'backend-stalled', 'keepalive-race', 'request-not-sent'],
    next: ['Read the line before it with the same pid and tid.'],
  },
  'starting-body-due-bogus-non': {
    meaning: 'A line that is no header was taken for the beginning of the body, as ProxyBadHeader StartBody says.',
    client: '200',
    side: 'receive',
    next: ['Look at what the backend sends in place of headers.'],
  },
  'no-http-headers-returned': {
    meaning: 'The answer had no headers; its first line was taken for the body, as ProxyBadHeader StartBody says.',
    client: '200',
    side: 'receive',
    next: ['Look at what the backend sends in place of headers.'],
  },
  'ignoring-bogus-http-header-returned': {
    meaning: 'A line that is no header was passed over, as ProxyBadHeader Ignore says.',
    client: '200',
    side: 'receive',
    next: ['Look at the headers that the backend sends.'],
  },
  'could-not-set-100-continue': { meaning: 'The time limit for the 100 Continue answer could not be set on the socket.', side: 'receive' },
  'status-line-not-read': {
    meaning:
      'The request was sent, and no usable status line came back. The number says how: time-out, closed, or reset. Without a number only blank lines came (or it is 2.0 or an early 2.2, which print none). If no AH00898 follows, the client was on a kept-alive connection and got nothing at all (502 with 0 bytes in the access log).',
    client: '502, or the connection closed without an answer',
    side: 'receive',
    rulesOut: ['DNS, routing and a refused connection: the request was sent'],
    causes: ['backend-crashed', 'backend-stalled', 'keepalive-race'],
    next: ['Look at the number, and in the access log at how long such requests took.'],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The backend did not begin its answer within the timeout.',
        rulesOut: ['A crash or a restart of the backend: the connection stayed open'],
        causes: ['backend-stalled', 'network-loss'],
        next: [
          "Look whether the durations of failed requests pile up at timeout=, ProxyTimeout or Timeout; then ask the backend's own log what it was doing.",
          "Look whether the failures keep to one URL or method: that points to the backend's own work.",
        ],
      },
      APR_EGENERAL: {
        meaning: 'The backend closed the connection without sending a single byte.',
        rulesOut: ['A time-out'],
        causes: ['backend-crashed', 'keepalive-race'],
        next: [
          'Within milliseconds, on reused connections and after idle times it is the keepalive race: try disablereuse=on. Otherwise look for crashes and restarts of the backend.',
        ],
      },
      APR_EOF: {
        meaning: 'The backend closed the connection without an answer.',
        rulesOut: ['A time-out'],
        causes: ['backend-crashed', 'keepalive-race'],
        next: [
          'Within milliseconds and after idle times it is the keepalive race: try disablereuse=on. Otherwise look for crashes and restarts of the backend.',
        ],
      },
      ECONNRESET: {
        meaning: 'The connection was reset instead of being answered.',
        rulesOut: ['A time-out'],
        causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
        next: [
          'Within milliseconds and after idle times it is the keepalive race: try disablereuse=on. Otherwise look for crashes of the backend, and capture who sends the reset.',
        ],
      },
      ECONNABORTED: {
        meaning: 'The TLS layer broke: often https:// is used towards a port that speaks plain HTTP.',
        causes: ['backend-tls'],
        next: ['Check with openssl s_client whether that port speaks TLS at all.'],
      },
      EPIPE: {
        meaning: 'The connection was closed already.',
        causes: ['keepalive-race', 'backend-crashed'],
        next: ['Try disablereuse=on.'],
      },
      ETIMEDOUT: {
        meaning: "The system gave the connection up: the backend's host did not answer for minutes, or a firewall forgot the connection.",
        causes: ['network-loss', 'network-blocked'],
        next: ["Look whether the host vanished; compare idle times with the firewall's limit."],
      },
    },
  },
  'status-line-read-timeout': {
    meaning: 'The missing status line was a time-out.',
    client: '502',
    side: 'receive',
    rulesOut: ['A crash: the connection stayed open'],
    causes: ['backend-stalled', 'network-loss'],
  },
  'client-connection-closed-for-retry': {
    meaning:
      "The client's connection was closed without an answer so that its browser may try again on its own: a kept-alive backend connection had failed.",
    client: '502 in the log, nothing sent',
    side: 'receive',
    causes: ['keepalive-race', 'backend-crashed'],
    next: ['Try disablereuse=on: if these lines stop, the keepalive times do not fit.'],
  },
  'client-connection-not-closed': {
    meaning: "It was the first request on the client's connection, so that an error page is sent instead of closing it.",
    client: '502',
    side: 'receive',
    causes: ['backend-crashed', 'backend-stalled'],
  },
  'bad-response-header': {
    meaning:
      'The headers of the answer could not be used: a line that is no header, one that is too long, or a connection that was lost among them.',
    client: '502',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the backend had begun to answer'],
    causes: ['backend-crashed'],
    next: [
      'Read the line before it (AH10404, AH10124) for the reason.',
      'Fetch the URL from the backend directly and look at its headers.',
    ],
  },
  'server-returned-transfer-encoding-content': {
    meaning: 'The backend sent both a Content-Length and a Transfer-Encoding: the length is dropped and the connection is not used again.',
    client: '200',
    side: 'receive',
  },
  'undefined-proxy-interim-response-policy': {
    meaning: 'The environment variable proxy-interim-response has a value that is not known.',
    rulesOut: ['The backend'],
    next: ['Set it to RFC or Suppress.'],
  },
  'origin-server-sent-401-without': {
    meaning: 'The backend answered 401 and left out the WWW-Authenticate header.',
    client: '401',
    side: 'receive',
  },
  'response-not-read': {
    meaning:
      "The answer broke off in its body. Its status had been sent to the client mostly, so that the access log shows the backend's status and a short count of bytes, not 502.",
    client: 'already sent, mostly 200; the answer is cut off',
    side: 'receive',
    rulesOut: ['DNS, a refused connection and the request: the backend was answering'],
    causes: ['backend-crashed', 'backend-stalled', 'network-loss'],
    next: ["Look at the backend's log for that moment, and whether long answers are hit more."],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The backend fell silent in the middle of its answer for a whole timeout.',
        causes: ['backend-stalled', 'network-loss'],
        next: ['Look what the backend waits for in the middle of that answer; a pattern by size speaks for the network (path MTU).'],
      },
      APR_INCOMPLETE: {
        meaning: 'The backend closed before the announced length or the last chunk.',
        causes: ['backend-crashed'],
        next: ['Look for crashes and restarts of the backend, and for its own limits on the time of a request.'],
      },
      APR_EOF: { meaning: 'The backend closed before its answer was complete.', causes: ['backend-crashed'] },
      ECONNRESET: {
        meaning: 'The connection was reset in the middle of the answer.',
        causes: ['backend-crashed', 'network-loss'],
        next: ['Capture who sends the reset: the backend, or something in between.'],
      },
      APR_EGENERAL: {
        meaning: 'The body was malformed (a bad chunk or length), or TLS broke.',
        causes: ['backend-crashed', 'backend-tls'],
        next: ["Fetch the same URL from the proxy without it in between, and look at the answer's framing."],
      },
    },
  },
  readbytes: { meaning: 'A count of bytes, in debugging builds.', side: 'receive' },
  'https-scheme-declined': {
    meaning: 'https to the backend needs mod_ssl, which is not loaded.',
    client: '500',
    rulesOut: ['The backend'],
    next: ['Load mod_ssl and set SSLProxyEngine on.'],
  },
  'scheme-declined': { meaning: 'Another proxy module takes this scheme.' },
  'no-connection-to-backend': {
    meaning:
      'The request that went with a failed connect, with its client. It says nothing new: the line before it, with the same pid and tid, holds the reason.',
    client: '503',
    side: 'connect',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Read the line before it with the same pid and tid (AH00957, AH00958 or AH02454): its number says why.'],
  },
  'http-100-continue-failed': {
    meaning:
      'The question for 100 Continue failed on a pooled connection; one more try is made on a fresh one. The number in front is an HTTP status.',
    side: 'receive',
    causes: ['keepalive-race'],
  },
  'substitution-regular-expression-failed-replacement': {
    meaning: 'The URL that ProxyPassMatch makes is too long.',
    client: '500',
    rulesOut: ['The backend'],
  },
  'unescaped-url-path-matched-proxypass': {
    meaning: 'The path had characters that are not safe to pass on as they are, so nocanon was given up for this request.',
    rulesOut: ['The backend'],
  },
  'invalid-uri-request': { meaning: "The request's URI was not acceptable.", client: '400', side: 'client', rulesOut: ['The backend'] },
  'domain-missing-sent': {
    meaning: 'The request named a host without a domain and was redirected (ProxyDomain).',
    client: '302',
    rulesOut: ['The backend'],
  },
  'trace-forbidden-server-configuration': {
    meaning: 'A TRACE request was refused, as TraceEnable says.',
    client: '405',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'trace-request-body-not-allowed': {
    meaning: 'A TRACE request came with a body, which is not allowed.',
    client: '413',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'proxy-handler-no-url': { meaning: 'The proxied name has no scheme.' },
  'trying-run-scheme-handler-against': { meaning: 'The request goes through a remote proxy.', side: 'connect' },
  'running-scheme-handler-attempt': {
    meaning: 'The request is handed to the module for its scheme; an attempt above 0 means that another backend was tried before.',
    side: 'connect',
  },
  'no-protocol-handler-was-valid': {
    meaning:
      'No loaded proxy module takes URLs of this scheme: mod_proxy_http (or mod_ssl for https, mod_proxy_wstunnel for ws) is missing, or the scheme is mistyped.',
    client: '500 (403 in 2.2)',
    rulesOut: ['The backend'],
    next: ['Load the module for that scheme, or mend the URL.'],
  },
  'worker-shared': {
    meaning: "Two ProxyPass lines share one worker, so that the later one's parameters are lost.",
    rulesOut: ['The backend'],
    next: ['Put the parameters on the first of them, or into a <Proxy> section.'],
  },
  'ignoring-parameter-worker-because-worker': {
    meaning: 'A parameter (such as timeout= or ttl=) is ignored, because an earlier line defined this worker.',
    rulesOut: ['The backend'],
    next: ['Put the parameter on the first line that names this worker.'],
  },
  'defining-worker-balancer': { meaning: 'A balancer gets a member.' },
  'defined-worker-balancer': { meaning: 'A balancer got a member.' },
  'balancer-member-shares-worker': {
    meaning: 'A BalancerMember shares a worker that exists already.',
    rulesOut: ['The backend'],
    next: ['Put its parameters where the worker is defined first.'],
  },
  'shared-memory-slot': { meaning: 'A place in shared memory.' },
  'shared-memory-slot-of-worker': { meaning: "A worker's place in shared memory." },
  'shared-memory-slot-taken-again': { meaning: 'A worker took its place in shared memory again.' },
  'shared-memory-slot-taken': { meaning: 'A worker took a place in shared memory.' },
  'cannot-find-lb-method': {
    meaning: "The balancer's method (lbmethod) is not known: its module is not loaded.",
    rulesOut: ['The backend'],
    next: ['Load the mod_lbmethod_… that lbmethod= names.'],
  },
  'unix-socket-creation-failed': {
    meaning: 'The proxy could not make a Unix domain socket to connect with: out of file descriptors or of memory.',
    client: '503',
    side: 'connect',
    rulesOut: ['The backend: nothing was sent to it', 'The network: a Unix socket does not use it'],
    causes: ['proxy-exhausted'],
  },
  'unix-socket-connect-failed': {
    meaning: "The proxy could not connect to the backend's Unix domain socket. The number in front says why.",
    client: '503',
    side: 'connect',
    rulesOut: ['The network, firewalls and DNS: a Unix socket uses none of them'],
    causes: ['backend-not-running', 'backend-overloaded'],
    next: ['Look at the socket file: does it exist, who may write to it, and which process listens (ss -xlp)?'],
    byErrno: {
      ENOENT: {
        meaning:
          'The socket file is not there: the backend is not running, or it makes its socket somewhere else (another path, or a private /tmp under systemd).',
        causes: ['backend-not-running'],
        next: ['Compare the path with what the backend listens on (ss -xlp); look for PrivateTmp in its unit.'],
      },
      EACCES: {
        meaning: 'The daemon may not use the socket: rights of the file or of a folder above it, SELinux, or AppArmor.',
        causes: ['network-blocked'],
        next: ['Check the rights along the path for the user that httpd runs as (namei -l PATH), and the audit log.'],
      },
      ECONNREFUSED: {
        meaning: 'The socket file exists, and no process listens on it: the backend ended and left it behind.',
        causes: ['backend-not-running'],
        next: ['Start the backend; look why it ended.'],
      },
      EAGAIN: {
        meaning: 'The queue of connections that wait at this socket is full.',
        causes: ['backend-overloaded'],
        next: ["Look at the queue of the listening socket (ss -xl: Recv-Q against Send-Q) and at what the backend's workers are doing."],
      },
    },
  },
  'response-chunk-line-was-too': {
    meaning: 'A chunk or a line of the answer was too long to be read.',
    client: '502',
    side: 'receive',
    causes: ['backend-crashed'],
  },
  'response-transfer-encoding-was-not': {
    meaning: "The backend's answer has a Transfer-Encoding that is not known.",
    client: '502',
    side: 'receive',
    causes: ['backend-crashed'],
  },
  'mod-proxy-missing-for-http': {
    meaning: 'mod_proxy_http is loaded without mod_proxy; httpd does not start.',
    rulesOut: ['The backend'],
    next: ['Load mod_proxy first.'],
  },
  'failed-create-mutex': {
    meaning: 'A mutex of mod_proxy could not be made; httpd does not start.',
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'could-not-init-proxy-mutex': {
    meaning: "A child could not use mod_proxy's mutex.",
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'failed-register-mutex': {
    meaning: 'A mutex of mod_proxy could not be registered; httpd does not start.',
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'determined-uds-as': { meaning: 'The Unix socket that is used for this backend.', side: 'resolve' },
  'cannot-determine-uds': { meaning: 'The path of the Unix socket could not be set.', side: 'resolve' },
  'read-request-body-failed': {
    meaning:
      "The client stopped sending in the middle of the request's body, while the proxy was passing it on. The backend in the line is not at fault.",
    client: '400; 408 after a time-out',
    side: 'client',
    rulesOut: ["The backend: it is named, but the failure is on the client's side"],
    causes: ['request-not-sent'],
    next: ["Look at the client's upload: its speed, its time-outs, and what lies between it and the proxy."],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The client was too slow: it sent nothing for as long as Timeout or RequestReadTimeout allows.',
        causes: ['request-not-sent'],
        next: [
          "Look at RequestReadTimeout and Timeout, and at the client's upload speed. At LogLevel info, AH01382 says which limit it was.",
        ],
      },
      APR_INCOMPLETE: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      APR_EOF: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      ECONNRESET: {
        meaning: "The client's connection was reset.",
        causes: ['request-not-sent'],
        next: ['Look at what is between the client and the proxy: load balancer, firewall, mobile network.'],
      },
    },
  },
  'connection-shutdown': { meaning: 'A backend connection was closed.', side: 'connect' },
  'error-parsing-connection-header': {
    meaning: "The request's Connection header could not be understood.",
    client: '400',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'removing-header-listed-connection-header': {
    meaning: 'A header that the Connection header names was taken out of the request.',
    side: 'client',
  },
  'alert-worker-name-too-long': {
    meaning: "A worker's URL is too long and was cut off.",
    rulesOut: ['The backend'],
    next: ['Shorten the URL; requests may go astray.'],
  },
  'connection-established-unix-domain-socket': { meaning: 'The connection to the Unix socket is open.', side: 'connect' },
  'connection-established': { meaning: 'The TCP connection to the backend is open.', side: 'connect' },
  'noproxy-useproxy': { meaning: 'Whether NoProxy applies, in debugging builds.' },
  'unhandled-bucket-type': {
    meaning: "Data of a kind that mod_proxy can't pass on: a fault of a module.",
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'tunnel-bytes-read': { meaning: 'A count of bytes in a tunnel, in debugging builds.', side: 'receive' },
  'tunnel-write-failed': {
    meaning: 'In a tunnel (WebSocket, CONNECT) data could not be passed on.',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'tunnel-read-failed': { meaning: 'Data in a tunnel could not be read.', side: 'receive' },
  'reused-connection-not-empty': {
    meaning:
      'A pooled connection held unread bytes, so it was dropped: the backend had sent more than its answer, or a notice that it closes (408).',
    side: 'connect',
    causes: ['keepalive-race'],
    next: ["Look at the backend's keepalive timeout: shorter than the proxy's idle times?"],
  },
  'entering-balancer': { meaning: 'A balancer looks for a member.' },
  'selected-worker-busy-lbstatus': { meaning: 'The member that the balancer chose, and its figures.' },
  'response-header-too-long': {
    meaning:
      'One header line of the answer is longer than responsefieldsize (8192 bytes by default). The number (28) in front means that the line buffer was full; no disk is.',
    client: '502',
    side: 'receive',
    rulesOut: ['A full disk, in spite of the words in front'],
    next: ['Look which header grows (cookies, CSP), or raise responsefieldsize=.'],
  },
  'http-100-continue-sent-sending': { meaning: 'Whether the backend sent 100 Continue before the body.', side: 'receive' },
  'pass-request-body-failed-with-status': {
    meaning:
      'The request could not be sent on after the backend had said 100 Continue; the number at the end is the status that the client gets.',
    side: 'send',
    rulesOut: ['A refused connection: the backend had answered already'],
    causes: ['backend-crashed', 'backend-stalled', 'request-not-sent'],
    next: ['Read the line before it with the same pid and tid: it says which side failed.'],
  },
  'max-forwards-not-a-number': {
    meaning: "The request's Max-Forwards header is not a number.",
    client: '400',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'tunnel-running-timeout': { meaning: 'A tunnel runs with this timeout.', side: 'receive' },
  'polling-timed-out-client-origin': {
    meaning: 'A tunnel was idle longer than its timeout and is closed. At the usual level nothing is written of this.',
    side: 'receive',
  },
  'polling-failed': {
    meaning: 'Waiting for data in a tunnel failed.',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'polling-events-error': {
    meaning: 'A socket of a tunnel reported an error.',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'flushing-failed': {
    meaning: 'Data in a tunnel could not be sent.',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'unknown-socket-pollset': {
    meaning: 'A tunnel was told of a socket that is not its own.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'http-tunneling-protocol': { meaning: 'A tunnel begins after an Upgrade.', side: 'receive' },
  'cannot-create-tunnel': {
    meaning: 'The tunnel for an upgraded connection could not be set up.',
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'worker-name-of-proxypass-taken': {
    meaning:
      'A plain and a matching form (ProxyPass and ProxyPassMatch, <Proxy> and <ProxyMatch>) use one worker name, and one of them is ignored.',
    rulesOut: ['The backend'],
    next: ['Use one form, or other URLs.'],
  },
  'worker-name-of-proxy-section-taken': {
    meaning:
      'A plain and a matching form (ProxyPass and ProxyPassMatch, <Proxy> and <ProxyMatch>) use one worker name, and one of them is ignored.',
    rulesOut: ['The backend'],
    next: ['Use one form, or other URLs.'],
  },
  'invalid-proxy-uds-filename': {
    meaning: "The path of the Unix socket in the backend's URL is not acceptable.",
    client: '500',
    rulesOut: ['The backend'],
    next: ['Mend unix:/path|http://name in ProxyPass.'],
  },
  'unexpected-empty-data-reading-response': {
    meaning: "The backend's answer was empty where data was expected.",
    client: '502',
    side: 'receive',
    causes: ['backend-crashed'],
  },
  'invalid-status-returned-tunnel-forward': {
    meaning: 'A module that watches tunnels gave back a status that makes no sense.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'invalid-return-value-tunnel-forward': {
    meaning: 'A module that watches tunnels gave back a value that makes no sense.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'enablereuse-disablereuse-ignored-worker': {
    meaning: "enablereuse can't be used for a worker whose host or port is variable.",
    rulesOut: ['The backend'],
    next: ['Use fixed hosts, or do without reuse.'],
  },
  'error-reading-response-headers': {
    meaning:
      "The connection was lost, or nothing came any more, in the middle of the response's headers. Before 2.4.55 such answers were passed on as if complete.",
    client: '502',
    side: 'receive',
    rulesOut: ['DNS, a refused connection and the request: the backend had begun to answer'],
    causes: ['backend-crashed', 'backend-stalled'],
    next: ["Look at the backend's log for that moment."],
    byErrno: {
      APR_TIMEUP: { meaning: 'The backend fell silent inside the headers.', causes: ['backend-stalled', 'network-loss'] },
      APR_EOF: { meaning: 'The backend closed inside the headers.', causes: ['backend-crashed'] },
      ECONNRESET: { meaning: 'The connection was reset inside the headers.', causes: ['backend-crashed', 'network-loss'] },
    },
  },
  'query-has-control-characters': {
    meaning: 'The query string holds blanks or control characters that may not be sent on.',
    client: '403',
    side: 'client',
    rulesOut: ['The backend'],
    next: ['After an upgrade to 2.4.56 or later, look at RewriteRules with [P]: they may need the flags B or BCTLS.'],
  },
  'path-has-control-characters': {
    meaning: 'The decoded path would put a blank or a control character into the request line for the backend, so the request was refused.',
    client: '403',
    side: 'client',
    rulesOut: ['The backend'],
    next: ['After an upgrade to 2.4.56 or later, look at RewriteRules with [P] and at nocanon: they may need the flags B or BCTLS.'],
  },
  'failed-create-pool': {
    meaning: 'A pool of memory could not be made.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'resolving-backend': {
    meaning: "The backend's name was looked up again, and that failed.",
    side: 'resolve',
    causes: ['backend-not-found'],
    next: ['Resolve the name on the proxy (getent hosts NAME).'],
  },
  'resolving-worker': {
    meaning: "The worker's name was looked up again, and that failed.",
    side: 'resolve',
    causes: ['backend-not-found'],
    next: ['Resolve the name on the proxy (getent hosts NAME).'],
  },
  'name-resolved': { meaning: 'The addresses that the name stands for.', side: 'resolve' },
  'connection-closed-on-address-change': {
    meaning: 'The name now stands for other addresses, so a pooled connection was closed.',
    side: 'resolve',
  },
  'alert-worker-scheme-too-long': { meaning: "A worker's scheme is too long and was cut off.", rulesOut: ['The backend'] },
  'worker-hostname-too-long-truncated': {
    meaning: "A worker's name is too long for old modules and was cut off for them.",
    rulesOut: ['The backend'],
  },
  'error-reading-from-remote-server': {
    meaning: 'The error page after a missing status line (AH01102, the line before it). The path is the one that the client asked for.',
    client: '502',
    side: 'receive',
    rulesOut: ['DNS, routing and a refused connection: the request was sent'],
    causes: ['backend-crashed', 'backend-stalled', 'keepalive-race'],
    next: ['Read the line before it with the same pid and tid: its number tells a time-out from a close or reset.'],
  },
  'dns-lookup-failure': {
    meaning:
      "The backend's name could not be resolved. A name like example.comfoo means that a slash is missing at the end of a ProxyPass.",
    client: '500; 502 before 2.4.59',
    side: 'resolve',
    rulesOut: ['A refused connection and the backend itself: no address was known to connect to'],
    causes: ['backend-not-found'],
    next: [
      'Resolve the name on the proxy (getent hosts NAME), as the user that httpd runs as.',
      'Before 2.4.59 a name is resolved once for each child: after a change, reload httpd.',
    ],
  },
  'corrupt-status-line': {
    meaning:
      "The answer's first line looks like HTTP and is not HTTP/1.x, or is 8 KB long or more. A first line that does not look like HTTP at all is passed on with status 200 and without a line here.",
    client: '502',
    side: 'receive',
    rulesOut: ['The network: bytes of the backend arrived'],
    causes: ['backend-crashed'],
    next: ['Fetch from the backend directly and look at its first bytes: wrong port, wrong protocol (HTTP/2), or a broken server.'],
  },
  'tls-handshake-failed': {
    meaning:
      'The TLS handshake with the backend failed. AH01084 and AH01097 come with it although no body was sent; the reason is written only at LogLevel ssl:info.',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: [
      'Connect with TLS from the proxy (openssl s_client -connect HOST:PORT -servername NAME).',
      'Set LogLevel ssl:info and read the lines before this one.',
    ],
  },
  'timeout-on-100-continue': {
    meaning: 'With ping= the backend is asked for 100 Continue before the body; neither that nor any answer came in time.',
    client: '503',
    side: 'receive',
    rulesOut: ['A refused connection: it was open'],
    causes: ['backend-stalled', 'backend-overloaded'],
    next: ['Compare ping= with how fast the backend begins to answer.'],
  },
  'too-many-interim-responses': {
    meaning: 'The backend sent more than ten 1xx answers in a row.',
    client: '502',
    side: 'receive',
    rulesOut: ['The network'],
    causes: ['backend-crashed'],
    next: ['Look at the backend: it repeats interim answers.'],
  },
  'backend-uri-not-parsed': {
    meaning: "The backend's URL can't be understood.",
    client: '400',
    rulesOut: ['The backend'],
    next: ['Check the URL in ProxyPass or RewriteRule [P].'],
  },
  'backend-uri-without-host': {
    meaning: "The backend's URL has no host.",
    client: '400',
    rulesOut: ['The backend'],
    next: ['Check the URL in ProxyPass or RewriteRule [P].'],
  },
  'remote-machine-blocked': {
    meaning: 'ProxyBlock forbids this backend.',
    client: '403',
    rulesOut: ['The backend'],
    next: ['Check ProxyBlock.'],
  },
  'max-forwards-zero': {
    meaning:
      'Max-Forwards came down to zero: the request goes round in circles between proxies, or it was a TRACE or OPTIONS that asked for it.',
    client: '400 (502 before 2.4.5)',
    side: 'client',
    next: ['Look whether this proxy forwards to itself (directly, or through a load balancer).'],
  },
  'max-forwards-header-not-parsed': {
    meaning: "The request's Max-Forwards header could not be understood.",
    client: '400',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'max-forwards-value-refused': {
    meaning: "The request's Max-Forwards value could not be understood.",
    client: '400',
    side: 'client',
    rulesOut: ['The backend'],
  },
  'unexpected-upgrade': {
    meaning: 'The backend switched to another protocol than the client had asked for.',
    client: '502',
    side: 'receive',
    rulesOut: ['The network'],
    causes: ['backend-crashed'],
    next: ["Check upgrade= of the worker and the backend's WebSocket set-up."],
  },
  'malformed-connection-header': {
    meaning: "The Connection header of the backend's answer could not be understood.",
    client: '502',
    side: 'receive',
    rulesOut: ['The network'],
    causes: ['backend-crashed'],
  },
  'balancer-uri-not-parsed': {
    meaning: "The balancer's URL can't be understood.",
    client: '400',
    rulesOut: ['The backend'],
    next: ['Check the URL in ProxyPass.'],
  },
  'previous-connection-closed-2.0': {
    meaning: 'The backend connection kept for this client had been closed; a new one is opened. Harmless.',
    side: 'connect',
  },
  'previous-connection-closed-error-2.0': {
    meaning: 'The backend connection kept for this client had been closed. Harmless, in spite of its level.',
    side: 'connect',
  },
  'request-headers-not-sent-2.0': {
    meaning: "The request's headers could not be written to the backend.",
    client: '500',
    side: 'send',
    rulesOut: ['DNS, routing and a refused connection: the connection was open'],
    causes: ['backend-crashed', 'keepalive-race'],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The backend stopped reading: for a whole timeout it took nothing more off the connection.',
        rulesOut: ['A refused connection: it was open', 'A crash at that moment: the connection was not closed'],
        causes: ['backend-stalled', 'network-loss'],
        next: [
          'Look whether failures pile up at the value of timeout= or ProxyTimeout, and what the backend does with long bodies.',
          'Capture packets: a window of zero means that the backend does not read; retransmissions mean that the network loses packets.',
        ],
      },
      ECONNRESET: {
        meaning: 'The backend, or something in between, reset the connection while the request was being sent.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
        next: [
          'Look when the backend process started and whether it crashed; whether reused connections only are hit (within milliseconds, after idle times), which the keepalive test tells.',
        ],
      },
      EPIPE: {
        meaning: 'The proxy wrote to a connection that the backend had closed already.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['keepalive-race', 'backend-crashed'],
        next: ['Test without reuse of connections; look whether the backend refuses large bodies early and closes.'],
      },
      APR_EGENERAL: {
        meaning:
          'On sending, this unspecific error nearly always means that the TLS handshake with the backend failed. It comes for GET too.',
        rulesOut: ['The request body: the request was not sent yet'],
        causes: ['backend-tls', 'backend-crashed'],
        next: [
          'Look for "Error during SSL Handshake" with the same pid and tid; set LogLevel ssl:info to see the reason; connect with TLS from the proxy.',
        ],
      },
      ECONNABORTED: {
        meaning: 'httpd itself had marked the connection as broken: most often the TLS layer had ended.',
        causes: ['backend-tls', 'backend-crashed'],
        next: ['If the backend is https, connect with TLS from the proxy.'],
      },
      ETIMEDOUT: {
        meaning: 'The system gave up sending: the other end did not acknowledge for minutes.',
        causes: ['network-loss', 'network-blocked'],
        next: ["Look whether the backend's host vanished, or whether a firewall forgets connections."],
      },
      APR_EOF: {
        meaning: 'The backend closed the connection.',
        causes: ['backend-crashed', 'keepalive-race'],
        next: ['Test without reuse of connections; look for crashes and restarts of the backend.'],
      },
    },
  },
  'request-body-not-sent-2.0': {
    meaning: "The request's body could not be written to the backend.",
    client: '500',
    side: 'send',
    rulesOut: ['DNS, routing and a refused connection: the connection was open'],
    causes: ['backend-crashed', 'backend-stalled', 'keepalive-race'],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The backend stopped reading: for a whole timeout it took nothing more off the connection.',
        rulesOut: ['A refused connection: it was open', 'A crash at that moment: the connection was not closed'],
        causes: ['backend-stalled', 'network-loss'],
        next: [
          'Look whether failures pile up at the value of timeout= or ProxyTimeout, and what the backend does with long bodies.',
          'Capture packets: a window of zero means that the backend does not read; retransmissions mean that the network loses packets.',
        ],
      },
      ECONNRESET: {
        meaning: 'The backend, or something in between, reset the connection while the request was being sent.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
        next: [
          'Look when the backend process started and whether it crashed; whether reused connections only are hit (within milliseconds, after idle times), which the keepalive test tells.',
        ],
      },
      EPIPE: {
        meaning: 'The proxy wrote to a connection that the backend had closed already.',
        rulesOut: ['A refused connection: it was open'],
        causes: ['keepalive-race', 'backend-crashed'],
        next: ['Test without reuse of connections; look whether the backend refuses large bodies early and closes.'],
      },
      APR_EGENERAL: {
        meaning:
          'On sending, this unspecific error nearly always means that the TLS handshake with the backend failed. It comes for GET too.',
        rulesOut: ['The request body: the request was not sent yet'],
        causes: ['backend-tls', 'backend-crashed'],
        next: [
          'Look for "Error during SSL Handshake" with the same pid and tid; set LogLevel ssl:info to see the reason; connect with TLS from the proxy.',
        ],
      },
      ECONNABORTED: {
        meaning: 'httpd itself had marked the connection as broken: most often the TLS layer had ended.',
        causes: ['backend-tls', 'backend-crashed'],
        next: ['If the backend is https, connect with TLS from the proxy.'],
      },
      ETIMEDOUT: {
        meaning: 'The system gave up sending: the other end did not acknowledge for minutes.',
        causes: ['network-loss', 'network-blocked'],
        next: ["Look whether the backend's host vanished, or whether a firewall forgets connections."],
      },
      APR_EOF: {
        meaning: 'The backend closed the connection.',
        causes: ['backend-crashed', 'keepalive-race'],
        next: ['Test without reuse of connections; look for crashes and restarts of the backend.'],
      },
    },
  },
  'prefetch-request-body-failed-2.0': {
    meaning: "The proxy could not read the request's body from the client. The backend in the line is only where it would have gone.",
    client: '400',
    side: 'client',
    rulesOut: ["The backend: it is named, but the failure is on the client's side"],
    causes: ['request-not-sent'],
    next: ["Look at the client's upload."],
    byErrno: {
      APR_TIMEUP: {
        meaning: 'The client was too slow: it sent nothing for as long as Timeout or RequestReadTimeout allows.',
        causes: ['request-not-sent'],
        next: [
          "Look at RequestReadTimeout and Timeout, and at the client's upload speed. At LogLevel info, AH01382 says which limit it was.",
        ],
      },
      APR_INCOMPLETE: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      APR_EOF: {
        meaning: 'The client closed its connection in the middle of the body.',
        causes: ['request-not-sent'],
        next: ['Ask why the client gives up: its own time-out, a person who leaves, a lost connection on its side.'],
      },
      ECONNRESET: {
        meaning: "The client's connection was reset.",
        causes: ['request-not-sent'],
        next: ['Look at what is between the client and the proxy: load balancer, firewall, mobile network.'],
      },
    },
  },
  'prefetched-body-lost-2.0': {
    meaning: 'The part of the body that was read in advance could not be kept: this proxy lacks memory, or a filter failed.',
    client: '500',
    side: 'client',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['proxy-exhausted'],
  },
  'keepalive-address-match-keep-original': {
    meaning: "The backend connection that belongs to this client's connection is used again.",
    side: 'connect',
  },
  'keepalive-address-mismatch-connection-changed': {
    meaning: 'This request goes to another backend than the last one, so the old connection is closed.',
    side: 'connect',
  },
  'ignoring-duplicate-http-header-returned': { meaning: 'The backend sent a header twice; one was dropped.', side: 'receive' },
  'bad-http-status-line-returned': {
    meaning: "The backend's status line could not be used.",
    client: '502',
    side: 'receive',
    causes: ['backend-crashed'],
  },
  'ap-get-scoreboard-lb-failed': {
    meaning: 'There was no place in the scoreboard for this worker: its error state is not shared among children.',
    rulesOut: ['The backend'],
  },
  'setsockopt-so-rcvbuf-failed-set': {
    meaning: 'The system did not take ProxyReceiveBufferSize; its own size is used. Harmless.',
    rulesOut: ['The backend'],
  },
  'lock-failed-find-best-worker': {
    meaning: 'A lock inside mod_proxy could not be taken.',
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'unlock-failed-find-best-worker': {
    meaning: 'A lock inside mod_proxy could not be given back.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'forcing-recovery-worker': {
    meaning: 'Every member of the balancer was in error, so all are taken back at once without waiting (forcerecovery).',
    causes: ['backend-not-running', 'network-blocked'],
    next: ['Look for the connect failures of the members before it.'],
  },
  'lock-failed-pre-request': {
    meaning: 'A lock inside mod_proxy could not be taken.',
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'all-workers-in-error-for-route': {
    meaning: 'The session is bound to a member that is in error, and nofailover forbids another one.',
    client: '503',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Find why that member went into error: an earlier connect failure, or a status in failonstatus.'],
  },
  'unlock-failed-pre-request': {
    meaning: 'A lock inside mod_proxy could not be given back.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'all-workers-in-error': {
    meaning:
      'The balancer has no usable member, and no connect was tried for this request. Members that are disabled, stopped or draining count too.',
    client: '503',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Find the earlier connect failures of its members (AH00957), or health checks at level info (AH03303).'],
  },
  'no-workers-balancer': {
    meaning: 'The balancer has no members: often its name in ProxyPass and in <Proxy balancer://…> differ.',
    client: '503',
    rulesOut: ['The backend'],
    next: ['Compare both names.'],
  },
  'worker-rewritten': { meaning: 'The member that was taken, and its URL.' },
  'lock-failed-post-request': {
    meaning: 'A lock inside mod_proxy could not be taken.',
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'worker-failed-on-status': {
    meaning: 'A member was put into error because the application behind it answered with a status listed in failonstatus.',
    rulesOut: ['The network: the application answered'],
    causes: ['backend-crashed'],
    next: ["Look in the application's own log for the cause of that status."],
  },
  'unlock-failed-post-request': {
    meaning: 'A lock inside mod_proxy could not be given back.',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'worker-failed-on-timeout': {
    meaning: 'A member was put into error because it did not answer in time (failontimeout).',
    client: '502',
    causes: ['backend-stalled'],
    next: ['Look what the backend was doing at that time; compare timeout= with how long its requests take.'],
  },
  'failed-lookup-provider-shm-mod': {
    meaning: 'mod_slotmem_shm is not loaded; httpd does not start.',
    rulesOut: ['The backend'],
    next: ['Load mod_slotmem_shm.'],
  },
  'balancer-slotmem-create-failed': {
    meaning: 'Shared memory for balancers could not be made.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'mutex-creation-failed': {
    meaning: 'A mutex of the balancer could not be made; (28) there means that System V semaphores leaked.',
    rulesOut: ['The backend'],
    next: ['Check the Mutex directive, rights, and left-over semaphores (ipcs).'],
  },
  'worker-slotmem-create-failed': {
    meaning: 'Shared memory for workers could not be made.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'failed-init-balancer-child': { meaning: 'A child could not set up the balancer.', rulesOut: ['The backend'] },
  'mod-proxy-missing-for-balancer': {
    meaning: 'mod_proxy_balancer is loaded without mod_proxy; httpd does not start.',
    rulesOut: ['The backend'],
    next: ['Load mod_proxy first.'],
  },
  'balancer-slotmem-fgrab-failed': {
    meaning: 'A place in shared memory for a balancer could not be had.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'worker-slotmem-fgrab-failed': {
    meaning: 'A place in shared memory for a worker could not be had.',
    rulesOut: ['The backend'],
    next: ['Look for a left-over segment after a crash (ipcs -m, DefaultRuntimeDir), rights, and SELinux.'],
  },
  'failed-add-worker': {
    meaning: 'The balancer-manager could not add a member.',
    rulesOut: ['The backend'],
    next: ['Check growth= of the balancer.'],
  },
  'ignoring-params-balancer-manager-cross': {
    meaning: 'A change in the balancer-manager came from a page of another site and was ignored.',
    rulesOut: ['The backend'],
  },
  'mod-ssl-not-configured': {
    meaning: 'A health check of an https member could not use TLS: mod_ssl is missing, or SSLProxyEngine is off.',
    causes: ['backend-tls'],
    next: ['Load mod_ssl and set SSLProxyEngine on.'],
  },
  'somehow-tried-use-unimplemented-hcheck': {
    meaning: "The health check's method (hcmethod) is not known.",
    rulesOut: ['The backend'],
    next: ['Check hcmethod=.'],
  },
  'mod-watchdog-required': {
    meaning: 'Health checks need mod_watchdog, which is not loaded.',
    rulesOut: ['The backend'],
    next: ['Load mod_watchdog; look at the lines before.'],
  },
  'failed-create-watchdog-instance': {
    meaning: 'The timer of the health checks could not be made.',
    rulesOut: ['The backend'],
    next: ['Load mod_watchdog; look at the lines before.'],
  },
  'failed-register-watchdog-callback': {
    meaning: 'The timer of the health checks could not be set.',
    rulesOut: ['The backend'],
    next: ['Load mod_watchdog; look at the lines before.'],
  },
  'error-checking-condition': {
    meaning: 'The expression of a health check (hcexpr) could not be evaluated, so the check counts as failed.',
    next: ['Mend the expression that hcexpr names.'],
  },
  'health-check-enabling': { meaning: 'Health checks passed again, so the member was taken back.' },
  'health-check-disabling': {
    meaning: 'Health checks failed, so the member was taken out. At the usual LogLevel warn this line is not written.',
    causes: ['backend-not-running', 'backend-overloaded'],
    next: ["Try the health check's own request (hcuri) from the proxy."],
  },
  'health-check-status': { meaning: 'The result of one health check.' },
  'no-connection-to-websocket-backend': {
    meaning: 'A WebSocket request got no connection to its backend. The line before it, with the same pid and tid, holds the reason.',
    client: '503',
    side: 'connect',
    causes: ['backend-not-running', 'network-blocked', 'backend-overloaded'],
    next: ['Read the line before it with the same pid and tid: its number says why.'],
  },
  'error-apr-pollset-create': {
    meaning: 'A WebSocket tunnel could not be set up.',
    client: '500',
    causes: ['proxy-bug'],
    next: ['Compare this version with the list of faults fixed since.'],
  },
  'error-apr-poll': {
    meaning: 'Waiting for data in a WebSocket tunnel failed.',
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'error-backconn': {
    meaning: "The backend's side of a WebSocket tunnel broke. Up to 2.4.9 it comes for ordinary hang-ups too.",
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'unknown-event-backconn': {
    meaning: "The backend's side of a WebSocket tunnel reported something unusual.",
    side: 'receive',
    rulesOut: ['DNS and a refused connection: the tunnel was open'],
    causes: ['backend-crashed', 'network-loss'],
    next: ['Look at both ends of the tunnel for that moment; idle tunnels may be cut by a timeout or a firewall.'],
  },
  'unknown-event-client-conn': {
    meaning: "The client's side of a WebSocket tunnel reported something unusual.",
    side: 'client',
    causes: ['request-not-sent'],
  },
  'error-ap-pass-brigade': { meaning: 'Data could not be passed on in a WebSocket tunnel.', side: 'receive', causes: ['request-not-sent'] },
  'require-upgrade-url-upgrade-header': {
    meaning: 'A plain HTTP request came to a URL that is mapped to ws://.',
    client: '426',
    rulesOut: ['The backend'],
    next: ['Map the URL to http:// with upgrade=websocket, which serves both.'],
  },
  'tls-support-not-enabled': {
    meaning: 'This virtual host proxies to https and does not have SSLProxyEngine on.',
    client: '500',
    side: 'tls',
    rulesOut: ['The backend: nothing was sent to it'],
    causes: ['backend-tls'],
    next: ['Set SSLProxyEngine on in the virtual host (or section) that proxies to https.'],
  },
  'ssl-proxy-requested-but-not': {
    meaning: 'mod_ssl leaves this outgoing connection alone, as SSLProxyEngine is not on for it.',
    side: 'tls',
    causes: ['backend-tls'],
    next: ['Set SSLProxyEngine on.'],
  },
  'unable-create-new-ssl-connection': {
    meaning: 'OpenSSL could not set up a connection: this proxy lacks memory, mostly.',
    client: '500',
    side: 'tls',
    causes: ['proxy-exhausted', 'backend-tls'],
  },
  'failed-set-sni-extension-ssl': {
    meaning: 'The name of the backend could not be put into the TLS greeting (SNI).',
    side: 'tls',
    causes: ['backend-tls'],
    next: ['Look whether the backend needs SNI: an address in place of a name has none.'],
  },
  'ssl-proxy-connect-failed': {
    meaning: 'The TLS handshake with the backend failed; the lines around it hold the reason. It is written at level info only.',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ['Read the SSL Library Error after it.'],
  },
  'ssl-proxy-peer-certificate-expired': {
    meaning: "The backend's certificate has expired.",
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ['Renew the certificate at the backend.'],
  },
  'ssl-proxy-peer-certificate-cn': {
    meaning: "The backend's certificate is for another name than the one it was called by.",
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: [
      "Call the backend by the name in its certificate, or give it one for this name. With ProxyPreserveHost the name checked is the client's Host.",
    ],
  },
  'ssl-proxy-peer-certificate-does': {
    meaning: "The backend's certificate is not valid for the name it was called by.",
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: [
      "Call the backend by a name in its certificate, or give it one for this name. With ProxyPreserveHost the name checked is the client's Host.",
    ],
  },
  'ssl-proxy-peer-did-not': {
    meaning: 'The backend took none of the protocols that were offered (ALPN).',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-proxy-peer-proposed-alpn': {
    meaning: 'The backend chose a protocol that was not offered (ALPN).',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-handshake-failed-sending-502': {
    meaning: 'The TLS handshake with the backend failed; the client gets 500.',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'certificate-verification-failed': {
    meaning:
      "A certificate was not accepted. With [remote …] it is the backend's; with [client …] it is the client's, and the backend is not concerned. The number is OpenSSL's: 10 expired, 18 and 19 self-signed, 20 and 21 issuer not known.",
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ["For the backend's: give SSLProxyCACertificateFile the issuer, or renew the certificate."],
  },
  'certificate-chain-too-long': {
    meaning: 'The certificate chain is longer than SSLProxyVerifyDepth allows (1 by default).',
    client: '500',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ['Raise SSLProxyVerifyDepth.'],
  },
  'proxy-client-certificate-callback-downstream': {
    meaning: 'The backend asked for a client certificate, and none is configured.',
    client: "500, or the backend's 403",
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ['Set SSLProxyMachineCertificateFile, with an unencrypted key.'],
  },
  'incomplete-client-cert-configured-ssl': {
    meaning: 'SSLProxyMachineCertificateFile lacks a key, or the key is encrypted.',
    rulesOut: ['The backend'],
    next: ['Give it certificate and unencrypted key.'],
  },
  'ssl-input-filter-read-failed': {
    meaning: "Reading below TLS failed; [remote …] means the backend's side.",
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-library-error-reading-data': {
    meaning: 'TLS data could not be read.',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-output-filter-write-failed': {
    meaning: "Writing below TLS failed; [remote …] means the backend's side.",
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-library-error-writing-data': {
    meaning: 'TLS data could not be written.',
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
  },
  'ssl-library-error-handshake-server': {
    meaning: 'A TLS handshake that a client began with this server failed. It has nothing to do with a backend.',
    side: 'tls',
    rulesOut: ['The backend'],
  },
  'tls-library-error': {
    meaning: "OpenSSL's words for the error of the line before it, often without client or backend.",
    side: 'tls',
    rulesOut: ['DNS and a refused connection: TCP was connected'],
    causes: ['backend-tls'],
    next: ['Read it with the line before: client and backend stand there.'],
  },
  'request-read-timeout': {
    meaning: 'RequestReadTimeout ended a request that its client sent too slowly (its head or its body).',
    client: '408',
    side: 'client',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
    next: ['Compare RequestReadTimeout with the speed of the clients that fail.'],
  },
  'request-chunk-not-parsed': {
    meaning: "A chunk header could not be read. In a request it is the client's; in a proxied response it is the backend's.",
    client: '400',
    side: 'client',
    causes: ['request-not-sent', 'backend-crashed'],
    next: ['The line after it tells which: AH01095 or AH02608 means the client, AH01110 the backend.'],
  },
  'invalid-content-length': {
    meaning: "A Content-Length is not a number: the request's, or that of the backend's answer.",
    client: '502 or 400',
    side: 'receive',
  },
  'requested-content-length-larger-than': {
    meaning: 'The announced body is larger than LimitRequestBody allows.',
    client: '413',
    side: 'client',
    rulesOut: ['The backend'],
    causes: ['request-not-sent'],
  },
  'empty-response-header-name-aborting': {
    meaning: 'The backend sent a header without a name; HttpProtocolOptions Strict turns the answer into an error.',
    client: '500',
    side: 'receive',
    rulesOut: ['The network'],
    next: ['Mend the header at the backend.'],
  },
  'response-header-name-contains-invalid': {
    meaning: 'The name of a response header holds blanks or other characters that are not allowed there.',
    client: '500',
    side: 'receive',
    rulesOut: ['The network'],
    next: ['Mend the header at the backend.'],
  },
  'response-header-value-contains-invalid': {
    meaning: 'The value of a response header holds control characters.',
    client: '500',
    side: 'receive',
    rulesOut: ['The network'],
    next: ['Mend the header at the backend.'],
  },
  'ap-content-length-filter-apr': {
    meaning: 'The answer could not be read on its way to the client.',
    client: '500',
    side: 'receive',
    causes: ['backend-crashed'],
  },
  'can-t-consume-pipelined-empty': {
    meaning: 'The check whether a kept connection is still alive ran into an error.',
    side: 'connect',
    causes: ['keepalive-race'],
  },
  'max-request-workers-reached': {
    meaning:
      'All workers of this httpd are busy; further connections wait. It is logged once for each start, so that its absence later proves nothing. Slow backends are a frequent reason.',
    client: 'none, clients wait',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look what the workers wait for (server-status): if it is a backend, that one comes first.'],
  },
  'min-spare-threads-near-limit': {
    meaning: 'Nearly all workers of this httpd are busy.',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look what the workers wait for (server-status).'],
  },
  'min-spare-threads-near-limit-event': {
    meaning: 'Nearly all workers of this httpd are busy.',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look what the workers wait for (server-status).'],
  },
  'scoreboard-full': {
    meaning: 'Places for workers are held by children that are still finishing old requests.',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look for long requests after graceful restarts (server-status, state G).'],
  },
  'scoreboard-full-increase-server-limit': {
    meaning: 'Places for workers are held by old children that are still finishing long requests, mostly after graceful restarts.',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look for long requests (server-status, state G); raise ServerLimit, or set GracefulShutdownTimeout.'],
  },
  'out-of-threads-windows': {
    meaning: 'All threads of this httpd are busy.',
    causes: ['proxy-exhausted', 'backend-stalled'],
    next: ['Look what the threads wait for (server-status).'],
  },
  'server-seems-busy': { meaning: 'The load jumped, and new children are started faster.', causes: ['proxy-exhausted'] },
  'fork-failed': {
    meaning: 'No new child process could be started: the limit of processes (11) or the memory (12) of this machine is reached.',
    causes: ['proxy-exhausted'],
    next: ['Look at the limits of the service (LimitNPROC, TasksMax) and at free memory.'],
  },
  'child-terminated': {
    meaning: 'At a stop or restart a child would not end by itself and was told to terminate. Requests it was working on are cut.',
  },
  'child-killed': { meaning: 'At a stop or restart a child would not end and was killed. Requests it was working on are cut.' },
  'child-will-not-exit': { meaning: "A child can't be ended, not even by force." },
  'child-fatal-error': {
    meaning: "A child met an error that it can't go on with, and this httpd stops.",
    next: ['Read the lines before it.'],
  },
  'child-crashed-with-core': {
    meaning: 'A child of this httpd crashed; its requests were cut without any line of their own.',
    client: 'connection cut',
    causes: ['proxy-bug'],
    next: ['Look at the signal and the core file; compare this version with the list of faults fixed since.'],
  },
  'child-crashed': {
    meaning:
      'A child of this httpd crashed (signal 11), or was killed (9: often for lack of memory); its requests were cut without any line of their own.',
    client: 'connection cut',
    causes: ['proxy-bug'],
    next: [
      'Signal 9: look in the kernel log for the OOM killer. Signal 11 or 6: compare this version with the list of faults fixed since.',
    ],
  },
  'server-started': { meaning: 'httpd is up after a start or restart, with its version and modules.' },
  'server-stopped': { meaning: 'httpd was stopped.' },
  'server-stopped-gracefully': { meaning: 'httpd was told to stop when its requests are finished.' },
  'graceful-restart': { meaning: 'A graceful restart: running requests may finish; pools and error states of workers begin anew.' },
  'graceful-restart-usr1': { meaning: 'A graceful restart: running requests may finish; pools and error states of workers begin anew.' },
  restart: { meaning: 'A hard restart: running requests are cut.' },
  'listen-bind-failed': {
    meaning: 'httpd could not take an address to listen on: it is in use, or this user may not.',
    next: ['Look which process listens there (ss -tlnp).'],
  },
  'command-line': { meaning: 'How this httpd was started.' },
  'unclean-shutdown': {
    meaning: 'The last run did not end properly: httpd or its machine crashed, or it was killed.',
    next: ["Look in the system's log for what happened before this start."],
  },
  'out-of-descriptors': {
    meaning: "This httpd has no file descriptors left; connections, files and backends can't be opened.",
    rulesOut: ['The backend'],
    causes: ['proxy-exhausted'],
    next: ['Compare the open files of the httpd children with their limit (/proc/PID/limits).'],
  },
  'trace-line': { meaning: 'A line for developers of httpd.' },
};

export const errnoWords: Readonly<Record<string, ErrnoWords>> = {
  ECONNREFUSED: {
    connect: {
      meaning: 'The host answered that nothing accepts connections on that port; or a packet filter gave that answer in its name.',
      rulesOut: ['DNS: there is an address', 'Routing and a host that is off: something answered for it'],
      causes: ['backend-not-running', 'backend-overloaded', 'network-blocked'],
      next: [
        'Connect from the proxy to the same address and port several times: refused every time, or only sometimes?',
        'On the backend, look what listens on that port and on which address (ss -tln).',
        'Note how often it happens: every request speaks for a backend that is down or a blocked way, clusters under load for an overload.',
      ],
    },
  },
  ETIMEDOUT: {
    connect: {
      meaning:
        'No answer came to the connect for as long as the system tries: packets are dropped on the way, the host is off, or its accept queue is full.',
      rulesOut: ['DNS: there is an address', 'A backend that is merely stopped: its host would have refused at once'],
      causes: ['network-blocked', 'backend-overloaded', 'backend-not-found'],
      next: [
        'See whether the host answers otherwise (another port, its neighbours, ARP on the same network).',
        'On the backend, look at the accept queue (ss -ltn: Recv-Q against Send-Q; nstat: TcpExtListenOverflows).',
      ],
    },
    send: {
      meaning: 'The other end acknowledged nothing for minutes, and the system gave up.',
      causes: ['network-loss', 'network-blocked'],
    },
    receive: {
      meaning: 'The other end vanished: keepalive probes or retransmissions went unanswered.',
      causes: ['network-loss', 'network-blocked'],
    },
  },
  APR_TIMEUP: {
    connect: {
      meaning:
        "The connect did not come about within connectiontimeout (else timeout or ProxyTimeout): packets are dropped on the way, the host is off, or the backend's accept queue is full (Linux then drops, it does not refuse).",
      rulesOut: ['DNS: there is an address', 'A backend that is merely stopped: its host would have refused at once'],
      causes: ['network-blocked', 'backend-overloaded', 'backend-not-found'],
      next: [
        'Connect from the proxy several times: all without an answer speaks for a block or a dead host, some for an overload.',
        'On the backend, look at the accept queue (ss -ltn: Recv-Q against Send-Q; nstat: TcpExtListenOverflows).',
      ],
    },
    send: { meaning: 'The backend stopped reading for a whole timeout.', causes: ['backend-stalled', 'network-loss'] },
    receive: {
      meaning: 'The backend sent nothing for a whole timeout.',
      rulesOut: ['A crash or restart at that moment: the connection stayed open'],
      causes: ['backend-stalled', 'network-loss'],
    },
    client: { meaning: 'The client sent nothing for a whole timeout.', causes: ['request-not-sent'] },
  },
  ECONNRESET: {
    connect: {
      meaning:
        'The other end took the connection and reset it at once: a listener that is closing, a limit of connections, or a load balancer without members.',
      rulesOut: ['DNS and routing: something answered'],
      causes: ['backend-overloaded', 'backend-not-running', 'network-blocked'],
    },
    send: {
      meaning: 'The connection was reset while the request was sent.',
      causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
    },
    receive: {
      meaning: 'The connection was reset instead of an answer, or in the middle of it.',
      causes: ['backend-crashed', 'keepalive-race', 'network-loss'],
    },
    client: { meaning: "The client's connection was reset.", causes: ['request-not-sent'] },
  },
  EPIPE: {
    send: {
      meaning: 'The backend had closed the connection before the request was written.',
      causes: ['keepalive-race', 'backend-crashed'],
    },
    receive: { meaning: 'The connection was closed already.', causes: ['keepalive-race', 'backend-crashed'] },
    client: { meaning: 'The client had closed its connection.', causes: ['request-not-sent'] },
  },
  ECONNABORTED: {
    connect: { meaning: 'The connection was given up before it could be used.', causes: ['backend-overloaded', 'network-blocked'] },
    send: {
      meaning: 'httpd itself had marked the connection as broken, mostly because TLS had ended.',
      causes: ['backend-tls', 'backend-crashed'],
    },
    receive: {
      meaning: 'httpd itself had marked the connection as broken: TLS failed, or https is used towards a plain HTTP port.',
      causes: ['backend-tls'],
    },
  },
  EHOSTUNREACH: {
    connect: {
      meaning:
        'There is no way to that host: it is off or not on its network (no answer to ARP), no route leads there, or a firewall answered that it is prohibited.',
      rulesOut: ['DNS: there is an address', "The backend's process: its host was not reached"],
      causes: ['backend-not-found', 'network-blocked'],
      next: [
        'See whether the host answers otherwise: if it does, a firewall rejects (firewalld does it this way).',
        'Look at the route and the neighbour table on the proxy (ip route get ADDRESS; ip neigh).',
      ],
    },
  },
  ENETUNREACH: {
    connect: {
      meaning: 'This machine has no route to that network; with an IPv6 address it often means that IPv6 does not work here.',
      rulesOut: ['DNS: there is an address', 'The backend: nothing left this machine'],
      causes: ['backend-not-found'],
      next: ['Look at the route on the proxy (ip route get ADDRESS).'],
    },
  },
  EHOSTDOWN: {
    connect: {
      meaning: 'The host does not answer on its own network.',
      rulesOut: ['DNS: there is an address'],
      causes: ['backend-not-found', 'hardware-suspected'],
    },
  },
  ENETDOWN: {
    connect: {
      meaning: 'The network interface of this machine is down.',
      rulesOut: ['The backend'],
      causes: ['hardware-suspected', 'backend-not-found'],
      next: ['Look at the interfaces of the proxy (ip -s link).'],
    },
  },
  ENETRESET: { receive: { meaning: 'The network dropped the connection.', causes: ['network-loss'] } },
  EACCES: {
    connect: {
      meaning:
        "This system forbids httpd the connect: SELinux (httpd_can_network_connect), a packet filter for the daemon's user, or the rights of a Unix socket. A shell may well connect.",
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['network-blocked'],
      next: ['Look in the audit log, and at getsebool httpd_can_network_connect; try to connect as the user that httpd runs as.'],
    },
  },
  EPERM: {
    connect: {
      meaning: 'This system forbids the connect: a rule of the local packet filter, or a restriction of the service.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['network-blocked'],
      next: ['Look at the output rules of the packet filter on the proxy.'],
    },
  },
  EADDRNOTAVAIL: {
    connect: {
      meaning: 'This machine has no free local port for the connect, or ProxySourceAddress is not one of its addresses.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['proxy-exhausted'],
      next: [
        'Count the connections in TIME_WAIT towards the backend (ss -s, ss -tan state time-wait), and let connections be reused again.',
      ],
    },
  },
  EADDRINUSE: {
    connect: {
      meaning: 'The local address and port are in use: ports are used up.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['proxy-exhausted'],
    },
  },
  EMFILE: {
    connect: {
      meaning: 'This httpd child has no file descriptors left.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['proxy-exhausted'],
      next: ['Compare the open files of the children with their limit (/proc/PID/limits), and raise LimitNOFILE or ulimit -n.'],
    },
  },
  ENFILE: {
    connect: {
      meaning: 'This machine has no file descriptors left.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['proxy-exhausted'],
    },
  },
  ENOBUFS: {
    connect: {
      meaning: 'This system has no buffers (or, on Windows, no ports) left for sockets.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['proxy-exhausted'],
    },
    send: { meaning: 'This system has no buffers left for sockets.', causes: ['proxy-exhausted'] },
  },
  ENOMEM: {
    connect: { meaning: 'This system is out of memory.', rulesOut: ['The backend: nothing was sent to it'], causes: ['proxy-exhausted'] },
  },
  EAFNOSUPPORT: {
    connect: {
      meaning: 'This system does not speak that kind of address, mostly IPv6.',
      rulesOut: ['The backend: nothing was sent to it'],
      causes: ['backend-not-found'],
      next: ['Look whether the name has an IPv4 address (getent ahosts NAME), or use an address in the configuration.'],
    },
  },
  ENOENT: { connect: { meaning: 'The Unix socket is not there.', causes: ['backend-not-running'] } },
  EAGAIN: { connect: { meaning: 'The queue of the Unix socket is full.', causes: ['backend-overloaded'] } },
  EINVAL: {
    connect: { meaning: 'The socket could not be used: it may have been reset already (Solaris, macOS).', causes: ['backend-overloaded'] },
  },
  EPROTO: { connect: { meaning: 'The other end was gone again before the connection was complete.', causes: ['backend-overloaded'] } },
  ENOTCONN: {
    send: { meaning: 'The other end had closed before the connection was used.', causes: ['keepalive-race', 'backend-crashed'] },
    receive: { meaning: 'The other end had closed before the connection was used.', causes: ['keepalive-race', 'backend-crashed'] },
  },
  ESHUTDOWN: { send: { meaning: 'The connection was shut down for writing already.', causes: ['keepalive-race', 'backend-crashed'] } },
  EINTR: { receive: { meaning: 'A signal interrupted the wait: httpd was stopped or restarted.', causes: [] } },
  APR_EGENERAL: {
    connect: { meaning: 'httpd does not say more than that something failed inside.', causes: ['proxy-exhausted'] },
    send: { meaning: 'Mostly the TLS handshake with the backend failed.', causes: ['backend-tls', 'backend-crashed'] },
    receive: { meaning: 'The backend closed without a byte, or its answer was malformed.', causes: ['backend-crashed', 'keepalive-race'] },
  },
  APR_EOF: {
    send: { meaning: 'The other end closed the connection.', causes: ['backend-crashed', 'keepalive-race'] },
    receive: { meaning: 'The backend closed the connection.', causes: ['backend-crashed', 'keepalive-race'] },
    client: { meaning: 'The client closed its connection.', causes: ['request-not-sent'] },
  },
  APR_INCOMPLETE: {
    receive: { meaning: 'The backend closed before its answer was complete.', causes: ['backend-crashed'] },
    client: { meaning: 'The client closed its connection in the middle of the body.', causes: ['request-not-sent'] },
  },
  ERROR_NETNAME_DELETED: {
    client: { meaning: 'The client closed or reset its connection (Windows).', causes: ['request-not-sent'] },
    receive: { meaning: 'The connection was closed or reset (Windows).', causes: ['backend-crashed', 'keepalive-race'] },
  },
  EAI_NONAME: {
    resolve: {
      meaning: 'There is no such name: it is mistyped, a slash is missing in ProxyPass, or this system asks no DNS that knows it.',
      causes: ['backend-not-found'],
    },
  },
  EAI_AGAIN: {
    resolve: {
      meaning: 'The DNS server did not answer: it is down or out of reach, or this container started before it.',
      causes: ['backend-not-found'],
      next: ['Ask the name servers in /etc/resolv.conf from the proxy.'],
    },
  },
  EAI_FAIL: { resolve: { meaning: 'The DNS server answered with a failure of its own.', causes: ['backend-not-found'] } },
  EAI_NODATA: { resolve: { meaning: 'The name exists and has no address.', causes: ['backend-not-found'] } },
  EAI_SERVICE: { resolve: { meaning: 'The port of the backend is not one.', causes: ['backend-not-found'] } },
  EAI_FAMILY: { resolve: { meaning: 'That kind of address is not supported here.', causes: ['backend-not-found'] } },
  EAI_ADDRFAMILY: { resolve: { meaning: 'The name has no address of the kind that is wanted.', causes: ['backend-not-found'] } },
  EAI_MEMORY: { resolve: { meaning: 'The resolver is out of memory.', causes: ['proxy-exhausted'] } },
};
