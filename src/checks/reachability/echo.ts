/** ICMP echo from one side: ping where there is one, else a small Python program that does the same. */
import * as z from 'zod';
import type { CommandRecord } from '../../engine/evidence.ts';
import type { CommandResult, Host } from '../../host/host.ts';

export interface EchoResult {
  readonly sent: number;
  readonly received: number;
  readonly rttMs: number | null;
  /** A smaller MTU that the path (or this machine) told of. */
  readonly mtu: number | null;
  /** Somebody answered that a filter or a policy forbids it (ICMP type 3, codes 9, 10 and 13; ICMPv6 type 1, code 1). */
  readonly prohibited: { readonly by: string; readonly words: string } | null;
}

export interface Echo {
  /** Packets of `bytes` (IP header included) that may not be fragmented; null: small ones. Null result: could not be tried. */
  readonly send: (address: string, count: number, bytes: number | null) => Promise<EchoResult | null>;
  readonly commands: () => readonly CommandRecord[];
}

const waitSeconds = 1;

/** IPv4 header 20 bytes, IPv6 header 40, ICMP echo header 8. */
export const headerBytes = (address: string) => (address.includes(':') ? 48 : 28);

/** One packet a third of a second: enough to see some of them lost, slow enough for devices that limit ICMP. */
export function pingCommand(address: string, count: number, bytes: number | null): readonly string[] {
  return [
    'ping',
    ...(address.includes(':') ? ['-6'] : []),
    '-n',
    '-c',
    String(count),
    ...(count > 1 ? ['-i', '0.3'] : []),
    '-W',
    String(waitSeconds),
    ...(bytes === null ? [] : ['-M', 'do', '-s', String(bytes - headerBytes(address))]),
    address,
  ];
}

/** Arguments: address, count, payload, 1 for "may not be fragmented". The text is constant; prints one JSON object. */
const program = `
import json, os, select, socket, struct, sys, time
address, count, size, df = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == '1'
six = ':' in address
family, proto, ask = (socket.AF_INET6, 58, 128) if six else (socket.AF_INET, 1, 8)
to = socket.getaddrinfo(address, 0, family, 0, 0, socket.AI_NUMERICHOST)[0][4]
raw = False
try: s = socket.socket(family, socket.SOCK_DGRAM, proto)
except (OSError, IOError):
    s = socket.socket(family, socket.SOCK_RAW, proto); raw = True
if df: s.setsockopt(41 if six else 0, 23 if six else 10, 2)
s.connect(to)
def checksum(data):
    if len(data) % 2: data += b'\\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
me = os.getpid() & 0xffff
sent = received = 0; rtts = []; mtu = None
def told():
    return s.getsockopt(41 if six else 0, 24 if six else 14)
for n in range(count):
    if n: time.sleep(0.3)
    body = b'proxy-doctor ' * (size // 13 + 1)
    packet = struct.pack('!BBHHH', ask, 0, 0, me, n + 1) + body[:size]
    if raw and not six: packet = packet[:2] + struct.pack('!H', checksum(packet)) + packet[4:]
    begin = time.time(); sent += 1
    try: s.send(packet)
    except (OSError, IOError) as e:
        if e.errno == 90: mtu = told()
        continue
    while True:
        left = begin + ${waitSeconds} - time.time()
        if left <= 0 or not select.select([s], [], [], left)[0]: break
        try: data = s.recv(65535)
        except (OSError, IOError) as e:
            if e.errno == 90: mtu = told()
            break
        if raw and not six: data = data[(data[0] & 15) * 4:]
        kind, _, _, ident, seq = struct.unpack('!BBHHH', data[:8])
        if kind == ask + (1 if six else -8) and seq == n + 1 and (not raw or ident == me):
            received += 1; rtts.append((time.time() - begin) * 1000); break
print(json.dumps({'sent': sent, 'received': received, 'rttMs': sum(rtts) / len(rtts) if rtts else None, 'mtu': mtu}))
`;

const printed = z
  .object({ sent: z.number(), received: z.number(), rttMs: z.number().nullable(), mtu: z.number().nullable() })
  .transform((result) => ({ ...result, prohibited: null }));

/** Null where that side has nothing to send ICMP with. */
export async function echoOf(host: Host, signal: AbortSignal): Promise<Echo | null> {
  const commands: CommandRecord[] = [];
  const run = async (argv: readonly string[], count: number): Promise<CommandResult> => {
    const result = await host.run(argv, { timeLimitMs: count * (waitSeconds * 1000 + 300) + 5000, signal });
    const output = result.output ?? '';
    commands.push({
      argv: argv.includes(program) ? ['python3', '-c', '<echo program>', ...argv.slice(3)] : result.argv,
      exitCode: result.exitCode,
      durationMs: result.durationMs,
      output,
    });
    return result;
  };
  const done = { commands: () => commands };
  if (await host.has('ping'))
    return { ...done, send: async (address, count, bytes) => readPing(await run(pingCommand(address, count, bytes), count)) };
  if (!(await host.has('python3'))) return null;
  return {
    ...done,
    send: async (address, count, bytes) => {
      const size = bytes === null ? 56 : bytes - headerBytes(address);
      const result = await run(['python3', '-c', program, address, String(count), String(size), bytes === null ? '0' : '1'], count);
      // Without the right to open such a socket it ends with a traceback.
      return result.exitCode === 0 ? (printed.safeParse(parse(result.stdout)).data ?? null) : null;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** iputils, busybox and inetutils count in nearly the same words; who has no right to ping counts nothing. */
export function readPing({ stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): EchoResult | null {
  const counted = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(stdout);
  if (counted === null) return null;
  const rtt = /= [\d.]+\/([\d.]+)\//.exec(stdout);
  const mtu = /\bmtu ?= ?(\d+)/.exec(stdout + stderr);
  const prohibited = /^From (\S+) icmp_seq=\d+ (.*(?:filtered|prohibited).*)$/im.exec(stdout);
  return {
    sent: Number(counted[1]),
    received: Number(counted[2]),
    rttMs: rtt === null ? null : Number(rtt[1]),
    mtu: mtu === null ? null : Number(mtu[1]),
    prohibited: prohibited === null ? null : { by: prohibited[1] ?? '', words: (prohibited[2] ?? '').trim() },
  };
}
