/**
 * Programs that carry one connection through a vantage: what comes on standard input goes to the peer, what the peer sends goes to
 * standard output, and standard error says what became of it, a line each: `connected PORT`, `failed CODE`, `timer`, `ended closed`,
 * `ended CODE`. The text is constant; address, port and time limit (ms) are arguments. They end with their standard input, and then reset
 * the connection, so that no TIME_WAIT stays with the proxy (bash can't; there the backend's close comes first, or a TIME_WAIT stays).
 */

/** Python 3, and 2. */
export const pythonTunnel = `
import errno, os, select, socket, struct, sys
def say(*words):
    os.write(2, (' '.join(map(str, words)) + '\\n').encode())
def name(e):
    return errno.errorcode.get(e, str(e))
address, port, limit = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]) / 1e3
try:
    family, kind, proto, _, to = socket.getaddrinfo(address, port, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0]
    s = socket.socket(family, kind, proto)
    s.settimeout(limit)
    r = s.connect_ex(to)
except (OSError, socket.error) as e:
    r = e.errno or errno.EINVAL
if r:
    say(*(['timer'] if r in (errno.EAGAIN, errno.EINPROGRESS) else ['failed', name(r)]))
    sys.exit(0)
s.settimeout(None)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
say('connected', s.getsockname()[1])
try:
    while True:
        ready = select.select([0, s], [], [])[0]
        if s in ready:
            data = s.recv(65536)
            if not data:
                say('ended', 'closed')
                break
            while data:
                data = data[os.write(1, data):]
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
                break
            s.sendall(data)
except (OSError, socket.error) as e:
    say('ended', name(e.errno))
s.close()
`;

/** Perl as in a minimal Debian or Red Hat (perl-base). */
export const perlTunnel = String.raw`
use strict; use warnings; use Errno (); use Fcntl qw(F_SETFL F_GETFL O_NONBLOCK);
use Socket qw(getaddrinfo SOCK_STREAM SOL_SOCKET SO_ERROR SO_LINGER AI_NUMERICHOST IPPROTO_TCP TCP_NODELAY);
$SIG{PIPE} = 'IGNORE';
sub say1 { syswrite STDERR, "@_\n"; }
sub name { local $! = $_[0]; for my $n (keys %!) { next if $n =~ /^(EWOULDBLOCK|EDEADLOCK|ENOTSUP)$/; return $n if $!{$n} } return "$_[0]"; }
my ($address, $port, $limit) = @ARGV;
my ($error, $to) = getaddrinfo($address, $port, { socktype => SOCK_STREAM, flags => AI_NUMERICHOST });
if ($error) { say1('failed EINVAL'); exit 0; }
socket(my $s, $to->{family}, SOCK_STREAM, $to->{protocol}) or do { say1('failed', name($! + 0)); exit 0; };
my $flags = fcntl($s, F_GETFL, 0); fcntl($s, F_SETFL, $flags | O_NONBLOCK);
if (!connect($s, $to->{addr})) {
  if (!$!{EINPROGRESS}) { say1('failed', name($! + 0)); exit 0; }
  my $w = ''; vec($w, fileno($s), 1) = 1;
  if (!select(undef, $w, undef, $limit / 1000)) { say1('timer'); exit 0; }
  my $e = unpack('i', getsockopt($s, SOL_SOCKET, SO_ERROR)); if ($e) { say1('failed', name($e)); exit 0; }
}
fcntl($s, F_SETFL, $flags); setsockopt($s, IPPROTO_TCP, TCP_NODELAY, 1);
say1('connected', unpack('x2 n', getsockname($s)));
sub all { my ($to, $data) = @_; while (length $data) { my $n = syswrite($to, $data); return 0 unless defined $n; substr($data, 0, $n) = ''; } return 1; }
my $fd = fileno($s);
while (1) {
  my $r = ''; vec($r, 0, 1) = 1; vec($r, $fd, 1) = 1; select($r, undef, undef, undef);
  if (vec($r, $fd, 1)) {
    my $n = sysread($s, my $data, 65536);
    if (!defined $n) { say1('ended', name($! + 0)); last; }
    if (!$n) { say1('ended closed'); last; }
    all(\*STDOUT, $data);
  }
  if (vec($r, 0, 1)) {
    my $n = sysread(STDIN, my $data, 65536);
    if (!$n) { setsockopt($s, SOL_SOCKET, SO_LINGER, pack('ii', 1, 0)); last; }
    if (!all($s, $data)) { say1('ended', name($! + 0)); last; }
  }
}
close $s;
`;

/** Bash 4.3 and later. It can't tell which error ended a connection, only that one did. */
export const bashTunnel = `
exec 3<>"/dev/tcp/$1/$2" || exit 9
echo 'connected 0' >&2
cat <&3 & reader=$!
cat <&0 >&3 & writer=$!
wait -n
if kill -0 $reader 2>/dev/null; then kill $reader; exit; fi
wait $reader && echo 'ended closed' >&2 || echo 'ended ECONNRESET' >&2
kill $writer 2>/dev/null
`;
