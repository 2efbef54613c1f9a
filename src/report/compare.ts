/**
 * Several reports side by side: do all proxies fail to the same backend, one proxy to all its backends, or one pair only? Pure.
 * Nothing is concluded from a cell that no report tells of: an unknown pair neither fails nor works.
 */
import { isProxysOwn, type Pair, pairsOf, type Resolution, resolutions, sameNames, type Source } from './compare-pairs.ts';
import type { Report } from './schema.ts';

export type Kind = 'backend' | 'proxy' | 'path' | 'shared' | 'undecided' | 'no-failures';

export interface Finding {
  readonly kind: Kind;
  readonly proxies: readonly string[];
  readonly backends: readonly string[];
  readonly summary: string;
  readonly because: string;
  /** What to do next. */
  readonly next: string;
}

/** The same proxy and backend in an earlier and a later report of one proxy. */
export interface Change {
  readonly proxy: string;
  readonly backend: string;
  readonly from: string;
  readonly to: string;
  readonly change: 'gone' | 'over' | 'still' | 'new' | 'unknown';
  readonly because: string;
}

export interface Comparison {
  readonly schema: 'proxy-doctor.compare/1';
  readonly reports: readonly {
    readonly file: string;
    readonly proxy: string;
    readonly startedAt: string;
    readonly status: Report['status'];
    readonly diagnoses: readonly string[];
  }[];
  readonly pairs: readonly Pair[];
  readonly findings: readonly Finding[];
  readonly changes: readonly Change[];
  readonly notes: readonly string[];
}

/** @param sources at least one; reports of the same proxy are told apart by their start: the newest is what holds now */
export function compareReports(sources: readonly Source[]): Comparison {
  const ordered = [...sources].sort((a, b) => Date.parse(a.report.case.startedAt) - Date.parse(b.report.case.startedAt));
  const nameOf = backendNames(ordered);
  const newest = [...new Map(ordered.map((source) => [source.proxy, source])).values()].sort((a, b) => a.proxy.localeCompare(b.proxy));
  const pairs = newest.flatMap((source) => pairsOf(source, nameOf));
  return {
    schema: 'proxy-doctor.compare/1',
    reports: ordered.map(({ file, proxy, report }) => ({
      file,
      proxy,
      startedAt: report.case.startedAt,
      status: report.status,
      diagnoses: report.diagnoses.map((one) => one.id),
    })),
    pairs,
    findings: conclude(newest, pairs),
    changes: changesOf(ordered, nameOf),
    notes: notesOf(newest),
  };
}

const failing = (pair: Pair): boolean => pair.state === 'fails' || pair.state === 'over';

function conclude(newest: readonly Source[], pairs: readonly Pair[]): Finding[] {
  const own = newest.flatMap(ownCauses);
  const failed = pairs.filter(failing);
  if (failed.length === 0) return own.length > 0 ? own : [withoutFailures(newest)];
  const of = (proxy: string): Pair[] => pairs.filter((pair) => pair.proxy === proxy);
  const at = (backend: string): Pair[] => pairs.filter((pair) => pair.backend === backend);
  const proxies = [...new Set(pairs.map((pair) => pair.proxy))];
  const backends = [...new Set(pairs.map((pair) => pair.backend))];
  // A backend on loopback is another one for each proxy, so that a backend seen from one proxy only says nothing of the others.
  const fromSeveral = backends.filter((backend) => at(backend).length >= 2);
  if (failed.length === pairs.length && fromSeveral.length >= 2 && proxies.every((proxy) => of(proxy).length >= 2))
    return [...own, everything(proxies, backends)];

  const found: Finding[] = [];
  const explained = new Set<Pair>();
  const take = (finding: Finding, its: readonly Pair[]): void => {
    found.push(finding);
    for (const pair of its) explained.add(pair);
  };
  const left = (some: readonly Pair[]): Pair[] => some.filter((pair) => failing(pair) && !explained.has(pair));
  // One proxy first: where it fails to everything and others do not, its backends are not to blame.
  const alone = proxies.filter((proxy) => {
    const its = of(proxy);
    return (
      its.length >= 2 &&
      its.every(failing) &&
      its.every((pair) => at(pair.backend).some((other) => other.proxy !== proxy && !failing(other)))
    );
  });
  for (const proxy of alone) take(oneProxy(proxy, of(proxy), at), of(proxy));
  for (const backend of fromSeveral) {
    const its = at(backend);
    if (its.every(failing)) take(oneBackend(backend, its, of), its);
  }
  for (const backend of backends) {
    const its = left(at(backend));
    const works = at(backend).filter((pair) => !failing(pair));
    const sure = its.filter((pair) => of(pair.proxy).some((other) => !failing(other)));
    if (works.length > 0 && sure.length > 0) take(onePath(backend, sure, works), sure);
  }
  for (const pair of left(pairs)) take(undecided(pair, of(pair.proxy), at(pair.backend)), [pair]);
  return [...own, ...found];
}

