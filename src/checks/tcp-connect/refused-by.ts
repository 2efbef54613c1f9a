/**
 * Who refuses: the host's own TCP (a reset) or a packet filter (an ICMP "unreachable", which connect(2) reports in the same words). One more
 * connect under a capture of a few packets' headers; only with consent.
 */
import type { CommandRecord } from '../../engine/evidence.ts';
import type { ConnectAttempt, User } from '../../host/host.ts';
import { startCommand } from '../../host/start.ts';
import type { CheckContext } from '../check.ts';

/** The capture ends by itself after so many packets, and is ended after this time. */
const packets = 6;
const captureMs = 8000;
/** The answer is there when connect(2) has failed; tcpdump prints it a moment later. */
const settleMs = 1500;

export interface RefusedBy {
  readonly by: 'rst' | 'icmp' | null;
  readonly commands: readonly CommandRecord[];
}

export function captureCommand({ address, port }: ConnectAttempt): readonly string[] {
  const reset = `(src host ${address} and tcp src port ${port} and ${address.includes(':') ? 'ip6[53]' : 'tcp[tcpflags]'} & 4 != 0)`;
  // ICMP errors may come from a device on the way, so their source is not asked for.
  const error = address.includes(':') ? 'icmp6' : '(icmp and icmp[icmptype] = icmp-unreach)';
  return ['tcpdump', '-i', 'any', '-n', '-l', '-p', '-s', '128', '-c', String(packets), `${reset} or ${error}`];
}

/** Never rejects but for an abort; `by` is null where it could not be seen. */
export async function refusedBy(
  context: CheckContext,
  attempt: ConnectAttempt,
  timeoutMs: number,
  user: User | null,
): Promise<RefusedBy | null> {
  const host = context.hosts.proxy;
  if (!(await host.has('tcpdump'))) return null;
  // Behind an ssh it is that side's own bound that ends it.
  const bound = host.vantage.length > 0 && (await host.has('timeout')) ? ['timeout', String(captureMs / 1000)] : [];
  const argv = [...bound, ...captureCommand(attempt)];
  const capture = await startCommand(host, argv, { timeLimitMs: captureMs, signal: context.signal });
  try {
    const listening = await Promise.race([
      new Promise<boolean>((resolve) => {
        capture.onComplaint(() => {
          if (capture.complaints().includes('listening on')) resolve(true);
        });
      }),
      capture.ended.then(() => false),
    ]);
    let by: RefusedBy['by'] = null;
    if (listening) {
      const reading = (async () => {
        let text = '';
        for await (const chunk of capture.output) {
          text += chunk.toString();
          by = judge(text, attempt);
          if (by !== null) return;
        }
      })();
      const connects = await host.connectMany([attempt], {
        intervalMs: 0,
        timeoutMs,
        atOnce: 1,
        signal: context.signal,
        ...(user === null ? {} : { user }),
      });
      for await (const result of connects.results) if (result.outcome !== 'refused') break;
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, settleMs).unref())]);
    }
    capture.stop();
    const { exitCode, durationMs } = await capture.ended;
    return { by, commands: [{ argv: [...host.vantage, ...argv], exitCode, durationMs, output: capture.complaints().slice(0, 500) }] };
  } finally {
    capture.stop();
  }
}

/** tcpdump -n: `IP A.8080 > B.40000: Flags [R.], …`, `IP A > B: ICMP A tcp port 8080 unreachable, …`. Null: neither yet. */
export function judge(text: string, { address, port }: ConnectAttempt): RefusedBy['by'] {
  for (const line of text.split('\n')) {
    if (/\bICMP6?\b/.test(line) && /unreachable|prohibited|filtered/i.test(line) && line.includes(address)) return 'icmp';
    if (/Flags \[[^\]]*R/.test(line) && line.includes(`${address}.${port} >`)) return 'rst';
  }
  return null;
}
