/** A capture file → what it holds about one backend. Pure but for the bytes it is given. */
import { assemble } from '../../httpd/wire/connections.ts';
import { decode } from '../../httpd/wire/packets.ts';
import type { Packet } from '../../httpd/wire/packets.ts';
import { readPcap } from '../../httpd/wire/pcap.ts';
import type { Captured } from './between.ts';
import type { MarkedRequest } from './marked.ts';
import { findMarked } from './marked.ts';
import type { Verdict } from './verdicts.ts';
import { verdictOf } from './verdicts.ts';

export interface CaptureRead extends Captured {
  readonly packets: number;
  readonly verdicts: readonly Verdict[];
  /** Requests of our own that were seen on the way. */
  readonly marked: readonly MarkedRequest[];
}

/**
 * @param addresses of the backend; empty: any, the port alone tells (an address may be translated on the way)
 * @param during when the capture ran, milliseconds by the clock of its packets: the file itself knows only when packets came
 * @param mark of the requests that were sent through the proxy meanwhile
 * @returns null for what is no capture file
 */
export function readCapture(
  bytes: Buffer,
  addresses: readonly string[],
  port: number,
  during: { readonly fromMs: number; readonly untilMs: number },
  mark: string | null = null,
): CaptureRead | null {
  const file = readPcap(bytes);
  if (file === null) return null;
  const packets: Packet[] = [];
  let fromUs = during.fromMs * 1000;
  let untilUs = during.untilMs * 1000;
  for (const raw of file.packets) {
    const packet = decode(file.linkType, raw);
    if (packet === null) continue;
    packets.push(packet);
    fromUs = Math.min(fromUs, packet.atUs);
    untilUs = Math.max(untilUs, packet.atUs);
  }
  const known = new Set(addresses);
  const connections = assemble(packets, (address, at) => at === port && (known.size === 0 || known.has(address)));
  return {
    packets: packets.length,
    connections,
    fromUs,
    untilUs,
    verdicts: connections.map((one) => verdictOf(one, untilUs)),
    marked: mark === null ? [] : findMarked(packets, mark),
  };
}
