/** Where nginx writes its logs, in which format and from which level on. Pure. */
import { combined, toLogFormat } from '../../../nginx/access-log/log-format.ts';
import type { Directive } from '../../../nginx/config/read.ts';
import type { LogSetting, ProxyConfigFacts } from '../facts.ts';
import { logTarget } from '../logs.ts';
import { allInForce, blocks, type Place } from './blocks.ts';
import { serversOf } from './proxying.ts';

export interface NginxLogPlaces {
  readonly prefix: string;
  /** As compiled in; null: not known. */
  readonly errorLog: string | null;
  readonly accessLog: string | null;
}

/** The lowest level that an `error_log` of no level writes. */
const usualLevel = 'error';
const levels: ReadonlySet<string> = new Set(['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg']);

/** Levels of the places that log by themselves, the file's own (or http's) first. */
interface Where {
  readonly virtualHost: string | null;
  readonly own: readonly Directive[];
}

function places(nodes: readonly Directive[], name: string): readonly Where[] {
  const http: Place = [nodes, ...blocks(nodes, 'http').map((block) => block.children)];
  return [
    { virtualHost: null, own: allInForce(http, name) },
    ...serversOf(nodes).flatMap(({ name: virtualHost, block }) => inServer(block.children, name).map((own) => ({ virtualHost, own }))),
  ];
}

/** A server's own, and those of its locations. */
function inServer(level: readonly Directive[], name: string): readonly (readonly Directive[])[] {
  const own = level.filter((directive) => directive.name === name);
  const inner = level.flatMap((directive) =>
    directive.name === 'location' && directive.children !== null ? inServer(directive.children, name) : [],
  );
  return own.length > 0 ? [own, ...inner] : inner;
}

export function errorLogs(nodes: readonly Directive[], around: NginxLogPlaces): LogSetting[] {
  return places(nodes, 'error_log').flatMap(({ virtualHost, own }): LogSetting[] => {
    const written =
      own.length > 0
        ? own.map(({ args, at }) => ({ raw: args[0] ?? '', at }))
        : virtualHost === null && around.errorLog !== null
          ? [{ raw: around.errorLog, at: null }]
          : [];
    return written.map(({ raw, at }) => ({ ...targetOf(raw, around.prefix), raw, virtualHost, format: null, at }));
  });
}

export function logLevels(nodes: readonly Directive[]): ProxyConfigFacts['logLevels'] {
  return places(nodes, 'error_log').flatMap(({ virtualHost, own }): ProxyConfigFacts['logLevels'] => {
    const lowest = own
      .map((directive) => ({ level: directive.args[1] ?? usualLevel, at: directive.at }))
      .find(({ level }) => levels.has(level));
    if (lowest === undefined)
      return virtualHost === null ? [{ virtualHost, level: usualLevel, proxy: usualLevel, proxyHttp: usualLevel, at: null }] : [];
    return [{ virtualHost, level: lowest.level, proxy: lowest.level, proxyHttp: lowest.level, at: lowest.at }];
  });
}

export function accessLogs(nodes: readonly Directive[], around: NginxLogPlaces): LogSetting[] {
  const formats = new Map([['combined', combined]]);
  for (const http of blocks(nodes, 'http')) {
    for (const { name, args } of http.children) {
      if (name === 'log_format') formats.set(args[0] ?? '', args.slice(args[1]?.startsWith('escape=') === true ? 2 : 1).join(''));
    }
  }
  return places(nodes, 'access_log').flatMap(({ virtualHost, own }): LogSetting[] => {
    if (own.length === 0)
      return virtualHost === null && around.accessLog !== null
        ? [{ ...targetOf(around.accessLog, around.prefix), raw: around.accessLog, virtualHost, format: toLogFormat(combined), at: null }]
        : [];
    return own.map(({ args, at }): LogSetting => {
      const [raw = '', ...more] = args;
      const format = more.find((word) => !/^(?:buffer|gzip|flush|if)(?:=|$)/.test(word)) ?? 'combined';
      const condition = more.find((word) => word.startsWith('if=')) ?? null;
      const source = formats.get(format);
      return {
        ...targetOf(raw, around.prefix),
        raw,
        virtualHost,
        format: source === undefined ? null : toLogFormat(source),
        condition,
        at,
      };
    });
  });
}

function targetOf(raw: string, prefix: string): Pick<LogSetting, 'target' | 'path' | 'pattern'> {
  if (raw === 'off') return { target: 'off', path: null, pattern: null };
  if (raw === 'stderr') return { target: 'stdio', path: null, pattern: null };
  if (raw.startsWith('memory:')) return { target: 'off', path: null, pattern: null };
  // A variable in the path: one file for each value it takes.
  if (raw.includes('$')) return { target: 'pipe', path: null, pattern: raw.replaceAll(/\$(?:\{\w+\}|\w+)/g, '*') };
  return logTarget(raw, prefix);
}
