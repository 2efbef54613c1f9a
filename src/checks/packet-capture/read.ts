/** A capture file → what it holds about one backend. Pure but for the bytes it is given. */
import { assemble } from '../../httpd/wire/connections.ts';
import { decode } from '../../httpd/wire/packets.ts';
import type { Packet } from '../../httpd/wire/packets.ts';
import { readPcap } from '../../httpd/wire/pcap.ts';
import type { Captured } from './between.ts';
import type { Verdict } from './verdicts.ts';
import { verdictOf } from './verdicts.ts';

export interface CaptureRead extends Captured {
  readonly packets: number;
  readonly verdicts: readonly Verdict[];
}

/**
 * @param addresses of the backend; empty: any, the port alone tells (an address may be translated on the way)
 * @param during when the capture ran, milliseconds by the clock of its packets: the file itself knows only when packets came
 * @returns null for what is no capture file
 */
export function readCapture(
  bytes: Buffer,
  addresses: readonly string[],
  port: number,
  during: { readonly fromMs: number; readonly untilMs: number },
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
  return { packets: packets.length, connections, fromUs, untilUs, verdicts: connections.map((one) => verdictOf(one, untilUs)) };
}
