/** The environment that httpd's configuration is read with. */
import type { ConfigFiles } from '../../httpd/config/files.ts';
import { parseEnvvars } from '../../httpd/config/envvars.ts';
import type { Located } from '../../httpd/config/locate.ts';
import { folderOf } from '../../httpd/config/paths.ts';

/** Of the running process where it may be read, else as the distribution's start script sets it (Debian's `envvars`). */
export async function environmentFor(
  files: ConfigFiles,
  located: Pick<Located, 'configFile' | 'httpd'>,
): Promise<ReadonlyMap<string, string>> {
  if (located.httpd?.environment) return located.httpd.environment;
  const own = folderOf(located.configFile);
  for (const folder of [own, '/etc/apache2']) {
    try {
      return parseEnvvars((await files.read(`${folder}/envvars`)).text, own);
    } catch {
      // No such file in this distribution, or no right to read it: variables that are then undefined are said to be.
    }
  }
  return new Map();
}
