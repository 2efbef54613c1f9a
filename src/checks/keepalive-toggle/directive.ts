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
