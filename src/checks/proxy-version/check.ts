/** The check `proxy-version`: this httpd's version against the faults that later releases mended. */
import { settingsArguments } from '../../httpd/config/ask-binary.ts';
import { defineCheck } from '../check.ts';
import { nothing, proxyCommands } from '../may.ts';
import { classify } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const proxyVersion = defineCheck({
  name: 'proxy-version',
  title: "Compares the proxy's version with the faults that later releases mended",
  side: 'proxy',
  scope: 'case',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: {
    commands: [['apache2', 'httpd', 'httpd2', 'apachectl', 'apache2ctl', 'nginx']],
    files: ["the package manager's records", "the package's changelog"],
    rights: [],
  },
  may: (inputs, set) => ({ ...nothing, starts: [...proxyCommands(inputs, set), 'dpkg-query', 'rpm', 'apk', 'chroot'] }),
  parameters,
  facts,
  outcomes: {
    'known-fault':
      'The version is in the range of faults that a later release mended, and the package is not known to have mended all of them',
    'no-known-fault': 'No fault on record has this version in its range, or the package mended them',
    'version-unknown': 'The proxy could not be asked for its version',
  },
  good: ['no-known-fault'],
  timeLimitMs: 15_000,
  prepare,
  describe: ({ command, dialect }) =>
    dialect === 'nginx'
      ? [
          [...(command ?? ['nginx']), '-V'].join(' '),
          'dpkg-query -W nginx   # or: rpm -q nginx',
          'zcat /usr/share/doc/nginx/changelog.Debian.gz   # or: rpm -q --changelog nginx',
        ]
      : [
          [...(command ?? ['apache2']), ...settingsArguments].join(' '),
          'dpkg-query -W apache2-bin   # or: rpm -q httpd',
          'zcat /usr/share/doc/apache2-bin/changelog.Debian.gz   # or: rpm -q --changelog httpd',
        ],
  collect,
  classify,
});
