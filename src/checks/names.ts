/** Names of the checks, in the order in which `check --list` shows them. */
export const checkNames = [
  'error-log', 'access-log', 'tcp-connect', 'dns', 'proxy-config', 'proxy-version', 'proxy-resources', 'backend-process', 'interface-errors',
  'keepalive-probe', 'keepalive-toggle', 'packet-capture', 'http-request', 'tls-connect', 'reachability',
] as const;
