/** The scripts that tests and docs/screens.md play. */
import { attempts, errorLog, keepaliveToggle, overloaded, race, tcpConnect, toggleLive } from './found.ts';
import { smallFlow } from './flow.ts';
import type { Script } from './session.ts';

export const overload: Script = {
  flow: smallFlow,
  found: { 'error-log': errorLog, 'tcp-connect': tcpConnect, 'keepalive-toggle': keepaliveToggle },
  suggestions: {
    frequency: {
      outcome: 'clusters',
      because: '7 bursts of 90 to 180 failures, successes between them; failures rise with the request rate (r = 0.83)',
    },
  },
  subjects: [{ key: '10.0.0.5:8080', backend: '10.0.0.5:8080', mode: 'connect', failures: 1204 }],
  diagnoses: [overloaded],
  soFar: '1,204 refused of 9,870, still happening; looking why',
  proposal: [
    'Writes /etc/apache2/conf-enabled/proxy-doctor.conf:',
    '+ SetEnvIfExpr "%{TIME} -lt 20261120032410" proxy-nokeepalive=1',
    'Checks it with apachectl configtest, then reloads httpd gracefully.',
    'Takes it out again after 180 s at most, also when this terminal or the connection dies.',
  ],
};

/** Checks that take a while and say how far they are. */
export const slow: Script = {
  ...overload,
  everyMs: 250,
  progress: {
    'error-log': Array.from({ length: 8 }, (_, at) => ({
      done: (at + 1) * 6_000_000,
      total: 48_210_233,
      unit: 'bytes' as const,
      text: `${(at + 1) * 1100} lines read, ${(at + 1) * 150} of them failures`,
    })),
    'tcp-connect': attempts.map((_, at) => ({
      done: at + 1,
      total: 20,
      unit: 'attempts' as const,
      text: `${attempts.slice(0, at + 1).filter(({ outcome }) => outcome === 'refused').length} refused, ${attempts.slice(0, at + 1).filter(({ outcome }) => outcome === 'connected').length} accepted`,
      live: attempts.slice(0, at + 1),
    })),
    'keepalive-toggle': Array.from({ length: 12 }, (_, at) => ({
      done: at + 1,
      total: 14,
      unit: 'requests' as const,
      text: `enough for a verdict in about ${40 - at * 3} s`,
      live: toggleLive,
    })),
  },
};

export const scripts: Readonly<Record<string, Script>> = {
  overload,
  slow,
  race: { ...overload, diagnoses: [race, overloaded] },
  /** A check that goes on for ever. */
  endless: { ...slow, everyMs: 20, endless: ['tcp-connect'] },
  /** Checks that stand still half way, for their picture. */
  halfway: {
    ...slow,
    everyMs: 20,
    endless: ['tcp-connect'],
    progress: { 'tcp-connect': slow.progress?.['tcp-connect']?.slice(0, 9) ?? [] },
  },
  'halfway-live': {
    ...slow,
    everyMs: 20,
    endless: ['keepalive-toggle'],
    progress: { 'keepalive-toggle': slow.progress?.['keepalive-toggle']?.slice(0, 6) ?? [] },
  },
  /** The log could not be read. */
  unreadable: {
    ...overload,
    found: {
      ...overload.found,
      'error-log': {
        status: 'skipped',
        outcome: 'skipped',
        summary: '/var/log/apache2/error.log can not be read by this user',
        remedy: 'run as root, or join the group adm',
        commands: [],
        data: null,
      },
    },
  },
  crash: { ...overload, failsWith: 'something of ours broke' },
};
