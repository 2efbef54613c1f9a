/** RewriteRule … [P]: rules that hand a request to a backend, with what they depend on. Pure. */
import { words } from '../../httpd/config/words.ts';
import type { Layout, Placed, VirtualHost } from './placed.ts';
import { serverLevel } from './placed.ts';

export interface RewriteToBackend {
  readonly placed: Placed;
  /** Regular expression on the path, as it is written. */
  readonly pattern: string;
  /** The same, with what its RewriteCond lines ask of the path. */
  readonly paths: string;
  readonly target: string;
  /** A RewriteCond before it that asks for more than the path, a negated pattern, or an outer <If>: the path alone does not decide. */
  readonly conditional: boolean;
  /** Servers that carry it out: rules of the main server count in virtual hosts only where RewriteOptions says so. */
  readonly scopes: readonly (VirtualHost | null)[];
}

export function rewriteRules(layout: Layout): RewriteToBackend[] {
  const result: RewriteToBackend[] = [];
  // RewriteCond lines belong to the next RewriteRule of the same place.
  let conditions: string[] = [];
  let place: Placed['sections'] | null = null;
  let host: VirtualHost | null = null;
  const heirs = inheriting(layout);
  for (const placed of layout.placed) {
    if (placed.sections !== place || placed.virtualHost !== host) conditions = [];
    place = placed.sections;
    host = placed.virtualHost;
    if (placed.directive.key === 'rewritecond') conditions.push(placed.directive.raw);
    if (placed.directive.key !== 'rewriterule') continue;
    const [pattern = '', target = '', flags = ''] = words(placed.directive.raw);
    const options = flags
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map((flag) => flag.trim());
    const asked = conditions.some(isOneOfSeveral) ? [null] : conditions.map(ofPath);
    const negated = pattern.startsWith('!');
    conditions = [];
    if (!options.some((flag) => /^(?:P|proxy)$/i.test(flag)) || target === '-' || !engineOn(layout, placed)) continue;
    const ignoreCase = options.some((flag) => /^(?:NC|nocase)$/i.test(flag));
    result.push({
      placed,
      pattern: negated ? '' : `${ignoreCase ? '(?i)' : ''}${pattern}`,
      paths: `${ignoreCase ? '(?i)' : ''}${asked.some((one) => one !== null) ? `^${asked.join('')}(?=[\\s\\S]*?(?:${negated ? '' : pattern}))` : negated ? '' : pattern}`,
      target,
      conditional: negated || asked.includes(null),
      scopes: placed.virtualHost === null ? [null, ...heirs] : [placed.virtualHost],
    });
  }
  return result;
}

/**
 * `%{REQUEST_URI} ^/app` as a part of the rule's own expression; null where a condition asks for something else. In a server's rules REQUEST_URI is the path that the rule sees, until another rule has changed it.
 */
function ofPath(condition: string): string | null {
  const [tested = '', pattern = '', flags = ''] = words(condition);
  if (tested !== '%{REQUEST_URI}' || flags !== '') return null;
  const negated = pattern.startsWith('!');
  const expression = negated ? pattern.slice(1) : pattern;
  if (expression === '' || /^[-=<>!]/.test(expression)) return null;
  return `${negated ? '(?!' : '(?='}[\\s\\S]*?(?:${expression}))`;
}

/** [OR]: this or the next one is enough. */
function isOneOfSeveral(condition: string): boolean {
  return /[[,](?:OR|ornext)\b/i.test(words(condition)[2] ?? '');
}

/** The engine is off until switched on, in each server and each section by itself. */
function engineOn(layout: Layout, { virtualHost, sections }: Placed): boolean {
  const on = (raw: string | undefined): boolean => /^on$/i.test(words(raw ?? '')[0] ?? '');
  if (sections.length === 0) return on(serverLevel(layout, 'rewriteengine', virtualHost).at(-1)?.directive.raw);
  return sections.some((section) =>
    section.children.some((node) => node.kind === 'directive' && node.key === 'rewriteengine' && on(node.raw)),
  );
}

function inheriting(layout: Layout): VirtualHost[] {
  const says = (host: VirtualHost | null, option: RegExp): boolean =>
    serverLevel(layout, 'rewriteoptions', host).some((one) => words(one.directive.raw).some((word) => option.test(word)));
  const down = says(null, /^InheritDown(?:Before)?$/i);
  return layout.virtualHosts.filter((host) => says(host, /^Inherit(?:Before)?$/i) || (down && !says(host, /^IgnoreInherit$/i)));
}
