/** The package that a program came in, and what its changelog mentions: dpkg, rpm and apk, whichever the side has. */
import { gunzipSync } from 'node:zlib';
import type { Host } from '../../host/host.ts';

export interface Package {
  readonly manager: 'dpkg' | 'rpm' | 'apk';
  readonly name: string;
  readonly version: string;
  /** Milliseconds since the epoch: when its files were last put in place (installed or upgraded). */
  readonly installedAt: number | null;
}

const limitMs = 5000;
/** The newest entries of a changelog come first; more than this is older than any httpd that still runs. */
const changelogBytes = 4 * 1024 * 1024;

/**
 * Null: no package manager knows the file (a build from source), or there is none.
 * @param root of an httpd in a container: its own package manager is asked
 */
export async function packageOf(host: Host, file: string, root = ''): Promise<Package | null> {
  const place: Place = { host, root };
  return (await dpkg(place, file)) ?? (await rpm(place, file)) ?? (await apk(place, file));
}

interface Place {
  readonly host: Host;
  readonly root: string;
}

/** Is there such a command? Inside another root folder only trying tells. */
async function has({ host, root }: Place, command: string): Promise<boolean> {
  return root !== '' || host.has(command);
}

async function dpkg(place: Place, file: string): Promise<Package | null> {
  if (!(await has(place, 'dpkg-query'))) return null;
  // With a merged /usr a file may be registered under either name.
  for (const name of new Set([file, file.replace(/^\/usr(\/s?bin\/)/, '$1')])) {
    const owner = /^([^:\s,]+)(?::\w+)?: \//m.exec(await printed(place, ['dpkg-query', '-S', name]))?.[1];
    if (owner === undefined) continue;
    const version = (await printed(place, ['dpkg-query', '-W', '-f', '${Version}', owner])).trim();
    if (version === '') continue;
    const lists = [`/var/lib/dpkg/info/${owner}.list`, `/var/lib/dpkg/info/${owner}:amd64.list`, `/var/lib/dpkg/info/${owner}:arm64.list`];
    return { manager: 'dpkg', name: owner, version, installedAt: await firstModified(place, lists) };
  }
  return null;
}

async function rpm(place: Place, file: string): Promise<Package | null> {
  if (!(await has(place, 'rpm'))) return null;
  const [name, version, installed] = (
    await printed(place, ['rpm', '-qf', '--qf', '%{NAME} %{VERSION}-%{RELEASE} %{INSTALLTIME}\\n', file])
  ).split(/\s+/);
  const seconds = Number(installed);
  return name === undefined || version === undefined || !Number.isFinite(seconds)
    ? null
    : { manager: 'rpm', name, version, installedAt: seconds * 1000 };
}

async function apk(place: Place, file: string): Promise<Package | null> {
  if (!(await has(place, 'apk'))) return null;
  const match = /is owned by (\S+?)-(\d\S*)$/m.exec(await printed(place, ['apk', 'info', '--who-owns', file]));
  return match ? { manager: 'apk', name: match[1] ?? '', version: match[2] ?? '', installedAt: null } : null;
}

export interface Changelog {
  readonly text: string;
  readonly from: string;
}

/** Null: there is none to read (containers often leave documentation out). */
export async function changelogOf(host: Host, found: Package, root = ''): Promise<Changelog | null> {
  switch (found.manager) {
    case 'dpkg':
      for (const name of new Set([found.name, ...(found.name.startsWith('nginx') ? ['nginx', 'nginx-common'] : ['apache2', 'apache2-bin', 'apache2-data'])])) {
        const path = `${root}/usr/share/doc/${name}/changelog.Debian.gz`;
        try {
          const text = gunzipSync(await host.readFile(path, changelogBytes), { maxOutputLength: 4 * changelogBytes }).toString('utf8');
          return { text, from: path };
        } catch {
          // Not under this name.
        }
      }
      return null;
    case 'rpm': {
      const argv = [...(root === '' ? [] : ['chroot', root]), 'rpm', '-q', '--changelog', found.name];
      const result = await host.run(argv, { timeLimitMs: limitMs, maxBytes: changelogBytes });
      return result.stdout.trim() === '' ? null : { text: result.stdout, from: argv.join(' ') };
    }
    case 'apk':
      return null;
  }
}

async function printed({ host, root }: Place, argv: readonly string[]): Promise<string> {
  const result = await host.run(root === '' ? argv : ['chroot', root, ...argv], { timeLimitMs: limitMs });
  return result.ended === 'exit' && result.exitCode === 0 ? result.stdout : '';
}

async function firstModified({ host, root }: Place, paths: readonly string[]): Promise<number | null> {
  for (const path of paths) {
    try {
      return (await host.stat(root + path)).modifiedAt;
    } catch {
      // Packages of several architectures have it in their name.
    }
  }
  return null;
}