function withoutFailures(newest: readonly Source[]): Finding {
  const open = newest.filter(({ report }) => !report.diagnoses.some((one) => one.id === 'no-proxy-errors'));
  const proxies = newest.map((source) => source.proxy);
  if (open.length === 0) {
    return {
      kind: 'no-failures',
      proxies,
      backends: [],
      summary: 'No report has a failing backend.',
      because: 'each ends with no-proxy-errors',
      next: 'Compare with a report from the time of the trouble (--since, --until).',
    };
  }
  return {
    kind: 'undecided',
    proxies,
    backends: [],
    summary: 'No report names a failing backend, and not all of them rule one out.',
    because: open.map(({ proxy, report }) => `${proxy}: ${report.diagnoses.map((one) => one.id).join(', ') || report.status}`).join('; '),
    next: 'Read “open” in those reports: what could not be checked, and how to.',
  };
}

function ownCauses({ proxy, report }: Source): Finding[] {
  const ids = [...new Set(report.diagnoses.map((one) => one.id).filter(isProxysOwn))];
  if (ids.length === 0) return [];
  const summary = `${proxy}: the cause lies at this proxy or before it (${ids.join(', ')}).`;
  return [
    {
      kind: 'proxy',
      proxies: [proxy],
      backends: [],
      summary,
      because: 'its own report says so, whatever the backend',
      next: 'Follow the remedies of that report.',
    },
  ];
}

function everything(proxies: readonly string[], backends: readonly string[]): Finding {
  return {
    kind: 'shared',
    proxies,
    backends,
    summary: 'Every proxy fails to every backend: something that all of them share.',
    because: `no pair of ${proxies.length} proxies and ${backends.length} backends works`,
    next: 'Look at what they have in common: the network between the two sides, name resolution, a firewall, a change rolled out to all.',
  };
}

function oneBackend(backend: string, its: readonly Pair[], of: (proxy: string) => Pair[]): Finding {
  const elsewhere = [...new Set(its.flatMap((pair) => of(pair.proxy).filter((other) => !failing(other))).map((pair) => pair.backend))];
  const others = elsewhere.length === 0 ? 'nothing is known of other backends' : `the same proxies work with ${list(elsewhere)}`;
  return {
    kind: 'backend',
    proxies: proxiesOf(its),
    backends: [backend],
    summary: `${backend}: the backend, or its network. Every proxy that is known to use it fails.`,
    because: `${told(its)}; ${others}`,
    next: 'Look on the backend’s host (proxy-doctor --via backend="…" run from one of the proxies), then at the network in front of it.',
  };
}

function oneProxy(proxy: string, its: readonly Pair[], at: (backend: string) => Pair[]): Finding {
  const works = its.flatMap((pair) => at(pair.backend).filter((other) => other.proxy !== proxy && !failing(other)));
  return {
    kind: 'proxy',
    proxies: [proxy],
    backends: its.map((pair) => pair.backend),
    summary: `${proxy}: this proxy, or its network. It fails to all its ${its.length} known backends, which work from elsewhere.`,
    because: `${told(its)}; ${told(works)}`,
    next: 'Look at this proxy: its resources, its configuration and version against the others’, its interface and firewall.',
  };
}

function onePath(backend: string, its: readonly Pair[], works: readonly Pair[]): Finding {
  const proxies = proxiesOf(its);
  const several = proxies.length > 1;
  return {
    kind: 'path',
    proxies,
    backends: [backend],
    summary: `${list(proxies)} → ${backend}: the path between. ${several ? 'These proxies work' : 'This proxy works'} with other backends, and the backend with other proxies.`,
    because: `${told(its)}; ${told(works)}`,
    next: several
      ? 'Look at what these proxies share on the way to it and the others do not: a site, a route, a firewall rule, credentials.'
      : 'Look at the way between the two: route, firewall rules for this source address, name resolution, what the backend allows this proxy.',
  };
}

function undecided(pair: Pair, ofProxy: readonly Pair[], ofBackend: readonly Pair[]): Finding {
  const worksHere = ofProxy.some((other) => !failing(other));
  const worksThere = ofBackend.some((other) => !failing(other));
  const missing = worksHere
    ? 'no other proxy’s report tells of this backend: the backend or the path'
    : worksThere
      ? `the backend works from ${list(proxiesOf(ofBackend.filter((other) => !failing(other))))}, and of this proxy no working backend is known: the proxy or the path`
      : 'neither another proxy that works with this backend nor another backend that works for this proxy is known';
  const next = worksHere
    ? 'Add a report of another proxy that uses this backend.'
    : 'Add reports of other proxies, made with their configuration and a log that covers the time.';
  return {
    kind: 'undecided',
    proxies: [pair.proxy],
    backends: [pair.backend],
    summary: `${pair.proxy} → ${pair.backend}: not decided by these reports.`,
    because: `${told([pair])}; ${missing}`,
    next,
  };
}

