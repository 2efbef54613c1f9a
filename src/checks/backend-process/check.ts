/** Check `backend-process` (article A05, A06, A07, A17): the backend's own side. */
import { defineCheck } from '../check.ts';
import { connectTools, nothing } from '../may.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';
import { firewallCommands } from './read-firewall.ts';

export const backendProcess = defineCheck({
  name: 'backend-process',
  title: 'Looks from the backend’s own side: what listens, accept queue, packet filter, ends and crashes of its process',
  side: 'backend',
  scope: 'backend',
  load: 'brief',
  action: null,
  sendsTraffic: true,
  readsWhenPassive: true,
  needs: {
    commands: [['ss', 'netstat', 'cat']],
    files: ['/proc/net/tcp, /proc/net/netstat, /proc/PID/stat on the backend’s side'],
    rights: ['a way to the backend’s side (--via backend)', 'root there, for the packet filter and the names of processes'],
  },
  may: (inputs) => ({
    ...nothing,
    starts: ['ss', 'netstat', 'iptables-save', 'ip6tables-save', 'nft', 'journalctl', 'dmesg', 'ip', ...(inputs.passive ? [] : connectTools)],
    connects: inputs.passive ? [] : ['backend'],
  }),
  parameters,
  facts,
  outcomes,
  good: ['listening'],
  timeLimitMs: 30_000,
  prepare: (known) => prepare(known),
  describe: ({ port, socket, connect, via }) => socket !== undefined ? ['ss -xlp', `ls -l ${socket.path}`, 'journalctl -t kernel -t systemd, else dmesg', ...(connect ? [`one connect to ${socket.path}`] : [])] : [
    `${via ? 'on the backend’s side' : 'here, if the backend’s address is this machine’s own'}: ss -ltnp; ss -tan sport = :${port}`,
    'cat /proc/net/netstat (ListenOverflows, ListenDrops; twice, a second apart)',
    ...firewallCommands,
    'journalctl -t kernel -t systemd, else dmesg',
    ...(connect ? [`one connect to port ${port} of each of its addresses, from there`] : []),
  ],
  collect,
  classify,
});
