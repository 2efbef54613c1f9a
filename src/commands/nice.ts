/** `--nice`: beside a busy proxy, its processes come first. */
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Commands that are started later inherit it. Linux keeps a priority for each thread: those that are there get it one by one. */
export function beNice(): void {
  let threads: readonly string[] = [];
  try {
    threads = readdirSync('/proc/self/task');
  } catch {
    // Elsewhere the process has one for all.
  }
  for (const thread of threads.length === 0 ? [process.pid] : threads.map(Number)) setPriority(thread, constants.priority.PRIORITY_LOW);
}
