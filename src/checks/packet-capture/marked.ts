/** Our own marked GETs through the proxy, found again on the way to the backend: the address and connection that really served them. Pure. */
import type { Packet } from '../../httpd/wire/packets.ts';

export interface MarkedRequest {
  /** The mark with its number, as it stands in the query. */
  readonly mark: string;
  readonly backend: string;
  readonly port: number;
  /** The proxy's local port: requests on one port share a connection. */
  readonly from: number;
}

/** @param mark as it stands before `-1`, `-2` … in the query of each request */
export function findMarked(packets: readonly Packet[], mark: string): readonly MarkedRequest[] {
  const found = new Map<string, MarkedRequest>();
  const wanted = Buffer.from(`${mark}-`);
  for (const packet of packets) {
    if (packet.kind !== 'tcp') continue;
    const at = packet.payload.indexOf(wanted);
    if (at < 0) continue;
    const number = /^\d+/.exec(packet.payload.toString('latin1', at + wanted.length, at + wanted.length + 10))?.[0];
    // A Referer of a page that was fetched by it would carry it too; the first packet is the request itself.
    if (number === undefined || found.has(number)) continue;
    found.set(number, { mark: `${mark}-${number}`, backend: packet.destination, port: packet.destinationPort, from: packet.sourcePort });
  }
  return [...found.values()];
}
