/**
 * A thread that reads a piece of an access log and cuts its lines, while the program's own thread counts the ones before (apart.ts). A program
 * of its own in the bundle: it loads no more than the cutting.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { batchesAtOnce, type Job, RingWriter } from '../ring.ts';
import { Batch, type CutEnd, type CutJob, type Cuttings } from './batches.ts';
import { compileLogFormat } from './compile.ts';
import { WholeLines } from './lines.ts';
import { AccessScan } from './scan.ts';

const { descriptor, from, to, format, atOnce, memory, control } = workerData as Job<CutJob>;
const ring = new RingWriter<Cuttings, CutEnd>(parentPort, control);
const batches = Array.from({ length: batchesAtOnce }, (_, index) => new Batch(memory, index));
const whole = new WholeLines(from);
/** The zone of the log's side is known on the other side alone: there a line that needs it is cut again. */
let zoneWasAsked = false;

function current(): Batch {
  return batches[ring.turn] as Batch;
}

function handOver(): void {
  ring.hand({ bytes: scan.bytes, formats: scan.formats.map((each) => each.source) });
  current().clear();
}

const scan = new AccessScan(
  {
    format: format === null ? null : compileLogFormat(format),
    zoneOf: () => {
      zoneWasAsked = true;
      return 0;
    },
  },
  (cut, number) => {
    // What is left of a chunk whose batch is full goes into the next one, line by line.
    while (!current().add(cut, number, zoneWasAsked)) handOver();
    zoneWasAsked = false;
  },
);

/** The position at which the file could not be read; null: it was read to its end. */
function readAll(): number | null {
  for (let position = from; position < to;) {
    const { chunk } = current();
    let length: number;
    try {
      length = readSync(descriptor, chunk, 0, Math.min(atOnce, to - position), position);
    } catch {
      return position;
    }
    if (length === 0) break;
    position += length;
    scan.push(whole.of(chunk.subarray(0, length)));
    handOver();
  }
  return null;
}

const failedAt = readAll();
if (failedAt === null) {
  const { formats, ...scanned } = scan.end();
  handOver();
  ring.end({ scanned: { ...scanned, formats: formats.map((each) => each.source) } });
} else {
  ring.end({ failedAt });
}
