/** One tcpdump, here or through a vantage, its packets streamed into a file of the case: bounded in packets, bytes and seconds. */
import { open } from 'node:fs/promises';
import type { CommandRecord } from '../../engine/evidence.ts';
import type { Host, RunningCommand } from '../../host/host.ts';
import { startCommand } from '../../host/start.ts';

export interface CaptureOrder {
  readonly filter: string;
  readonly seconds: number;
  readonly packets: number;
  readonly snapLength: number;
  /** A file of the case, made with mode 0600. */
  readonly file: string;
  readonly signal: AbortSignal;
}

export interface Capturing {
  /** Resolves true once it listens, false when it has ended before. */
  readonly listening: Promise<boolean>;
  readonly bytes: () => number;
  readonly stop: () => void;
  readonly ended: Promise<CaptureEnd>;
}

export interface CaptureEnd {
  readonly exitCode: number | null;
  readonly complaints: string;
  readonly bytes: number;
  /** When it listened and when it ended, milliseconds since the epoch by the clock of that side: the clock of its packets. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Packets that the kernel could not hand over; null where tcpdump did not say. */
  readonly dropped: number | null;
  readonly command: CommandRecord;
}

/** Without a word from tcpdump by then it is taken to listen: old versions say nothing when their output is a pipe. */
const quietMs = 3000;
/** Time for it to end by itself before it is told to; it needs to be asked again where signals do not reach it. */
const slackSeconds = 2;
const mostBytes = 64 * 1024 * 1024;

/**
 * `-i any`: whatever way packets take. `-p`: no promiscuous mode. `-U` and immediate mode: what was seen is here when it is ended. Written to
 * its standard output, so that no file lies around at a vantage and dropped privileges do not matter.
 */
export function tcpdumpArgv({ filter, packets, snapLength }: Pick<CaptureOrder, 'filter' | 'packets' | 'snapLength'>): readonly string[] {
  return ['tcpdump', '-i', 'any', '-p', '-n', '-U', '--immediate-mode', '-s', String(snapLength), '-c', String(packets), '-w', '-', filter];
}

/** Host names never stand in a filter: addresses and a port only, and errors of the path towards them. */
export function filterFor(addresses: readonly string[], port: number): string {
  const hosts = addresses.map((address) => `host ${address}`).join(' or ');
  const conversation = addresses.length === 0 ? `tcp port ${port}` : `(tcp port ${port} and (${hosts}))`;
  // "Destination unreachable" and, for IPv6, "packet too big" too: a firewall's reject, and the path's MTU.
  return `${conversation} or icmp[0] == 3 or (icmp6 and (ip6[40] == 1 or ip6[40] == 2))`;
}

export async function startCapture(host: Host, order: CaptureOrder): Promise<Capturing> {
  // What is ended here may live on at the far end of an ssh: there it is bounded by itself.
  const bound = (await host.has('timeout')) ? ['timeout', '-s', 'INT', String(Math.ceil(order.seconds) + slackSeconds)] : [];
  const argv = [...bound, ...tcpdumpArgv(order)];
  const started = performance.now();
  const command = await startCommand(host, argv, { timeLimitMs: (order.seconds + 2 * slackSeconds) * 1000, signal: order.signal });
  const file = await open(order.file, 'wx', 0o600);
  let bytes = 0;
  let fromMs = host.now();
  const ended = (async (): Promise<CaptureEnd> => {
    try {
      for await (const chunk of command.output) {
        if (bytes + chunk.length > mostBytes) break;
        await file.write(chunk);
        bytes += chunk.length;
      }
    } catch {
      // It was ended; `ended` tells how.
    } finally {
      await file.close();
    }
    command.stop();
    const { exitCode } = await command.ended;
    const complaints = command.complaints();
    const dropped = /^(\d+) packets? dropped by kernel$/m.exec(complaints);
    return {
      exitCode,
      complaints,
      bytes,
      fromMs,
      untilMs: host.now(),
      dropped: dropped === null ? null : Number(dropped[1]),
      command: {
        argv: [...host.vantage, ...argv],
        exitCode,
        durationMs: Math.round(performance.now() - started),
        output: complaints.slice(0, 2000),
      },
    };
  })();
  return {
    listening: listens(command, () => bytes, ended).then((does) => {
      fromMs = host.now();
      return does;
    }),
    bytes: () => bytes,
    stop: command.stop,
    ended,
  };
}

function listens(command: RunningCommand, bytes: () => number, ended: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), quietMs);
    command.onComplaint(() => {
      if (/listening on/.test(command.complaints()) || bytes() > 0) {
        clearTimeout(timer);
        resolve(true);
      }
    });
    void ended.then(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
