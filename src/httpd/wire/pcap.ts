/** Classic pcap files (what `tcpdump -w` writes), either byte order, micro- or nanoseconds. Pure; never throws; a cut file ends early. */

export interface RawPacket {
  /** Microseconds since the epoch. */
  readonly atUs: number;
  /** What was kept of it. */
  readonly bytes: Buffer;
  /** Its length on the wire. */
  readonly length: number;
}

export interface PcapFile {
  readonly linkType: number;
  readonly snapLength: number;
  readonly packets: Iterable<RawPacket>;
}

const headerBytes = 24;
const recordBytes = 16;
/** No captured packet is longer (libpcap's MAXIMUM_SNAPLEN); a longer one shows that the file is broken. */
const longest = 262_144;

/** Null: not a pcap file. */
export function readPcap(bytes: Buffer): PcapFile | null {
  if (bytes.length < headerBytes) return null;
  const magic = bytes.readUInt32LE(0);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const swapped = bytes.readUInt32BE(0);
  if (!little && swapped !== 0xa1b2c3d4 && swapped !== 0xa1b23c4d) return null;
  const nanoseconds = magic === 0xa1b23c4d || swapped === 0xa1b23c4d;
  const word = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  return {
    linkType: word(20) & 0xffff,
    snapLength: word(16),
    packets: {
      *[Symbol.iterator]() {
        for (let at = headerBytes; at + recordBytes <= bytes.length;) {
          const kept = word(at + 8);
          const start = at + recordBytes;
          if (kept > longest || start + kept > bytes.length) return;
          const fraction = word(at + 4);
          const atUs = word(at) * 1_000_000 + (nanoseconds ? Math.floor(fraction / 1000) : fraction);
          yield { atUs, bytes: bytes.subarray(start, start + kept), length: word(at + 12) };
          at = start + kept;
        }
      },
    },
  };
}
