/** Numbers by the system that printed them. */
import { describe, expect, test } from 'vitest';
import { decodeErrno } from '../../src/httpd/errno.ts';

/** Linux, Solaris, BSD and macOS, AIX, HP-UX; as the systems' errno.h have them. */
const table: readonly (readonly [string, string, number, number, number, number, number])[] = [
  ['EADDRINUSE', 'Address already in use', 98, 125, 48, 67, 226],
  ['ENETDOWN', 'Network is down', 100, 127, 50, 69, 228],
  ['ENETUNREACH', 'Network is unreachable', 101, 128, 51, 70, 229],
  ['ECONNABORTED', 'Software caused connection abort', 103, 130, 53, 72, 231],
  ['ECONNRESET', 'Connection reset by peer', 104, 131, 54, 73, 232],
  ['ENOBUFS', 'No buffer space available', 105, 132, 55, 74, 233],
  ['ETIMEDOUT', 'Connection timed out', 110, 145, 60, 78, 238],
  ['ECONNREFUSED', 'Connection refused', 111, 146, 61, 79, 239],
  ['EHOSTDOWN', 'Host is down', 112, 147, 64, 80, 241],
  ['EHOSTUNREACH', 'No route to host', 113, 148, 65, 81, 242],
];
const systems = ['linux', 'solaris', 'bsd', 'aix', 'hp-ux'] as const;

describe('each system has its own numbers', () => {
  test.each(table)('%s', (symbol, text, ...numbers) => {
    for (const [index, number] of numbers.entries()) {
      expect(decodeErrno(String(number), text)).toEqual({ number, symbol, text, platform: systems[index] });
    }
  });
});

describe('the text decides where a number means two things', () => {
  test.each([
    ['61', 'Connection refused', 'ECONNREFUSED', 'bsd'],
    ['79', 'Connection refused', 'ECONNREFUSED', 'aix'],
    ['71', 'Protocol error', 'EPROTO', null],
    ['11', 'Resource temporarily unavailable', 'EAGAIN', null],
    ['71', 'Network dropped connection on reset', 'ENETRESET', 'aix'],
    ['98', 'Address already in use', 'EADDRINUSE', 'linux'],
    ['55', 'No buffer space available', 'ENOBUFS', 'bsd'],
    ['55', 'Operation now in progress', 'EINPROGRESS', 'aix'],
    ['57', 'Socket operation on non-socket', 'ENOTSOCK', 'aix'],
    ['57', 'Socket is not connected', 'ENOTCONN', 'bsd'],
    ['60', 'Operation timed out', 'ETIMEDOUT', 'bsd'],
  ])('(%s)%s', (number, text, symbol, platform) => {
    expect(decodeErrno(number, text)).toMatchObject({ symbol, platform });
  });
});

describe('the same everywhere, whatever the words', () => {
  test.each([
    ['13', 'Permission denied', 'EACCES'],
    ['24', 'Too many open files', 'EMFILE'],
    ['32', 'Broken pipe', 'EPIPE'],
    ['13', 'Keine Berechtigung', 'EACCES'],
  ])('(%s)%s', (number, text, symbol) => {
    expect(decodeErrno(number, text)).toMatchObject({ symbol, platform: null });
    expect(decodeErrno(number, text, 'aix')).toMatchObject({ symbol, platform: 'aix' });
  });
});

describe('words of another language', () => {
  test.each([
    ['111', null, 'ECONNREFUSED', 'linux'],
    ['146', null, 'ECONNREFUSED', 'solaris'],
    ['61', 'bsd', 'ECONNREFUSED', 'bsd'],
    ['73', 'aix', 'ECONNRESET', 'aix'],
  ] as const)('(%s) of %s', (number, hint, symbol, platform) => {
    expect(decodeErrno(number, 'Verbindungsaufbau abgelehnt', hint)).toMatchObject({ symbol, platform });
  });
});

describe('numbers of APR, of the resolver, of Windows', () => {
  test.each([
    ['70007', 'The timeout specified has expired', 'APR_TIMEUP', null],
    ['70014', 'End of file found', 'APR_EOF', null],
    ['70008', 'Partial results are valid but processing is incomplete', 'APR_INCOMPLETE', null],
    ['20014', 'Internal error (specific information not available)', 'APR_EGENERAL', null],
    ['EAI 2', 'Name or service not known', 'EAI_NONAME', 'linux'],
    ['EAI 3', 'Temporary failure in name resolution', 'EAI_AGAIN', 'linux'],
    ['EAI 8', 'nodename nor servname provided, or not known', 'EAI_NONAME', 'bsd'],
    ['EAI 2', 'Temporary failure in name resolution', 'EAI_AGAIN', 'bsd'],
    ['670002', 'Name or service not known', 'EAI_NONAME', 'linux'],
    ['OS 10061', 'No connection could be made because the target machine actively refused it.  ', 'ECONNREFUSED', 'windows'],
    ['730061', 'No connection could be made because the target machine actively refused it.', 'ECONNREFUSED', 'windows'],
    ['10060', 'A connection attempt failed', 'ETIMEDOUT', 'windows'],
    ['OS 64', 'The specified network name is no longer available.', 'ERROR_NETNAME_DELETED', 'windows'],
    ['os 0x8007274d', 'refused', 'ECONNREFUSED', 'windows'],
    ['OS 11001', 'No such host is known.', 'EAI_NONAME', 'windows'],
  ])('(%s)%s', (number, text, symbol, platform) => {
    expect(decodeErrno(number, text)).toMatchObject({ symbol, platform });
  });
});

describe('no errno at all', () => {
  test.each([
    ['502', 'Unknown error 502'],
    ['503', 'Unknown error 503'],
    ['-102', 'Unknown error -102'],
    ['-3', 'Unknown error -3'],
    ['413', 'Unknown error 413'],
    ['999', 'Something'],
  ])('(%s)%s', (number, text) => {
    expect(decodeErrno(number, text).symbol).toBeNull();
  });
});
