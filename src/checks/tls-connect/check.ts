/** Check `tls-connect`: the handshake with the backend as this proxy would make it, judged by this proxy's settings. */
import { isIP } from 'node:net';
import { defineCheck } from '../check.ts';
import { nothing, talkTools } from '../may.ts';
import { showEndpoint } from '../../httpd/wire/endpoint.ts';
import { classify, outcomes } from './classify.ts';
import { collect } from './collect.ts';
import { facts } from './facts.ts';
import { parameters, prepare } from './parameters.ts';

export const tlsConnect = defineCheck({
  name: 'tls-connect',
  title: 'Makes a TLS handshake with the backend as the proxy would, and judges its certificate by the proxy’s settings',
  side: 'proxy',
  scope: 'backend',
  load: 'brief',
  action: null,
  sendsTraffic: true,
  needs: {
    commands: [],
    files: ['the proxy’s certificate authorities (SSLProxyCACertificateFile), where it verifies backends'],
    rights: [],
  },
  may: (inputs) => ({ ...nothing, starts: inputs.passive ? [] : talkTools, connects: inputs.passive ? [] : ['backend', 'name-server'] }),
  parameters,
  facts,
  outcomes,
  good: ['handshake-ok'],
  timeLimitMs: 30_000,
  prepare,
  describe: ({ target }) => {
    const name = isIP(target.serverName) === 0 ? ` -servername ${target.serverName}` : '';
    return [`openssl s_client -connect ${showEndpoint(target.host, target.port)}${name} </dev/null`];
  },
  collect,
  classify,
});
