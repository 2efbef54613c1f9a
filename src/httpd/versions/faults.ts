/**
 * Faults of httpd's proxy code that a release mended: which of them a version has. The list is flows/mod-proxy-http/fixes.yaml;
 * `faults.generated.ts` is made from it. Pure.
 */
import type { Family } from '../../checks/error-log/facts.ts';
import { compareVersions, parseVersion } from './version.ts';
import type { Version } from './version.ts';

export interface KnownFault {
  /** `PR 57832`, `CVE-2020-13950`; or words where neither was given. What a changelog would call it is found from here. */
  readonly id: string;
  /** Modules in which it lies: `mod_proxy_http`; `core`, `event` for httpd's own. It bites only where all of them are loaded. */
  readonly modules: readonly string[];
  /** First version that has it; null: as long as the branch of the release that mended it. */
  readonly introduced: string | null;
  /** Releases that mended it, one a branch. */
  readonly fixed: readonly string[];
  readonly title: string;
  /** When it bites. */
  readonly when: string;
  /** What the log shows: a family, and the errno's symbol where it matters. Empty: nothing in the log is its sign. */
  readonly shows: readonly { readonly family: Family; readonly errno: string | null }[];
}

/** The release that mended this fault as seen from a version that has it; null: this version does not have it. */
export function mendedFor(fault: KnownFault, version: Version): string | null {
  const introduced = fault.introduced === null ? null : parseVersion(fault.introduced);
  if (introduced !== null && compareVersions(version, introduced) < 0) return null;
  const releases = fault.fixed.flatMap((text) => {
    const release = parseVersion(text);
    return release === null ? [] : [{ text, release }];
  });
  const own = releases.find(({ release }) => sameBranch(release, version));
  if (own !== undefined) return compareVersions(version, own.release) < 0 ? own.text : null;
  // Another branch has it only where it is known to be older than the branch that mended it.
  if (introduced === null) return null;
  const later = releases
    .filter(({ release }) => compareVersions(version, release) < 0)
    .sort((a, b) => compareVersions(a.release, b.release));
  return later[0]?.text ?? null;
}

/** 2.0, 2.2 and 2.4; the odd numbers were development towards the next even one. */
function sameBranch(a: Version, b: Version): boolean {
  return a[0] === b[0] && a[1] + (a[1] % 2) === b[1] + (b[1] % 2);
}

/** The newest release that the list knows of: a later version has none of its faults, and nothing is said of younger ones. */
export function listReachesTo(faults: readonly KnownFault[]): Version | null {
  let newest: Version | null = null;
  for (const text of faults.flatMap((fault) => fault.fixed)) {
    const release = parseVersion(text);
    if (release !== null && (newest === null || compareVersions(release, newest) > 0)) newest = release;
  }
  return newest;
}

/** Numbers under which a changelog mentions the fault. */
export function mentionsOf(fault: KnownFault): readonly RegExp[] {
  const cves = [...fault.id.matchAll(/CVE-\d{4}-\d+/gi)].map((match) => new RegExp(`\\b${match[0]}\\b`, 'i'));
  const bugs = [...fault.id.matchAll(/PR (\d+)/g)].map((match) => new RegExp(`\\b(?:PR|bz|bug|bugzilla)[ #:]*${match[1]}\\b`, 'i'));
  return [...cves, ...bugs];
}
