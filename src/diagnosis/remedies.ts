/** Remedies with the exact names, addresses and places of this proxy filled in. */
import { makesWorker } from '../checks/proxy-config/proxying.ts';
import type { Remedy } from '../engine/conclusion.ts';
import type { Declared } from './declared.ts';
import type { View } from './view.ts';

export function fill(text: string, view: View): string {
  const words = placeholders(view);
  return text.replace(/\{([a-z-]+)\}/g, (whole, name: string) => words[name] ?? whole);
}

/** A socket in the file system has no port to ask for. */
function askedOf(command: string, backend: string | undefined): string {
  return backend?.startsWith('unix:') === true ? command.replace(/^ss -l\w+ 'sport = :\{port\}'$/, 'ss -xlp') : command;
}

export function remediesOf(declared: Declared, view: View): Remedy[] {
  return declared.remedies.map((remedy) => ({
    title: fill(remedy.title, view),
    steps: remedy.steps.map((step) => fill(step, view)),
    commands: remedy.commands.map((command) => fill(askedOf(command, view.subject?.backend), view)),
    verify: fill(remedy.verify, view),
    firstAid: remedy.firstAid,
    undo: remedy.undo === null ? null : fill(remedy.undo, view),
  }));
}

function placeholders(view: View): Readonly<Record<string, string>> {
  const backend = view.subject?.backend ?? 'the backend';
  const { host, port } = splitBackend(backend);
  const config = view.of('proxy-config').facts;
  const settings = config?.backends.filter((one) => one.backend === backend || view.backend?.names.includes(one.backend)) ?? [];
  // Parameters belong to what makes the worker: a rewrite rule takes none.
  const setting = settings.find(({ directive }) => makesWorker(directive)) ?? settings[0];
  const own = setting?.parameters['timeout'];
  const timeout = own?.said
    ? `${own.said}${own.at ? ` at ${own.at.file}:${own.at.line}` : ' (default)'}`
    : own
    ? `timeout=${own.value}${own.at ? ` at ${own.at.file}:${own.at.line}` : ''}`
    : config?.proxyTimeout
      ? `ProxyTimeout ${config.proxyTimeout.seconds}${config.proxyTimeout.at ? ` at ${config.proxyTimeout.at.file}:${config.proxyTimeout.at.line}` : ''}`
      : config
        ? `Timeout ${config.timeout.seconds}${config.timeout.at ? ` at ${config.timeout.at.file}:${config.timeout.at.line}` : ' (default)'}`
        : 'not known';
  const probe = view.of('keepalive-probe').facts;
  return {
    backend,
    host,
    port: port ?? '<port>',
    path: settings.find(({ path }) => path !== null)?.path ?? '/',
    at: setting ? `${setting.at.file}:${setting.at.line}` : config?.dialect === 'nginx' ? 'the proxy_pass or server line' : 'the backend’s ProxyPass line',
    config: config?.configFile ?? 'the proxy’s configuration',
    timeout,
    'backend-timeout': probe?.backendTimeoutSeconds != null ? `${probe.backendTimeoutSeconds} s, measured` : 'not measured',
  };
}

/** `10.0.0.5:8080`, `[2001:db8::1]:80`, `unix:/run/x.sock`. */
export function splitBackend(backend: string): { host: string; port: string | null } {
  const match = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d+)$/.exec(backend);
  return { host: match?.groups?.['six'] ?? match?.groups?.['host'] ?? backend, port: match?.groups?.['port'] ?? null };
}
