/** The directive that keeps connections from being reused, and its text in the configuration. Pure. */
import type { ProxyConfigFacts } from '../proxy-config/facts.ts';

export type Directive = 'SetEnvIfExpr' | 'SetEnv' | 'SetEnvIf';

/**
 * SetEnvIfExpr (mod_setenvif, httpd 2.4) can hold a condition on the time, so that the setting expires by itself even if everything
 * that would undo it is dead; SetEnv (mod_env) is the article's form; SetEnvIf is for an old httpd without mod_env.
 */
export function directiveFor(config: Pick<ProxyConfigFacts, 'modules'>): Directive | null {
  const loaded = (name: string): boolean => config.modules.some((module) => module === name || module === `${name}_module` || module === `mod_${name}`);
  if (loaded('setenvif')) return 'SetEnvIfExpr';
  return loaded('env') ? 'SetEnv' : null;
}

/** `20261122031204`: %{TIME} of httpd's expressions (server/util_expr_eval.c), the proxy's local time. */
export function exprTime(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

export function lineOf(directive: Directive, expires: Date): string {
  switch (directive) {
    case 'SetEnvIfExpr':
      return `SetEnvIfExpr "%{TIME} -lt ${exprTime(expires)}" proxy-nokeepalive=1`;
    case 'SetEnv':
      return 'SetEnv proxy-nokeepalive 1';
    case 'SetEnvIf':
      return 'SetEnvIf Request_URI . proxy-nokeepalive=1';
  }
}

/** The name of the file of a setting that is kept. */
export const keptName = 'proxy-doctor-keepalive-off.conf';

/** The same setting for good: without an end, with who kept it and how to take it back. @param id as in `textOf` */
export function keptTextOf(directive: Directive, id: string, at: Date, caseId: string, ownFile: boolean): string {
  const what = ownFile ? 'this file' : 'these lines';
  const lines = [
    `# BEGIN proxy-doctor ${id}`,
    '# Connections to backends are not reused: a test showed that failures vanish without reuse, and an engineer chose to keep it.',
    `# Kept ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC${caseId === '' ? '' : `, proxy-doctor case ${caseId}`}. To take it back: remove ${what} and reload httpd.`,
    lineOf(directive === 'SetEnv' ? 'SetEnv' : 'SetEnvIf', at),
    `# END proxy-doctor ${id}`,
    '',
  ].join('\n');
  return ownFile ? lines : `\n${lines}`;
}

/** @param id identity of the change; the marks let a later process, or a person, find the lines */
export function textOf(directive: Directive, id: string, expires: Date, ownFile: boolean): string {
  const lines = [
    `# BEGIN proxy-doctor ${id}`,
    `# A test for a bounded time: connections to backends are not reused. It is put back by itself by ${expires.toISOString()}.`,
    lineOf(directive, expires),
    `# END proxy-doctor ${id}`,
    '',
  ].join('\n');
  return ownFile ? lines : `\n${lines}`;
}
