/** Frames and capture files, byte by byte, for tests of the readers. */
export interface Tcp {
  readonly source?: string;
  readonly sourcePort?: number;
  readonly destination?: string;
  readonly destinationPort?: number;
  readonly seq?: number;
  readonly ack?: number;
  /** `S`, `A`, `F`, `R`, `P` in any order. */
  readonly flags?: string;
  readonly window?: number;
  readonly payload?: string | Buffer;
  readonly ttl?: number;
  readonly id?: number;
}

export function tcp(fields: Tcp): Buffer {
  const { sourcePort = 40_000, destinationPort = 8080, seq = 1, ack = 0, flags = 'A', window = 500, payload = '' } = fields;
  const header = Buffer.alloc(20);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt32BE(seq >>> 0, 4);
  header.writeUInt32BE(ack >>> 0, 8);
  header[12] = 5 << 4;
  header[13] = [...flags].reduce((bits, flag) => bits | ({ F: 1, S: 2, R: 4, P: 8, A: 16 }[flag] ?? 0), 0);
  header.writeUInt16BE(window, 14);
  return Buffer.concat([header, Buffer.from(payload)]);
}

export function ip4(protocol: number, payload: Buffer, fields: Tcp = {}): Buffer {
  const { source = '192.0.2.1', destination = '192.0.2.2', ttl = 64, id = 7 } = fields;
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payload.length, 2);
  header.writeUInt16BE(id, 4);
  header[8] = ttl;
  header[9] = protocol;
  Buffer.from(source.split('.').map(Number)).copy(header, 12);
  Buffer.from(destination.split('.').map(Number)).copy(header, 16);
  return Buffer.concat([header, payload]);
}

/** @param extensions headers between, each as `[its own number, its bytes without the first]`. */
export function ip6(protocol: number, payload: Buffer, extensions: readonly (readonly [number, Buffer])[] = []): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header[7] = 64;
  Buffer.from('20010db8000000000000000000000001', 'hex').copy(header, 8);
  Buffer.from('20010db8000000000000000000000002', 'hex').copy(header, 24);
  const numbers = [...extensions.map(([number]) => number), protocol];
  header[6] = numbers[0] ?? protocol;
  const between = extensions.map(([, bytes], index) => Buffer.concat([Buffer.from([numbers[index + 1] ?? protocol]), bytes]));
  const body = Buffer.concat([...between, payload]);
  header.writeUInt16BE(body.length, 4);
  return Buffer.concat([header, body]);
}

export function sll2(ip: Buffer, device = 3): Buffer {
  const header = Buffer.alloc(20);
  header.writeUInt16BE((ip[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800, 0);
  header.writeUInt32BE(device, 4);
  return Buffer.concat([header, ip]);
}

export function sll(ip: Buffer): Buffer {
  const header = Buffer.alloc(16);
  header.writeUInt16BE((ip[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800, 14);
  return Buffer.concat([header, ip]);
}

export function ethernet(ip: Buffer, vlans = 0): Buffer {
  const header = Buffer.alloc(14 + vlans * 4);
  for (let index = 0; index < vlans; index += 1) header.writeUInt16BE(0x8100, 12 + index * 4);
  header.writeUInt16BE((ip[0] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800, 12 + vlans * 4);
  return Buffer.concat([header, ip]);
}

export interface FileOptions {
  readonly linkType?: number;
  readonly big?: boolean;
  readonly nanoseconds?: boolean;
  readonly snapLength?: number;
}

/** A capture of frames, one a millisecond from the second 1000 on. */
export function pcapFile(
  frames: readonly Buffer[],
  { linkType = 276, big = false, nanoseconds = false, snapLength = 65_535 }: FileOptions = {},
): Buffer {
  const words = (...numbers: readonly number[]): Buffer => {
    const buffer = Buffer.alloc(numbers.length * 4);
    for (const [index, number] of numbers.entries()) {
      if (big) buffer.writeUInt32BE(number, index * 4);
      else buffer.writeUInt32LE(number, index * 4);
    }
    return buffer;
  };
  const parts = [words(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, big ? 0x00020004 : 0x00040002, 0, 0, snapLength, linkType)];
  for (const [index, frame] of frames.entries()) {
    const kept = frame.subarray(0, snapLength);
    parts.push(words(1000, index * (nanoseconds ? 1_000_000 : 1000), kept.length, frame.length), kept);
  }
  return Buffer.concat(parts);
}
