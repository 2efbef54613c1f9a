import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decode } from '../../../src/httpd/wire/packets.ts';
import { readPcap } from '../../../src/httpd/wire/pcap.ts';
import { readCapture } from '../../../src/checks/packet-capture/read.ts';
import type { FileOptions } from './frames.ts';
import { ethernet, ip4, ip6, pcapFile, sll, sll2, tcp } from './frames.ts';

function read(frames: readonly Buffer[], options: FileOptions = {}) {
  const file = readPcap(pcapFile(frames, options));
  return file === null ? [] : [...file.packets].map((packet) => decode(file.linkType, packet));
}

const hello = ip4(6, tcp({ seq: 0xfffffff0, ack: 99, flags: 'PA', window: 17, payload: 'hello', sourcePort: 41_000 }), {
  ttl: 61,
  id: 1234,
});

describe('link types', () => {
  it.each<[string, Buffer, number]>([
    ['Ethernet', ethernet(hello), 1],
    ['Ethernet with two VLAN tags', ethernet(hello, 2), 1],
    ['Linux cooked', sll(hello), 113],
    ['Linux cooked v2', sll2(hello), 276],
    ['raw IP', hello, 101],
    ['BSD loopback', Buffer.concat([Buffer.from([2, 0, 0, 0]), hello]), 0],
  ])('%s', (_name, frame, linkType) => {
    expect(read([frame], { linkType })).toEqual([
      {
        kind: 'tcp',
        atUs: 1_000_000_000,
        source: '192.0.2.1',
        sourcePort: 41_000,
        destination: '192.0.2.2',
        destinationPort: 8080,
        seq: 0xfffffff0,
        ack: 99,
        syn: false,
        hasAck: true,
        fin: false,
        rst: false,
        push: true,
        window: 17,
        length: 5,
        payload: Buffer.from('hello'),
        ttl: 61,
        ipId: 1234,
        device: linkType === 276 ? 3 : null,
      },
    ]);
  });

  it.each<[string, FileOptions]>([
    ['big endian', { big: true }],
    ['nanoseconds', { nanoseconds: true }],
    ['both', { big: true, nanoseconds: true }],
  ])('files in %s', (_name, options) => {
    expect(read([sll2(hello), sll2(hello)], options).map((packet) => packet?.atUs)).toEqual([1_000_000_000, 1_000_001_000]);
  });

  it('the length on the wire is known though the snap length cut the payload', () => {
    const long = sll2(ip4(6, tcp({ payload: 'x'.repeat(1400) })));
    const [packet] = read([long], { snapLength: 96 });
    expect(packet).toMatchObject({ length: 1400, payload: Buffer.from('x'.repeat(96 - 20 - 40)) });
  });

  it('a padded Ethernet frame carries no more than its IP length says', () => {
    const [packet] = read([Buffer.concat([ethernet(ip4(6, tcp({}))), Buffer.alloc(6)])], { linkType: 1 });
    expect(packet).toMatchObject({ length: 0 });
  });
});

describe('IPv6', () => {
  it.each<[string, Buffer]>([
    ['plain', ip6(6, tcp({ payload: 'hi' }))],
    ['with hop-by-hop options', ip6(6, tcp({ payload: 'hi' }), [[0, Buffer.from([1, ...Array<number>(14).fill(0)])]])],
    ['the first fragment', ip6(6, tcp({ payload: 'hi' }), [[44, Buffer.alloc(7)]])],
  ])('%s', (_name, packet) => {
    expect(read([sll2(packet)])).toEqual([
      expect.objectContaining({ source: '2001:db8::1', destination: '2001:db8::2', length: 2, ipId: null }),
    ]);
  });

  it('a later fragment has no header of TCP', () => {
    expect(read([sll2(ip6(6, tcp({}), [[44, Buffer.from([0, 0, 8, 0, 0, 0, 0])]]))])).toEqual([null]);
  });
});

describe('ICMP errors', () => {
  const quote = (source: string, destination: string) => ip4(6, tcp({ sourcePort: 41_000, flags: 'S' }), { source, destination });
  const error = (type: number, code: number): Buffer =>
    ip4(1, Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), quote('192.0.2.1', '192.0.2.2')]), { source: '192.0.2.9' });
  it.each([
    [3, 3, 'unreachable'],
    [3, 13, 'prohibited'],
    [3, 4, 'too-big'],
  ])('type %i code %i is %s', (type, code, what) => {
    expect(read([sll2(error(type, code))])).toEqual([
      expect.objectContaining({ kind: 'icmp', what, from: '192.0.2.9', sourcePort: 41_000, destinationPort: 8080 }),
    ]);
  });
  it('an echo is none', () => {
    expect(read([sll2(error(8, 0))])).toEqual([null]);
  });
});

describe('whatever the bytes are', () => {
  const frame = fc.oneof(
    fc.uint8Array({ maxLength: 120 }).map((bytes) => Buffer.from(bytes)),
    fc
      .record({
        seq: fc.nat(),
        ack: fc.nat(),
        flags: fc.constantFrom('S', 'SA', 'A', 'PA', 'FA', 'R', 'RA'),
        payload: fc.constantFrom('', 'GET / HTTP/1.1\r\n\r\n', 'HTTP/1.1 200 OK\r\n', 'x'),
        back: fc.boolean(),
      })
      .map(({ back, ...fields }) => {
        const ends = back ? { source: '192.0.2.2', destination: '192.0.2.1' } : {};
        const ports = back ? { sourcePort: 8080, destinationPort: 40_000 } : {};
        return sll2(ip4(6, tcp({ ...fields, ...ports }), ends));
      }),
  );

  it('reading never throws, and invents no packets', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 40 }),
        fc.constantFrom(0, 1, 101, 113, 276),
        fc.nat({ max: 300 }),
        (frames, linkType, cut) => {
          const file = pcapFile(frames, { linkType });
          const found = readCapture(file.subarray(0, Math.max(0, file.length - cut)), [], 8080, { fromMs: 0, untilMs: 1e12 });
          expect(found === null ? 0 : found.packets).toBeLessThanOrEqual(frames.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('what is no capture file is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readPcap(Buffer.concat([Buffer.from('no'), bytes]))).toBeNull();
      }),
    );
  });
});
