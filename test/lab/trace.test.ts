/** What the kernel's words mean, and that whatever the plan does not say is complained of. */
import { describe, expect, it } from 'vitest';
import { outsideThePlan, type Places, type Plan } from './inside-the-plan.ts';
import { traceOf } from './trace.ts';

const lines: ReadonlyMap<number, readonly string[]> = new Map([
  [
    100,
    [
      '1.000 execve("/usr/bin/node", ["/opt/node", "main.js"], 0x1 /* 9 vars */) = 0',
      '1.001 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, stack=0x1}, 88) = 101',
      '1.002 openat(AT_FDCWD</root>, "case/journal.jsonl", O_WRONLY|O_CREAT|O_CLOEXEC, 0600) = 21</root/case/journal.jsonl>',
      '1.003 openat(AT_FDCWD</root>, "/etc/hosts", O_RDONLY|O_CLOEXEC) = 22</etc/hosts>',
      '1.004 openat(AT_FDCWD</root>, "/root/never", O_WRONLY|O_CREAT, 0600) = -1 EACCES (Permission denied)',
      '1.005 connect(18<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(9000), sin_addr=inet_addr("192.0.2.2")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      '1.006 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|SIGCHLD) = 102',
      '1.007 kill(102, SIGTERM)              = 0',
      '1.008 kill(77, SIGUSR1)               = 0',
      '9.000 +++ exited with 0 +++',
    ],
  ],
  [
    101,
    [
      '1.010 vfork()                           = 103',
      '1.011 rename("/root/case/summary.json.new", "/root/case/summary.json") = 0',
      '1.012 connect(19<TCPv6:[2]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    ],
  ],
  [
    102,
    [
      '1.020 execve("/bin/ip", ["ip", "netns", "exec", "be", "env", "LC_ALL=C", "ss", "-ltn"], 0x1) = 0',
      '1.021 execve("/bin/ss", ["ss", "-ltn"], 0x1) = 0',
      '12.500 +++ killed by SIGKILL +++',
    ],
  ],
  [
    103,
    [
      '1.030 execve("/bin/ping", ["ping", "a \\"b\\""], 0x1) = 0',
      '1.031 connect(5<UDP:[3]>, {sa_family=AF_INET, sin_port=htons(1025), sin_addr=inet_addr("192.0.2.2")}, 16) = 0',
      '1.032 sendto(3<ICMP:[4]>, "\\10", 64, 0, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("192.0.2.2")}, 16) = 64',
      '1.033 sendto(6<UDP:[127.0.0.1:5000->127.0.0.53:53]>, "x", 1, MSG_NOSIGNAL, NULL, 0) = 1',
      '1.034 vfork() = 104',
    ],
  ],
  [104, ['1.040 execve("/bin/sh", ["sh"], 0x1) = 0', '1.041 unlinkat(7</tmp>, "gone", 0) = 0']],
]);

const trace = traceOf(lines, '/opt/node');

describe('a trace', () => {
  it('tells what the tool and its threads started, not what those programs start', () => {
    expect(trace.started.toSorted()).toEqual([
      ['ip', 'netns', 'exec', 'be', 'env', 'LC_ALL=C', 'ss', '-ltn'],
      ['ping', 'a "b"'],
    ]);
  });
  it('tells what was written, by whom ever, and not what was only read or failed', () => {
    expect(trace.written).toEqual(['/root/case/journal.jsonl', '/root/case/summary.json', '/root/case/summary.json.new', '/tmp/gone']);
  });
  it('tells where something was sent; a datagram socket that is only connected sends nothing', () => {
    expect(trace.connected).toEqual(['127.0.0.53:53', '192.0.2.2', '192.0.2.2:9000', '[2001:db8::1]:443']);
  });
  it('tells signals to others', () => expect(trace.signalled).toEqual(['SIGUSR1 77']));
  it('tells who outlived the tool', () => expect(trace.outlived.map(({ argv, seconds }) => [argv[0], seconds])).toContainEqual(['ss', 3.5]));
});

const places: Places = {
  prefixes: [['ip', 'netns', 'exec', 'be']],
  backends: ['192.0.2.2:9000'],
  proxy: ['127.0.0.1:8080'],
  nameServer: '127.0.0.53:53',
  httpdPid: 77,
  configuration: ['/etc/httpd'],
};
const bounds = (more: Partial<Plan['always']>): Plan['always'] => ({ starts: [], connects: [], writes: [], signals: [], ...more });
const whole: Plan = {
  always: bounds({ starts: ['ip', 'env'], writes: ['/root/case'] }),
  steps: [
    { step: 'one', leftOut: null, may: bounds({ starts: ['ss', 'ping'], connects: [{ to: 'backend', at: [] }, { to: 'backend-host', at: [] }, { to: 'name-server', at: [] }] }) },
    { step: 'two', leftOut: null, may: bounds({ connects: [{ to: 'url', at: ['[2001:db8::1]:443'] }], writes: ['/tmp/gone'], signals: ['httpd'] }) },
  ],
};
const without = (step: number, more: Partial<Plan['always']>): Plan => ({
  ...whole,
  steps: whole.steps.map((one, index) => (index === step ? { ...one, may: { ...one.may, ...more } } : one)),
});

describe('a run against its plan', () => {
  it('is inside where everything is said', () => expect(outsideThePlan(whole, trace, places)).toEqual([]));
  it.each([
    ['a program', without(0, { starts: ['ping'] }), [/ss may be started/]],
    ['the vantage’s own program', { ...whole, always: bounds({ writes: ['/root/case'], starts: ['env'] }) }, [/that ip may be started/]],
    ['the backend', without(0, { connects: [{ to: 'name-server', at: [] }] }), [/connects to 192\.0\.2\.2$/m, /connects to 192\.0\.2\.2:9000$/m]],
    ['the backend’s host', without(0, { connects: [{ to: 'backend', at: [] }, { to: 'name-server', at: [] }] }), [/connects to 192\.0\.2\.2$/]],
    ['the name server', without(0, { connects: [{ to: 'backend', at: [] }, { to: 'backend-host', at: [] }] }), [/connects to 127\.0\.0\.53:53/]],
    ['the URL', without(1, { connects: [] }), [/2001:db8::1\]:443/]],
    ['a file', without(1, { writes: [] }), [/\/tmp\/gone is written/]],
    ['the case', { ...whole, always: bounds({ starts: ['ip', 'env'] }) }, [/journal/, /summary\.json is/, /summary\.json\.new/]],
    ['a signal', without(1, { signals: [] }), [/SIGUSR1 77/]],
    ['a step that is left out', { ...whole, steps: whole.steps.map((one, index) => (index === 1 ? { ...one, leftOut: 'by --skip' } : one)) }, [/443/, /gone/, /SIGUSR1/]],
  ] as const)('is not where the plan leaves out %s', (_what, plan, expected) => {
    const complaints = outsideThePlan(plan as Plan, trace, places);
    expect(complaints).toHaveLength(expected.length);
    for (const one of expected) expect(complaints.join('\n')).toMatch(one);
  });
});
