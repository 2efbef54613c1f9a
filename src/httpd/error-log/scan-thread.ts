/**
 * A thread that reads a piece of a file and finds the candidate lines in it, while the program's own thread parses the ones before
 * (apart.ts). A program of its own in the bundle: it loads no more than the search.
 */
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { batchesAtOnce, type Job, RingWriter } from '../ring.ts';
import { type ApartJob, Batch, type Ended, type HandedOver } from './batches.ts';
import { createFinder } from './finder.ts';
import { LineScanner, scannerAtOnce, scannerRoom, slotBytes, type Slot } from './lines.ts';

/** Candidates are handed over after so many bytes of the file, if not before. */
const handOverBytes = 8 * 1024 * 1024;

const { descriptor, from, to, needles, memory, control } = workerData as Job<ApartJob>;
const ring = new RingWriter<HandedOver, Ended>(parentPort, control);
const batches = Array.from({ length: batchesAtOnce }, (_, index) => new Batch(memory, index));
let position = from;
let handedOver = from;

function current(): Batch {
  return batches[ring.turn] as Batch;
}

function handOver(): void {
  ring.hand({ position });
  handedOver = position;
  current().clear();
}

const scanner = new LineScanner(createFinder(needles, scannerRoom, scannerAtOnce));
scanner.begin((bytes, start, end, line) => {
  if (current().add(bytes, start, end, line)) return;
  handOver();
  current().add(bytes, start, end, line);
});

let slot: Slot = 0;
try {
  while (position < to) {
    const length = readSync(descriptor, scanner.memory, scanner.at(slot), Math.min(slotBytes, to - position), position);
    if (length === 0) break;
    position += length;
    const next: Slot = slot === 0 ? 1 : 0;
    scanner.process(slot, length, next);
    slot = next;
    if (position - handedOver >= handOverBytes) handOver();
  }
} catch {
  // Whoever goes on from here meets the same, and can say what it is.
}
handOver();
ring.end({ position, standing: scanner.standing(slot) });
