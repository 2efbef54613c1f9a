/** The nginx masters that run on one side, as /proc shows them: nginx writes its role before the command line it was started with. */
import type { Host } from '../../host/host.ts';
import { runningServers, type RunningHttpd, type ServerProgram } from '../../httpd/config/running.ts';

const commandName = /^(?:nginx|openresty|angie|freenginx)$/;
const title = /^(?:nginx|angie|freenginx): (master process|worker process|cache \w+ process|[\w-]+ process) ?(.*)$/s;

const program: ServerProgram = {
  isName: (name) => commandName.test(name),
  argvOf: (argv) => {
    const whole = argv.join(' ').trim();
    const role = title.exec(whole);
    // Blanks inside an argument can't be told from those between: paths of configurations have none.
    if (role === null) return argv;
    return role[1] === 'master process' ? (role[2] ?? '').split(/\s+/).filter((word) => word !== '') : null;
  },
  isPassing: (argv) => argv.slice(1).some((word) => /^-(?:[tTvVh?]+|q?[tT]|s)$/.test(word)),
};

/** All nginx masters of that side's /proc, oldest id first. @throws {FileError} where there is no /proc */
export function runningNginxes(host: Host): Promise<RunningHttpd[]> {
  return runningServers(host, program);
}
