/**
 * The lab's clients: bounded traffic to the proxy, from addresses 127.0.1.1 and up. Run with one argument, the JSON of `Task`; prints
 * the JSON of `Seen` and ends by itself, or when its standard input does.
 */
import { Agent, request, type ClientRequest } from 'node:http';
import type { RequestKind, Traffic } from '../world.ts';

export interface Task {
  readonly address: string;
  readonly port: number;
  readonly traffic: Traffic;
}

/** Answers by status; `none`: the connection ended without one; `gave-up`: the client's patience ended; `left`: it went away itself. */
export interface Seen {
  readonly statuses: Readonly<Record<string, number>>;
}

const { address, port, traffic } = JSON.parse(process.argv[2] ?? '') as Task;
const statuses: Record<string, number> = {};
const kinds = traffic.kinds.flatMap((kind) => Array.from({ length: kind.weight ?? 1 }, () => kind));
const patienceMs = (traffic.patienceSeconds ?? 20) * 1000;
const agents = Array.from(
  { length: traffic.clients ?? 5 },
  (_, i) => new Agent({ keepAlive: traffic.keepalive ?? false, maxSockets: 256, localAddress: `127.0.1.${i + 1}` }),
);

/** A spread without randomness, so that two builds of a world get the same requests: steps of the golden ratio. */
const spread = (i: number): number => (i * 0.618_033_988_75) % 1;

function upload(outgoing: ClientRequest, kind: RequestKind, leave: () => void): void {
  const bytes = kind.bodyBytes ?? 0;
  if (bytes === 0) return void outgoing.end();
  if (kind.upload === undefined || kind.upload === 'whole') return void outgoing.end(Buffer.alloc(bytes, 'body '));
  outgoing.write(Buffer.alloc(Math.floor(bytes / 2), 'body '), () => {
    if (kind.upload === 'leaves') leave();
  });
}

function ask(i: number): Promise<string> {
  const kind = kinds[Math.floor(spread(i) * kinds.length)] ?? { path: '/' };
  return new Promise((resolve) => {
    const outgoing = request({
      host: address,
      port,
      method: kind.method ?? 'GET',
      path: kind.path.replaceAll('{n}', String(1000 + ((i * 7919) % 9000))),
      agent: agents[i % agents.length],
      headers: {
        'user-agent': 'lab-client/1',
        ...(traffic.host === undefined ? {} : { host: traffic.host }),
        ...(kind.bodyBytes === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': kind.bodyBytes }),
      },
    });
    const give = (what: string): void => {
      clearTimeout(patience);
      resolve(what);
    };
    const patience = setTimeout(() => {
      give('gave-up');
      outgoing.destroy();
    }, patienceMs);
    outgoing.on('response', (answer) => {
      answer.on('error', () => give(`${answer.statusCode}-cut`));
      answer.on('end', () => give(String(answer.statusCode)));
      answer.resume();
    });
    outgoing.on('error', () => give('none'));
    upload(outgoing, kind, () => {
      give('left');
      outgoing.destroy();
    });
  });
}

async function main(): Promise<void> {
  const started = Date.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < traffic.requests) {
      const i = next;
      next += 1;
      if (traffic.perSecond !== undefined) {
        const group = traffic.inGroupsOf ?? 1;
        const wait = started + (Math.floor(i / group) * group * 1000) / traffic.perSecond - Date.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      }
      const what = await ask(i);
      statuses[what] = (statuses[what] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: traffic.atOnce }, lane));
}

const say = (): void => {
  process.stdout.write(`${JSON.stringify({ statuses } satisfies Seen)}\n`, () => process.exit(0));
};
process.stdin.on('end', say).resume();
await main();
say();
