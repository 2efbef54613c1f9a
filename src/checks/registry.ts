/** Every live check by name. A new check is a folder beside this file and a line here. */
import { accessLog } from './access-log/check.ts';
import { backendProcess } from './backend-process/check.ts';
import type { Check, Checks } from './check.ts';
import { dns } from './dns/check.ts';
import { errorLog } from './error-log/check.ts';
import { httpRequest } from './http-request/check.ts';
import { interfaceErrors } from './interface-errors/check.ts';
import { keepaliveProbe } from './keepalive-probe/check.ts';
import { keepaliveToggle } from './keepalive-toggle/check.ts';
import { packetCapture } from './packet-capture/check.ts';
import { proxyConfig } from './proxy-config/check.ts';
import { proxyResources } from './proxy-resources/check.ts';
import { proxyVersion } from './proxy-version/check.ts';
import { reachability } from './reachability/check.ts';
import { tcpConnect } from './tcp-connect/check.ts';
import { tlsConnect } from './tls-connect/check.ts';

const all = [
  proxyConfig, errorLog, accessLog, proxyVersion, proxyResources, dns, tcpConnect, reachability, backendProcess, interfaceErrors, httpRequest, tlsConnect,
  keepaliveProbe, keepaliveToggle, packetCapture,
];

/** Parameters and facts differ from check to check; whoever goes through all of them sees them as unknown. */
export const checks: Checks = Object.fromEntries(all.map((check) => [check.name, check as unknown as Check]));

/** Names as CONTRACT lists them, for options and help that must not load the checks themselves. */
export { checkNames } from './names.ts';
