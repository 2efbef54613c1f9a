/** The reader of error logs by itself: how many lines of the proxy a file has. The bench sets it against grep. */
import { localHost } from '../../src/host/local.ts';
import { scanErrorLog } from '../../src/httpd/error-log/scan.ts';

const [path = '', since] = process.argv.slice(2);
let withBackend = 0;
const summary = await scanErrorLog(localHost('proxy'), path, { since: since === undefined ? null : Number(since) }, (entry) => {
  if (entry.backend !== null) withBackend += 1;
});
process.stdout.write(`${summary.matched} ${withBackend}\n`);
