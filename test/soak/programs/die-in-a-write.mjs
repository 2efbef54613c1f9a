// Loaded before the program (--import): kills it with SIGKILL in the middle of writing a line of its journal, as a power cut would.
import { writeSync } from 'node:fs';
import { open } from 'node:fs/promises';

const [line, share] = (process.env.PROXY_DOCTOR_DIE ?? '').split(':').map(Number);
delete process.env.PROXY_DOCTOR_DIE;
delete process.env.NODE_OPTIONS;

const handle = await open('/dev/null');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
const { appendFile } = prototype;
let written = 0;
prototype.appendFile = function (bytes, ...rest) {
  written += 1;
  if (written === line) {
    writeSync(this.fd, bytes, 0, Math.floor(bytes.length * share));
    process.kill(process.pid, 'SIGKILL');
  }
  return appendFile.call(this, bytes, ...rest);
};
