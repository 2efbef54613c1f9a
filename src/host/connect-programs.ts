/**
 * Programs that connect many times from a vantage, in the languages that servers have. The program's text is ours and constant; all
 * data are its arguments: time limit, interval (both ms), how many may wait at once, then address, port and linger time (ms) of each
 * attempt. Each prints `ready` before it begins, and one JSON object a line when an attempt ends: `i` (place), `at` (start, ms after the first), `ms`, `code` (errno
 * symbol or null), `timer` (the time limit ended it), `port` (local), `after`. They close as `local-connect.ts` says.
 */

/** Python 3, and 2 where nothing else is there: one thread an attempt. */
export const pythonProgram = `
import errno, json, select, socket, struct, sys, threading, time
clock = getattr(time, 'monotonic', time.time)
limit, gap, many = float(sys.argv[1]) / 1e3, float(sys.argv[2]) / 1e3, int(sys.argv[3])
jobs = [sys.argv[n:n + 3] for n in range(4, len(sys.argv), 3)]
slots, lock, begin = threading.Semaphore(many), threading.Lock(), clock()
def attempt(i, address, port, linger):
    at, code, timer, mine, after, s = clock(), None, False, None, None, None
    try:
        if address.startswith('/'):
            family, kind, proto, to = socket.AF_UNIX, socket.SOCK_STREAM, 0, address
        else:
            family, kind, proto, _, to = socket.getaddrinfo(address, int(port), 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0]
        s = socket.socket(family, kind, proto)
        s.settimeout(limit)
        at = clock()
        r = s.connect_ex(to)
        took = clock() - at
        if r in (errno.EAGAIN, errno.EINPROGRESS):
            timer = True
        elif r:
            code = errno.errorcode.get(r, str(r))
        else:
            mine = 0 if address.startswith('/') else s.getsockname()[1]
            if linger > 0:
                after = 'silent'
                if select.select([s], [], [], linger)[0]:
                    try:
                        after = 'sent' if s.recv(1) else 'closed'
                    except (OSError, socket.error):
                        after = 'reset'
            if after != 'closed':
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    except (OSError, socket.error) as e:
        took, code = clock() - at, errno.errorcode.get(e.errno, str(e.errno))
    if s:
        s.close()
    with lock:
        sys.stdout.write(json.dumps({'i': i, 'at': round((at - begin) * 1e3), 'ms': round(took * 1e3, 3), 'code': code, 'timer': timer, 'port': mine, 'after': after}) + '\\n')
        sys.stdout.flush()
    slots.release()
sys.stdout.write('ready\\n')
sys.stdout.flush()
for i, (address, port, linger) in enumerate(jobs):
    time.sleep(max(0, begin + i * gap - clock()))
    slots.acquire()
    t = threading.Thread(target=attempt, args=(i, address, port, float(linger) / 1e3))
    t.daemon = True
    t.start()
for _ in range(many):
    slots.acquire()
`;

/** Perl with the modules of a minimal Debian or Red Hat (perl-base): one process, select(2). */
export const perlProgram = String.raw`
use strict; use warnings;
use Errno (); use Fcntl qw(F_SETFL F_GETFL O_NONBLOCK);
use Socket qw(getaddrinfo unpack_sockaddr_in pack_sockaddr_un SOCK_STREAM AF_UNIX SOL_SOCKET SO_ERROR SO_LINGER AI_NUMERICHOST AF_INET);
my $fine = eval { require Time::HiRes; 1 };
sub clock { return Time::HiRes::time() if $fine; open(my $u, '<', '/proc/uptime') or return time; return (split ' ', <$u>)[0]; }
$| = 1; print "ready\n";
my ($limit, $gap, $many, @jobs) = @ARGV; $_ /= 1000 for $limit, $gap;
my ($begin, $next, $count, %live) = (clock(), 0, @jobs / 3);
sub name { local $! = $_[0]; for my $n (keys %!) { next if $n =~ /^(EWOULDBLOCK|EDEADLOCK|ENOTSUP)$/; return $n if $!{$n} } return "$_[0]"; }
sub say1 { my ($c, $code, $timer, $after) = @_;
  my $q = sub { defined $_[0] ? "\"$_[0]\"" : 'null' };
  printf "{\"i\":%d,\"at\":%.0f,\"ms\":%.3f,\"code\":%s,\"timer\":%s,\"port\":%s,\"after\":%s}\n", $c->{i}, ($c->{at} - $begin) * 1000,
    $c->{ms} // (clock() - $c->{at}) * 1000, $q->($code), $timer ? 'true' : 'false', $c->{port} // 'null', $q->($after);
  if ($c->{s}) { setsockopt($c->{s}, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)) if defined $c->{port} && ($after // '') ne 'closed'; close $c->{s}; }
  delete $live{$c->{i}}; }
sub connected { my ($c) = @_; $c->{ms} = (clock() - $c->{at}) * 1000;
  my $name = getsockname($c->{s}); $c->{port} = length($name // '') < 4 ? 0 : unpack('x2 n', $name);
  if ($c->{linger} <= 0) { say1($c); return; } $c->{until} = clock() + $c->{linger}; }
while (1) {
  while ($next < $count && keys %live < $many && clock() >= $begin + $next * $gap) {
    my ($address, $port, $linger) = @jobs[$next * 3 .. $next * 3 + 2];
    my $c = $live{$next} = { i => $next, at => clock(), linger => $linger / 1000 }; $next++;
    my ($error, $to) = $address =~ m{^/} ? (undef, { family => AF_UNIX, protocol => 0, addr => pack_sockaddr_un($address) })
      : getaddrinfo($address, $port, { socktype => SOCK_STREAM, flags => AI_NUMERICHOST });
    if ($error) { say1($c, 'EINVAL'); next; }
    my $s; if (!socket($s, $to->{family}, SOCK_STREAM, $to->{protocol})) { say1($c, name($! + 0)); next; }
    fcntl($s, F_SETFL, fcntl($s, F_GETFL, 0) | O_NONBLOCK); $c->{s} = $s; $c->{at} = clock(); $c->{until} = $c->{at} + $limit;
    if (connect($s, $to->{addr})) { connected($c) } elsif (!$!{EINPROGRESS}) { say1($c, name($! + 0)) }
  }
  last unless $next < $count || %live;
  my ($r, $w, $wait) = ('', '', $next < $count && keys %live < $many ? $begin + $next * $gap - clock() : 3600);
  for my $c (values %live) { vec(defined $c->{port} ? $r : $w, fileno($c->{s}), 1) = 1; my $left = $c->{until} - clock(); $wait = $left if $left < $wait; }
  select(my $ro = $r, my $wo = $w, undef, $wait > 0 ? $wait : 0);
  for my $c (values %live) {
    my $fd = fileno($c->{s});
    if (defined $c->{port}) {
      if (vec($ro, $fd, 1)) { my $n = sysread($c->{s}, my $buffer, 1); say1($c, undef, 0, !defined $n ? 'reset' : $n ? 'sent' : 'closed'); }
      elsif (clock() >= $c->{until}) { say1($c, undef, 0, 'silent') }
    } elsif (vec($wo, $fd, 1)) {
      my $e = unpack('i', getsockopt($c->{s}, SOL_SOCKET, SO_ERROR)); if ($e) { say1($c, name($e)) } else { connected($c) }
    } elsif (clock() >= $c->{until}) { say1($c, undef, 1) }
  }
}
`;
