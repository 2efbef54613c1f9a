/** How many threads of this program may work at once: the machine may be a proxy in trouble. */
import { availableParallelism, getPriority, loadavg } from 'node:os';

/** The cap that is set, else one for each core; one alone where the machine has no core to spare, or with `--nice`. */
export function threadsToUse(environment: Readonly<Record<string, string | undefined>> = process.env): number {
  const cap = Number(environment['PROXY_DOCTOR_THREADS'] ?? '');
  if (Number.isInteger(cap) && cap >= 1) return cap;
  const cores = availableParallelism();
  const [load = 0] = loadavg();
  return getPriority() > 0 || load > cores - spareCores ? 1 : cores;
}

/** Half a core's work at least must be left over for a second thread. */
const spareCores = 0.5;
