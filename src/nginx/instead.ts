import type { Host } from '../host/host.ts';
import { runningNginxes } from './config/running.ts';

/** Where no httpd was found: a sentence that names the nginx that runs there and the flow for it; null: there is none, or nobody can tell. */
export async function nginxInstead(host: Host): Promise<string | null> {
  const [first] = (await runningNginxes(host).catch(() => [])).filter(({ namespace }) => namespace !== 'other');
  return first === undefined ? null : `nginx runs there (pid ${first.pid}), and has a flow of its own: proxy-doctor run nginx-upstream`;
}
