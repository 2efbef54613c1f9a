// What the lab and the terminal tests need beyond Node: installed with apt when this is root on Debian and something is missing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const tools = {
  apache2: 'apache2',
  nginx: 'nginx-light',
  ip: 'iproute2',
  ss: 'iproute2',
  iptables: 'iptables',
  nft: 'nftables',
  curl: 'curl',
  tcpdump: 'tcpdump',
  tmux: 'tmux',
  ping: 'iputils-ping',
  openssl: 'openssl',
  setpriv: 'util-linux',
  conntrack: 'conntrack',
  // Sees what a run really does.
  strace: 'strace',
  nc: 'netcat-openbsd',
  zsh: 'zsh',
  fish: 'fish',
  dash: 'dash',
  busybox: 'busybox-static',
  mandoc: 'mandoc',
  wrk: 'wrk',
  // Opens the HTML report in the tests, and reads its print.
  chromium: 'chromium fonts-dejavu-core',
  pdftotext: 'poppler-utils',
};
const folders = ['/usr/sbin', '/usr/bin', '/sbin', '/bin', '/usr/local/sbin', '/usr/local/bin'];

/** Commands that are not there. */
export function missingLabTools() {
  return Object.keys(tools).filter((tool) => !folders.some((folder) => existsSync(`${folder}/${tool}`)));
}

/** Installs what is missing where that is possible; returns what is still missing. */
export function installLabTools() {
  const missing = missingLabTools();
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return missing;
  const packages = [...new Set(missing.flatMap((tool) => tools[tool].split(' ')))];
  console.error(`installing for the lab: ${packages.join(' ')}`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    // RUNLEVEL=1 keeps Debian's scripts from starting a server of their own.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
  };
  spawnSync('apt-get', ['update', '-qq'], options);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], options);
  return missingLabTools();
}
