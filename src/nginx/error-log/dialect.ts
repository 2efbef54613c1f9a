/** nginx's error log for the scan: what its lines hold, when they were written, and what they say. */
import type { LogDialect } from '../../httpd/error-log/dialect.ts';
import { emptyHead } from '../../httpd/error-log/head.ts';
import { readHead } from './head.ts';
import { parseNginxLine } from './parse.ts';

/** One of these is in every line that may be of interest (a test holds this against all samples). */
const words: readonly string[] = [
  ' upstream',
  'could not be resolved',
  'no resolver defined',
  'client prematurely closed',
  'reading client request body',
  'client timed out',
  'client intended to send',
  'worker_connections are not',
  'Too many open files',
  'pwrite',
  'temporary file',
  'sent in stderr',
  'start worker processes',
  'reconfiguring',
  'received, ',
  ' received from ',
  'exited on signal',
];

export const nginxLog: LogDialect = {
  needles: { words, codeNumbers: [], fixedStrings: words },
  layout: {
    name: 'nginx',
    read: (line) => {
      const head = readHead(line);
      return head === null ? null : Object.assign(emptyHead(head.at), { wallClock: head.wallClock, level: head.level, pid: head.pid });
    },
  },
  parse: (line, { platform }) => parseNginxLine(line, platform ?? null),
};
