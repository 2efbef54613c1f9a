import { describe, expect, test } from 'vitest';
import { canonical, isLoopback, localAddresses } from '../../../src/checks/backend-process/addresses.ts';
import { readCounters } from '../../../src/checks/backend-process/counters.ts';
import { crashesIn, readDmesg, readJournal } from '../../../src/checks/backend-process/crashes.ts';
import { countStates, covers, listenersOfProc, readNetstat, readSs, splitAddress } from '../../../src/checks/backend-process/listeners.ts';
import { startTicks, unitOf } from '../../../src/checks/backend-process/process.ts';

test('what listens, as ss prints it', () => {
  const ss = `State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess
LISTEN 2      1            0.0.0.0:8004       0.0.0.0:*    users:(("python3",pid=20,fd=3))
LISTEN 0      511                *:80               *:*    users:(("nginx",pid=31,fd=6),("nginx",pid=30,fd=6))
LISTEN 0      100 [::ffff:127.0.0.1]:8080           *:*    users:(("java",pid=40,fd=9))
LISTEN 0      128             [::]:22            [::]:*
LISTEN 0      128 127.0.0.53%lo:53         0.0.0.0:*
`;
  expect(readSs(ss).map(({ address, port, process, pid, queue, backlog }) => [address, port, process, pid, queue, backlog])).toEqual([
    ['0.0.0.0', 8004, 'python3', 20, 2, 1],
    ['*', 80, 'nginx', 30, 0, 511],
    ['127.0.0.1', 8080, 'java', 40, 0, 100],
    ['::', 22, null, null, 0, 128],
    ['127.0.0.53', 53, null, null, 0, 128],
  ]);
});

test('what listens, as netstat prints it: without the limit of the queue', () => {
  const netstat = `Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        3      0 127.0.0.1:8080          0.0.0.0:*               LISTEN      1234/java
tcp6       0      0 :::80                   :::*                    LISTEN      -
udp        0      0 0.0.0.0:68              0.0.0.0:*                           600/dhclient
`;
  expect(readNetstat(netstat)).toMatchObject([
    { address: '127.0.0.1', port: 8080, process: 'java', pid: 1234, queue: 3, backlog: null },
    { address: '*', port: 80, process: null, pid: null },
  ]);
});

test('what listens, as the kernel prints it', () => {
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 020200C0:1F90 010200C0:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0 20 4 30 10 -1
`;
  const tcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
   1: B80D0120000000000000000002000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`;
  expect(listenersOfProc(tcp, tcp6).map(({ address, port, queue }) => [address, port, queue])).toEqual([
    ['127.0.0.1', 8080, 3],
    ['*', 80, 0],
    ['2001:db8::2', 443, 0],
  ]);
});

test.each([
  [
    'ss',
    'State Recv-Q Send-Q Local Peer\nESTAB 0 0 192.0.2.2:80 192.0.2.1:5000\nCLOSE-WAIT 1 0 192.0.2.2:80 192.0.2.1:5001\nESTAB 0 0 192.0.2.2:81 192.0.2.1:5002\nLISTEN 0 5 0.0.0.0:80 0.0.0.0:*\n',
  ],
  [
    'netstat',
    'tcp 0 0 192.0.2.2:80 192.0.2.1:5000 ESTABLISHED\ntcp 1 0 192.0.2.2:80 192.0.2.1:5001 CLOSE_WAIT\ntcp 0 0 192.0.2.2:81 192.0.2.1:5002 ESTABLISHED\n',
  ],
])('states of the port’s connections, from %s', (_tool, text) => {
  expect(countStates(text, 80)).toEqual({ ESTAB: 1, 'CLOSE-WAIT': 1 });
});

test.each([
  ['*', '192.0.2.2', true],
  ['*', '2001:db8::2', true],
  ['0.0.0.0', '192.0.2.2', true],
  ['0.0.0.0', '2001:db8::2', false],
  ['::', '2001:db8::2', true],
  ['::', '192.0.2.2', false],
  ['127.0.0.1', '192.0.2.2', false],
  ['192.0.2.2', '::ffff:192.0.2.2', true],
])('a listener on %s takes connects to %s: %s', (listener, address, takes) => {
  expect(covers(listener, address)).toBe(takes);
});

