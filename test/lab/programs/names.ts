/**
 * A name server for one world: A records from its task, "no such name" for `.invalid` and whatever else it does not know, a failure where
 * the task says so. UDP on 127.0.0.53:53 of the host that asks. Ends when its standard input does.
 */
import { createSocket } from 'node:dgram';
import { isIPv4 } from 'node:net';
import type { NameAnswer } from '../world.ts';

export interface Task {
  readonly address: string;
  readonly names: Readonly<Record<string, NameAnswer>>;
}

const { address, names } = JSON.parse(process.argv[2] ?? '') as Task;
const codes = { ok: 0, 'server-failure': 2, 'not-found': 3 } as const;

/** The question section of a query with one question: its bytes, the name, the type. */
function questionOf(query: Buffer): { bytes: Buffer; name: string; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length !== 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { bytes: query.subarray(12, at + 5), name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1) };
}

function answerTo(query: Buffer): Buffer {
  const question = questionOf(query);
  const known = names[question.name] ?? 'not-found';
  const addresses = typeof known === 'string' || question.type !== 1 ? [] : known.filter((one) => isIPv4(one));
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8580 | codes[typeof known === 'string' ? known : 'ok'], 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((one) => Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, ...one.split('.').map(Number)]));
  return Buffer.concat([head, question.bytes, ...records]);
}

const socket = createSocket('udp4');
socket.on('message', (query, from) => {
  try {
    socket.send(answerTo(query), from.port, from.address);
  } catch {
    // Not a query with a question: no answer.
  }
});
socket.bind(53, address, () => process.stdout.write('ready\n'));
process.stdin.on('end', () => process.exit(0)).resume();
