/** What an errno of connect(2) says. Pure; one table for our own sockets and for the tools at a vantage. */
import type { ConnectResult } from './host.ts';

/** `timer`: our own time limit ended the attempt. `code` is an errno symbol, null where the tool does not tell. */
export function connectOutcome(code: string | null, timer: boolean): ConnectResult['outcome'] {
  if (timer) return 'timed-out';
  switch (code) {
    case 'ECONNREFUSED':
    // No such socket in the file system: as good as nobody who listens.
    case 'ENOENT':
      return 'refused';
    case 'ETIMEDOUT':
    // The queue of a socket in the file system is full (unix_stream_connect): who would wait gets nowhere.
    case 'EAGAIN':
      return 'timed-out';
    // ICMP protocol unreachable reaches connect(2) as ENOPROTOOPT (Linux icmp_err_convert): a filter's reject, as the others.
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
    case 'ENETDOWN':
    case 'ENOPROTOOPT':
    // A route of type blackhole on this machine (Linux fib_props).
    case 'EINVAL':
      return 'unreachable';
    // A `prohibit` route, a filter on output, SELinux; for IPv6 also ICMP "administratively prohibited" from afar.
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    case 'ECONNRESET':
      return 'reset';
    default:
      return 'failed';
  }
}
