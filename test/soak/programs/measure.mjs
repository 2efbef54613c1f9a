// Loaded before the program (--import): writes down at its end what the run took, its ended children included.
import { readFileSync, writeFileSync } from 'node:fs';

const into = process.env.PROXY_DOCTOR_MEASURED;
// Only this process: not the ones it starts.
delete process.env.PROXY_DOCTOR_MEASURED;
delete process.env.NODE_OPTIONS;

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  // proc(5): cutime and cstime are fields 16 and 17, in ticks of 10 ms.
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = (Number(fields[13]) + Number(fields[14])) / 100;
  const io = readFileSync('/proc/self/io', 'utf8');
  const number = (name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1] ?? 0);
  writeFileSync(
    into,
    JSON.stringify({
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 + children,
      peakBytes: maxRSS * 1024,
      bytesRead: number('rchar'),
      bytesWritten: number('wchar'),
    }),
  );
});
