/** One check by its name, without the others: `check error-log` needs neither the code of packet captures nor its memory. */
import type { Check } from './check.ts';
import type { checkNames } from './names.ts';

/** Parameters and facts differ from check to check, as in the registry. */
type Loader = () => Promise<unknown>;

const loaders: Readonly<Record<(typeof checkNames)[number], Loader>> = {
  'access-log': async () => (await import('./access-log/check.ts')).accessLog,
  'backend-process': async () => (await import('./backend-process/check.ts')).backendProcess,
  dns: async () => (await import('./dns/check.ts')).dns,
  'error-log': async () => (await import('./error-log/check.ts')).errorLog,
  'http-request': async () => (await import('./http-request/check.ts')).httpRequest,
  'interface-errors': async () => (await import('./interface-errors/check.ts')).interfaceErrors,
  'keepalive-probe': async () => (await import('./keepalive-probe/check.ts')).keepaliveProbe,
  'keepalive-toggle': async () => (await import('./keepalive-toggle/check.ts')).keepaliveToggle,
  'packet-capture': async () => (await import('./packet-capture/check.ts')).packetCapture,
  'proxy-config': async () => (await import('./proxy-config/check.ts')).proxyConfig,
  'proxy-resources': async () => (await import('./proxy-resources/check.ts')).proxyResources,
  'proxy-version': async () => (await import('./proxy-version/check.ts')).proxyVersion,
  reachability: async () => (await import('./reachability/check.ts')).reachability,
  'tcp-connect': async () => (await import('./tcp-connect/check.ts')).tcpConnect,
  'tls-connect': async () => (await import('./tls-connect/check.ts')).tlsConnect,
};

/** Null: there is none of that name. */
export async function loadCheck(name: string): Promise<Check | null> {
  const load = Object.hasOwn(loaders, name) ? (loaders as Readonly<Record<string, Loader>>)[name] : undefined;
  return load === undefined ? null : ((await load()) as Check);
}
