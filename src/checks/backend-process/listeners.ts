/** What listens on TCP ports, from ss, netstat or /proc/net/tcp; states of connections. Pure. */
import { canonical } from './addresses.ts';
import type { BackendProcessFacts } from './facts.ts';

/** `pids` are all processes that hold the socket, oldest number first; `listener.pid` is the first. */
export type Listening = BackendProcessFacts['listeners'][number] & { readonly pids: readonly number[] };

/** Splits `0.0.0.0:80`, `[::]:80`, `*:80`, `:::80`, `127.0.0.1%lo:80`. `*` is every address of both families. */
export function splitAddress(text: string): { readonly address: string; readonly port: number } | null {
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at < 0 || !Number.isInteger(port)) return null;
  const address = text.slice(0, at);
  // netstat and older ss say `::` for a socket that takes IPv4 too; newer ss says `*` for that and `[::]` for IPv6 alone.
  return { address: address === '' || address === '*' || address === '::' ? '*' : canonical(address), port };
}

/** Does a listener take connects to this address? */
export function covers(listener: string, address: string): boolean {
  if (listener === '*') return true;
  if (listener === '0.0.0.0') return !address.includes(':');
  if (listener === '::') return address.includes(':');
  return listener === canonical(address);
}

/** `ss -ltnp`: State Recv-Q Send-Q Local Peer [users:(("nginx",pid=1,fd=6),…)]. */
export function readSs(stdout: string): readonly Listening[] {
  return stdout.split('\n').flatMap((line) => {
    const [state, queue, backlog, local = ''] = line.trim().split(/\s+/);
    const at = splitAddress(local);
    if (state !== 'LISTEN' || at === null) return [];
    const pids = [...line.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1])).sort((a, b) => a - b);
    const process = /users:\(\("([^"]*)"/.exec(line)?.[1] ?? null;
    return [{ ...at, process, pid: pids[0] ?? null, queue: Number(queue), backlog: Number(backlog), pids }];
  });
}

/** `netstat -ltnp`: Proto Recv-Q Send-Q Local Foreign State PID/Program. The limit is not told there. */
export function readNetstat(stdout: string): readonly Listening[] {
  return stdout.split('\n').flatMap((line) => {
    const [protocol = '', queue, , local = '', , state, program = ''] = line.trim().split(/\s+/);
    const at = splitAddress(local);
    if (!protocol.startsWith('tcp') || state !== 'LISTEN' || at === null) return [];
    const [, pid, name] = /^(\d+)\/(.*)$/.exec(program) ?? [];
    const number = pid === undefined ? null : Number(pid);
    return [{ ...at, process: name ?? null, pid: number, queue: Number(queue), backlog: null, pids: number === null ? [] : [number] }];
  });
}

/** Kernel's numbers of TCP states (include/net/tcp_states.h), in ss's words. */
const states: Readonly<Record<string, string>> = {
  '01': 'ESTAB',
  '02': 'SYN-SENT',
  '03': 'SYN-RECV',
  '04': 'FIN-WAIT-1',
  '05': 'FIN-WAIT-2',
  '06': 'TIME-WAIT',
  '07': 'CLOSED',
  '08': 'CLOSE-WAIT',
  '09': 'LAST-ACK',
  '0A': 'LISTEN',
  '0B': 'CLOSING',
};

/** /proc/net/tcp and tcp6: `sl local_address rem_address st tx:rx …`. For a listener rx_queue is what waits to be accepted. */
export function readProc(
  text: string,
): readonly { readonly address: string; readonly port: number; readonly state: string; readonly queue: number }[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', , state = '', queues = ''] = line.trim().split(/\s+/);
    const [hex = '', port = ''] = local.split(':');
    const name = states[state];
    if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hex) || name === undefined) return [];
    return [
      { address: procAddress(hex), port: Number.parseInt(port, 16), state: name, queue: Number.parseInt(queues.split(':')[1] ?? '0', 16) },
    ];
  });
}

/** Words of 32 bits in the machine's order: little-endian on everything httpd's backends run on but s390x. */
function procAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const address = canonical((bytes.join('').match(/.{4}/g) ?? []).join(':'));
  return address === '::' ? '*' : address;
}

export function listenersOfProc(...texts: readonly string[]): readonly Listening[] {
  return texts
    .flatMap(readProc)
    .filter((one) => one.state === 'LISTEN')
    .map(({ address, port, queue }) => ({ address, port, process: null, pid: null, queue, backlog: null, pids: [] }));
}

/** Connections on the port by state, from `ss -tan` (or the same from netstat, whose words are spelt otherwise). */
export function countStates(stdout: string, port: number): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of stdout.split('\n')) {
    const fields = line.trim().split(/\s+/);
    const [state = '', local = ''] = fields[0]?.startsWith('tcp') === true ? [fields[5], fields[3]] : [fields[0], fields[3]];
    if (splitAddress(local)?.port !== port || state.startsWith('LISTEN')) continue;
    const name = spelling[state] ?? state;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const spelling: Readonly<Record<string, string>> = {
  ESTABLISHED: 'ESTAB',
  SYN_SENT: 'SYN-SENT',
  SYN_RECV: 'SYN-RECV',
  FIN_WAIT1: 'FIN-WAIT-1',
  FIN_WAIT2: 'FIN-WAIT-2',
  TIME_WAIT: 'TIME-WAIT',
  CLOSE: 'CLOSED',
  CLOSE_WAIT: 'CLOSE-WAIT',
  LAST_ACK: 'LAST-ACK',
};
