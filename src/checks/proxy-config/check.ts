/** The check `proxy-config`: what the running proxy's configuration says about proxying. */
import { defineCheck } from '../check.ts';
import { dialectOf } from '../dialect.ts';
import { nothing, proxyCommands } from '../may.ts';
import { classify } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const proxyConfig = defineCheck({
  name: 'proxy-config',
  title: "Reads the proxy's configuration: backends, logs, timeouts",
  side: 'proxy',
  scope: 'case',
  load: 'none',
  action: null,
  sendsTraffic: false,
  needs: {
    commands: [],
    files: ["the proxy's configuration with all it includes", "/proc of the running proxy, or its usual places"],
    rights: [
      "read the proxy's configuration",
      "read the environment of the running httpd (root), where its configuration uses variables of a start script that can't be read either",
    ],
  },
  may: (inputs, set) => ({
    ...nothing,
    starts: proxyCommands(inputs, set),
    // nginx logs its servers by address only: their names are looked up to bring the two together.
    ...(dialectOf(set, null) === 'nginx' && !inputs.passive ? { connects: ['name-server' as const] } : {}),
  }),
  parameters,
  facts,
  outcomes: {
    'backends-found': 'The configuration hands requests to backends',
    'no-backends': 'A configuration was read, and nothing in it is proxied',
  },
  good: ['backends-found'],
  timeLimitMs: 20_000,
  prepare,
  describe: ({ dialect, configFile, httpd }) => {
    if (dialect === 'nginx') {
      const nginx = httpd?.join(' ') ?? 'nginx';
      return ['ps -C nginx -o pid,user,lstart,args', `${nginx} -V`, `${nginx} -T${configFile === null ? '' : ` -c ${configFile}`}`];
    }
    const command = httpd?.join(' ') ?? 'apache2ctl';
    return [
      'ps -C apache2,httpd -o pid,user,lstart,args',
      `${command} -t -D DUMP_INCLUDES${configFile === null ? '' : ` -f ${configFile}`}`,
      `${command} -S`,
      `grep -rniE 'ProxyPass|BalancerMember|RewriteRule.*\\[.*P|SetHandler.*proxy:|ErrorLog|CustomLog|Timeout' ${configFile ?? '/etc/apache2 /etc/httpd'}`,
    ];
  },
  collect,
  classify,
});