test.each([
  ['2001:0DB8:0:0::2', '2001:db8::2'],
  ['[::1]', '::1'],
  ['::ffff:192.0.2.2', '192.0.2.2'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.2', '192.0.2.2'],
  ['app.example', 'app.example'],
])('%s is %s', (text, address) => {
  expect(canonical(text)).toBe(address);
});

test('loopback', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '192.0.2.1', '::2'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

test('no address at all', () => {
  expect([splitAddress(''), splitAddress('Local'), splitAddress('*:*')]).toEqual([null, null, null]);
});

test('the addresses of a network namespace', () => {
  const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 192.0.2.0
        /24 link UNICAST
     |-- 192.0.2.2
        /32 host LOCAL
     |-- 192.0.2.255
        /32 link BROADCAST
Local:
     |-- 127.0.0.1
        /32 host LOCAL
`;
  const six = '20010db8000000000000000000000002 02 40 00 80 eth0\n00000000000000000000000000000001 01 80 10 80 lo\n';
  expect([...localAddresses(trie, six)]).toEqual(['192.0.2.2', '127.0.0.1', '2001:db8::2', '::1']);
});

test('counters in pairs of lines', () => {
  const counters = readCounters('TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 7 9\nIpExt: InOctets\nIpExt: 5\n');
  expect([counters.get('TcpExt.ListenOverflows'), counters.get('TcpExt.ListenDrops'), counters.get('IpExt.InOctets')]).toEqual([7, 9, 5]);
});

test('when a process was started: the name may hold blanks and parentheses', () => {
  expect(startTicks('4711 (tomcat (8) x) S 1 4711 4711 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 30 0 987654 1 2')).toBe(987_654);
  expect(startTicks(null)).toBeNull();
});

test.each([
  ['0::/system.slice/nginx.service\n', 'nginx.service'],
  ['0::/system.slice/system-app.slice/app@1.service\n', 'app@1.service'],
  ['12:pids:/docker/abc\n', null],
  ['0::/\n', null],
  [null, null],
])('the unit of a process in %j: %s', (cgroup, unit) => {
  expect(unitOf(cgroup)).toBe(unit);
});

describe('ends and crashes', () => {
  const journal = `1700000000.100000 web1 kernel: Out of memory: Killed process 4711 (java) total-vm:8123kB
1700000001.200000 web1 systemd[1]: app.service: Main process exited, code=killed, status=9/KILL
1700000002.300000 web1 systemd[1]: app.service: Failed with result 'oom-kill'.
1700000003.400000 web1 systemd[1]: Started app.service - App.
1700000004.500000 web1 kernel: nginx[30]: segfault at 0 ip 00007f sp 00007f error 4 in libc.so
1700000005.600000 web1 systemd[1]: other.service: Main process exited, code=exited, status=1/FAILURE
1700000006.700000 web1 systemd[1]: timer.service: Main process exited, code=exited, status=0/SUCCESS
`;
  const lines = readJournal(journal);
  const texts = (suspect: Parameters<typeof crashesIn>[1], since = 0) =>
    crashesIn(lines, suspect, since, 10).map((crash) => crash.text.replace(/^\S+ /, ''));

  test('of the unit', () => {
    expect(texts({ process: 'java', pids: [5000], unit: 'app.service' })).toEqual([
      "app.service: Failed with result 'oom-kill'.",
      'app.service: Main process exited, code=killed, status=9/KILL',
      'Out of memory: Killed process 4711 (java) total-vm:8123kB',
    ]);
  });
  test('of the program’s name, and no other that holds it', () => {
    expect(texts({ process: 'nginx', pids: [], unit: null })).toEqual(['nginx[30]: segfault at 0 ip 00007f sp 00007f error 4 in libc.so']);
    expect(texts({ process: 'jav', pids: [], unit: null })).toEqual([]);
  });
  test('of anything, where nothing listens any more', () => {
    expect(texts({ process: null, pids: [], unit: null })).toHaveLength(5);
  });
  test('not of before the window', () => {
    expect(texts({ process: null, pids: [], unit: null }, 1_700_000_005_000)).toEqual([
      'other.service: Main process exited, code=exited, status=1/FAILURE',
    ]);
  });
  test('with their time', () => {
    expect(crashesIn(lines, { process: 'nginx', pids: [], unit: null }, 0, 10)[0]?.time).toBe('2023-11-14T22:13:24.500Z');
  });
  test('the kernel’s own buffer counts from the start of the machine', () => {
    const [line] = readDmesg('[  123.456789] Out of memory: Killed process 1 (x)\n', Date.UTC(2026, 0, 1));
    expect(line).toEqual({ at: Date.UTC(2026, 0, 1) + 123_456, text: 'Out of memory: Killed process 1 (x)' });
  });
  test('a name with signs of patterns in it', () => {
    expect(crashesIn(readDmesg('[1.000] a+(b[1]: segfault at 0', 0), { process: 'a+(b', pids: [], unit: null }, 0, 10)).toHaveLength(1);
  });
});