function told(pairs: readonly Pair[]): string {
  return pairs.map((pair) => `${pair.proxy} → ${pair.backend} ${pair.state}: ${pair.because}`).join('; ');
}

function proxiesOf(pairs: readonly Pair[]): string[] {
  return [...new Set(pairs.map((pair) => pair.proxy))];
}

function list(words: readonly string[]): string {
  return words.length <= 4 ? words.join(', ') : `${words.slice(0, 3).join(', ')} and ${words.length - 3} more`;
}

/** Each report of a proxy against the one before it. */
function changesOf(ordered: readonly Source[], nameOf: NameOf): Change[] {
  return ordered.flatMap((source, index) => {
    const before = ordered.slice(0, index).findLast((other) => other.proxy === source.proxy);
    if (before === undefined) return [];
    const [was, is] = [pairsOf(before, nameOf), pairsOf(source, nameOf)];
    const backends = new Set([...was, ...is].filter(failing).map((pair) => pair.backend));
    return [...backends].map((backend) => {
      const [one, other] = [was, is].map((pairs) => pairs.find((pair) => pair.backend === backend));
      const words = (pair: Pair | undefined): string => (pair === undefined ? 'nothing is known' : `${pair.state} (${pair.because})`);
      const because = `${words(one)}, then ${words(other)}`;
      return { proxy: source.proxy, backend, from: before.file, to: source.file, change: changeOf(one, other), because };
    });
  });
}

function changeOf(before: Pair | undefined, after: Pair | undefined): Change['change'] {
  if (after === undefined) return 'unknown';
  if (!failing(after)) return 'gone';
  if (before === undefined || !failing(before)) return 'new';
  return after.state === 'over' ? 'over' : 'still';
}

function notesOf(newest: readonly Source[]): string[] {
  const notes: string[] = [];
  for (const [name, told] of resolved(newest)) {
    if (new Set(told.map((one) => one.addresses.join(', '))).size > 1) {
      notes.push(`${name} is not the same everywhere: ${told.map((one) => `${one.proxy} gets ${one.addresses.join(', ')}`).join('; ')}.`);
    }
  }
  for (const one of newest) {
    if (one.report.status !== 'diagnosed')
      notes.push(`${one.proxy}: its run ended ${one.report.status}; what it did not find counts as unknown.`);
    if (one.report.status === 'diagnosed' && !one.report.window.covered)
      notes.push(`${one.proxy}: its logs do not cover the window; that they show no failure counts for nothing.`);
  }
  const apart = newest.filter((one) => newest.every((other) => other === one || !overlaps(one.report, other.report)));
  if (newest.length > 1)
    for (const one of apart)
      notes.push(`${one.proxy}: its window (${one.report.window.from ?? one.report.case.startedAt}) shares no time with the others’.`);
  return notes;
}

function overlaps(a: Report, b: Report): boolean {
  const span = (report: Report): [number, number] => {
    const end = Date.parse(report.window.to ?? report.case.endedAt ?? report.case.startedAt);
    return [Date.parse(report.window.from ?? report.case.startedAt), end];
  };
  const [[from, to], [otherFrom, otherTo]] = [span(a), span(b)];
  // Runs of a fleet do not start in the same second; logs of quiet proxies end at their last line.
  const slack = 15 * 60_000;
  return from <= otherTo + slack && otherFrom <= to + slack;
}

type NameOf = (source: Source, backend: string) => string;

const loopback = /^(?:127\.|localhost:|\[::1\]|unix:)/;

/**
 * One name for each backend. A backend on loopback or a unix socket belongs to its own proxy. A name and an address are the same
 * backend where every report that looked the name up got that one address.
 */
function backendNames(sources: readonly Source[]): NameOf {
  const parent = new Map<string, string>();
  const root = (name: string): string => {
    const up = parent.get(name);
    return up === undefined || up === name ? name : root(up);
  };
  const join = (names: readonly string[]): void => {
    const roots = [...new Set(names.filter((name) => !loopback.test(name)).map(root))];
    const [first] = roots;
    if (first !== undefined) for (const other of roots) parent.set(other, first);
  };
  for (const { report } of sources) for (const names of sameNames(report)) join(names);
  for (const [name, told] of resolved(sources)) {
    const [only, ...rest] = [...new Set(told.map((one) => one.addresses.join(' ')))];
    if (only !== undefined && only !== '' && rest.length === 0 && !only.includes(' ')) join([name, only]);
  }
  return ({ proxy }, backend) => (loopback.test(backend) ? `${backend} on ${proxy}` : root(backend));
}

function resolved(sources: readonly Source[]): Map<string, (Resolution & { readonly proxy: string })[]> {
  const told = new Map<string, (Resolution & { readonly proxy: string })[]>();
  for (const { proxy, report } of sources)
    for (const one of resolutions(report)) told.set(one.backend, [...(told.get(one.backend) ?? []), { ...one, proxy }]);
  return told;
}
