/** Counters of interfaces and of connections, as Linux prints them. Pure. */

export interface InterfaceCounters {
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
  readonly collisions: number;
}

/**
 * /proc/net/dev, which shows the interfaces of the reader's network namespace (as /sys does only where it was mounted in it). Columns:
 * bytes packets errs drop fifo frame compressed multicast, then bytes packets errs drop fifo colls carrier compressed.
 */
export function readNetDev(text: string): ReadonlyMap<string, InterfaceCounters> {
  const found = new Map<string, InterfaceCounters>();
  for (const line of text.split('\n')) {
    const match = /^\s*([^\s:]+):\s*(.*)$/.exec(line);
    if (match === null) continue;
    const [, rxPackets = 0, rxErrors = 0, rxDropped = 0, , , , , , txPackets = 0, txErrors = 0, txDropped = 0, , collisions = 0] = (
      match[2] ?? ''
    )
      .trim()
      .split(/\s+/)
      .map(Number);
    found.set(match[1] ?? '', { rxPackets, rxErrors, rxDropped, txPackets, txErrors, txDropped, collisions });
  }
  return found;
}

/** Names of driver counters that speak of trouble. */
const trouble = /err|crc|drop|discard|miss|fail|abort|collision|timeout|overflow|underrun|no_buf/i;

/** `ethtool -S`: `     rx_crc_errors: 3`. */
export function readDriver(stdout: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const match of stdout.matchAll(/^\s+([^:\n]+): (\d+)$/gm))
    if (trouble.test(match[1] ?? '')) found.set(match[1] ?? '', Number(match[2]));
  return found;
}

export interface ConnectionLosses {
  readonly connections: number;
  readonly retransmitted: number;
  readonly sent: number;
  /** Connections whose other end has kept its receive window closed: it reads no more of what is sent. What is sent again to it is not lost. */
  readonly notRead: number;
}

/** Of the time with something to send, this share and no less than this long spent waiting for the window (tcp_info's tcpi_rwnd_limited). */
const notReadShare = 50;
const notReadMs = 1000;

/**
 * `ss -tin`: a line with addresses, then an indented line of details with `retrans:0/3` (now/in all), `segs_out:120` and, where the other end
 * does not read, `rwnd_limited:5044ms(99.1%)`.
 */
export function readLosses(stdout: string): ConnectionLosses {
  let connections = 0;
  let retransmitted = 0;
  let sent = 0;
  let notRead = 0;
  for (const line of stdout.split('\n')) {
    const segments = /\bsegs_out:(\d+)/.exec(line);
    const again = /\bretrans:\d+\/(\d+)/.exec(line);
    if (segments === null && again === null && !/\b(?:cubic|bbr|reno|rto:)/.test(line)) continue;
    connections++;
    const waited = /\brwnd_limited:(\d+)ms\(([\d.]+)%\)/.exec(line);
    if (waited !== null && Number(waited[1]) >= notReadMs && Number(waited[2]) >= notReadShare) {
      notRead++;
      continue;
    }
    retransmitted += Number(again?.[1] ?? 0);
    sent += Number(segments?.[1] ?? 0);
  }
  return { connections, retransmitted, sent, notRead };
}

/** Kernel messages of a link that went away or a card that hangs; not those of its normal coming up. */
const linkTrouble =
  /link is down|link down|NETDEV WATCHDOG|transmit queue \d+ timed out|tx (?:unit )?hang|hardware error|pcie bus error|carrier lost|reset adapter|resetting/i;

export function linkMessages(
  lines: readonly { readonly at: number | null; readonly text: string }[],
  names: readonly string[],
  since: number,
  most: number,
): readonly string[] {
  const about = names.map((name) => new RegExp(`(?:^|[^\\w.-])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`));
  return lines
    .filter(({ at, text }) => (at === null || at >= since) && linkTrouble.test(text) && about.some((pattern) => pattern.test(text)))
    .slice(-most)
    .map(({ at, text }) => `${at === null ? '' : `${new Date(at).toISOString()} `}${text.slice(0, 300)}`);
}
