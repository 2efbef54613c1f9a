import { describe, expect, test } from 'vitest';
import {
  memoryPressure,
  parseConntrackCommand,
  parseConntrackStat,
  parseFileNumbers,
  parseOpenFilesLimit,
  parseServerStatus,
} from '../../../src/checks/proxy-resources/counters.ts';
import { count, emptyTally, parsePortRange, parseTcpLine, portsIn } from '../../../src/checks/proxy-resources/sockets.ts';

describe('/proc/net/tcp', () => {
  test('headings are no socket', () => {
    expect(parseTcpLine('  sl  local_address rem_address   st tx_queue rx_queue tr tm->when')).toBeNull();
  });

  test.each<[string, string, object]>([
    [
      'a connection',
      '   1: 0100007F:9C40 020200C0:2328 01 00000005:00000007 00:00000000 00000000  0',
      { localPort: 40000, remoteAddress: '192.0.2.2', remotePort: 9000, state: 'established', transmitQueue: 5, receiveQueue: 7 },
    ],
    [
      'a listening socket',
      '   0: 00000000:0050 00000000:0000 0A 00000000:00000004 00:00000000 00000000  0',
      { localPort: 80, state: 'listen', receiveQueue: 4 },
    ],
    [
      'TIME_WAIT',
      '   2: 0100007F:9C41 0100007F:2328 06 00000000:00000000 03:00000000 00000000  0',
      { state: 'time-wait', remoteAddress: '127.0.0.1' },
    ],
    [
      'IPv6',
      '   0: 00000000000000000000000001000000:9C40 B80D0120000000000000000001000000:2328 01 00000000:00000000 00:00000000 00000000  0',
      { remoteAddress: '[2001:db8::1]' },
    ],
    [
      'IPv4 in IPv6',
      '   0: 0000000000000000FFFF00000100007F:0050 0000000000000000FFFF0000050200C0:9C40 01 00000000:00000000 00:00000000 00000000  0',
      { remoteAddress: '192.0.2.5', remotePort: 40000 },
    ],
  ])('%s', (_name, line, expected) => {
    expect(parseTcpLine(line)).toMatchObject(expected);
  });
});

test.each<[string, string, number | null]>([
  ['32768\t60999\n', '', 28232],
  ['40000 40007', '40001,40003-40005,9-12\n', 4],
  ['nothing', '', null],
])('ports of %j without %j', (range, reserved, expected) => {
  const parsed = parsePortRange(range, reserved);
  expect(parsed === null ? null : portsIn(parsed)).toBe(expected);
});

test('sockets are counted by destination; accepted ones are not, even on a port of the range', () => {
  const range = { from: 40000, to: 50000, reserved: new Set<number>() };
  const tally = emptyTally();
  const socket = { remoteAddress: '192.0.2.2', remotePort: 9000, receiveQueue: 0, transmitQueue: 0 } as const;
  count(tally, { ...socket, localPort: 45000, state: 'listen', receiveQueue: 3 }, range);
  count(tally, { ...socket, localPort: 45000, remotePort: 50001, state: 'established' }, range);
  count(tally, { ...socket, localPort: 40001, state: 'established' }, range);
  count(tally, { ...socket, localPort: 40002, state: 'time-wait' }, range);
  count(tally, { ...socket, localPort: 22, state: 'established' }, range);
  expect([...tally.destinations]).toEqual([['192.0.2.2:9000', { sockets: 2, timeWait: 1 }]]);
  expect([...tally.listening]).toEqual([[45000, 3]]);
  expect([...tally.clients]).toEqual([[45000, 1]]);
});

describe('counters', () => {
  test('descriptors of the system', () => {
    expect(parseFileNumbers('1042\t10\t2466170\n')).toEqual({ used: 1032, limit: 2466170 });
    expect(parseFileNumbers('x')).toBeNull();
  });

  test.each<[string, number | null]>([
    ['Limit Soft Hard\nMax open files            1024                 524288               files\n', 1024],
    ['Max open files            unlimited            unlimited            files\n', Number.POSITIVE_INFINITY],
    ['', null],
  ])('%j', (text, expected) => {
    expect(parseOpenFilesLimit(text)).toBe(expected);
  });

  test('drops of connection tracking, from the file and from the command, whatever the columns', () => {
    expect(
      parseConntrackStat(
        'entries found insert_failed drop early_drop search_restart\n00000010 0 1 0000000a 00000002 0\n00000010 0 0 00000001 00000000 0\n',
      ),
    ).toBe(13);
    expect(parseConntrackStat('entries found\n0 0\n')).toBeNull();
    expect(parseConntrackCommand('cpu=0 found=0 insert_failed=3 drop=4 early_drop=1 error=0\ncpu=1 drop=2 early_drop=0\n')).toBe(7);
    expect(parseConntrackCommand('conntrack v1.4.7: not allowed')).toBeNull();
  });

  test.each<[string, boolean | null]>([
    ['TCP: inuse 2 orphan 0 tw 0 alloc 2 mem 99\n', false],
    ['sockets: used 1\nTCP: inuse 2 orphan 0 tw 0 alloc 2 mem 100\n', true],
    ['sockets: used 1\n', null],
  ])('memory of TCP: %j', (text, expected) => {
    expect(memoryPressure(text, '50 100 200\n')).toBe(expected);
  });

  test('the status page of 2.4, of 2.0, and another page', () => {
    expect(parseServerStatus('HTTP/1.1 200 OK\r\n\r\nTotal Accesses: 1\nBusyWorkers: 7\nGracefulWorkers: 1\nIdleWorkers: 68\n')).toEqual({
      busy: 7,
      idle: 68,
      graceful: 1,
    });
    expect(parseServerStatus('BusyServers: 3\nIdleServers: 2\n')).toEqual({ busy: 3, idle: 2, graceful: 0 });
    expect(parseServerStatus('<html>Not Found</html>')).toBeNull();
  });
});
