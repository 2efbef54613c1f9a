/** RewriteRule … [P]: rules that hand a request to a backend, with what they depend on. Pure. */
import { words } from '../../httpd/config/words.ts';
import type { Layout, Placed, VirtualHost } from './placed.ts';
import { serverLevel } from './placed.ts';

export interface RewriteToBackend {
  readonly placed: Placed;
  /** Regular expression on the path. */
  readonly pattern: string;
  readonly target: string;
  /** RewriteCond before it, a negated pattern, or an outer <If>: the path alone does not decide. */
  readonly conditional: boolean;
  /** Servers that carry it out: rules of the main server count in virtual hosts only where RewriteOptions says so. */
  readonly scopes: readonly (VirtualHost | null)[];
}

export function rewriteRules(layout: Layout): RewriteToBackend[] {
  const result: RewriteToBackend[] = [];
  // RewriteCond lines belong to the next RewriteRule of the same place.
  let conditions = 0;
  let place: Placed['sections'] | null = null;
  let host: VirtualHost | null = null;
  const heirs = inheriting(layout);
  for (const placed of layout.placed) {
    if (placed.sections !== place || placed.virtualHost !== host) conditions = 0;
    place = placed.sections;
    host = placed.virtualHost;
    if (placed.directive.key === 'rewritecond') conditions += 1;
    if (placed.directive.key !== 'rewriterule') continue;
    const [pattern = '', target = '', flags = ''] = words(placed.directive.raw);
    const options = flags
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map((flag) => flag.trim());
    const conditional = conditions > 0 || pattern.startsWith('!');
    conditions = 0;
    if (!options.some((flag) => /^(?:P|proxy)$/i.test(flag)) || target === '-' || !engineOn(layout, placed)) continue;
    const ignoreCase = options.some((flag) => /^(?:NC|nocase)$/i.test(flag));
    result.push({
      placed,
      pattern: pattern.startsWith('!') ? '' : `${ignoreCase ? '(?i)' : ''}${pattern}`,
      target,
      conditional,
      scopes: placed.virtualHost === null ? [null, ...heirs] : [placed.virtualHost],
    });
  }
  return result;
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
