/** Which of the faults on record a version of nginx has. The list is flows/nginx-upstream/fixes.yaml. Pure. */
import { compareVersions, parseVersion, type Version } from '../../httpd/versions/version.ts';
import type { KnownFault } from '../../httpd/versions/faults.ts';

/**
 * The release that mended this fault as seen from a version that has it; null: this version does not have it. nginx's releases are one line;
 * an even-numbered branch leaves it, and gets a fix only by a release of its own.
 */
export function mendedInNginx(fault: KnownFault, version: Version): string | null {
  const introduced = fault.introduced === null ? null : parseVersion(fault.introduced);
  if (introduced !== null && compareVersions(version, introduced) < 0) return null;
  const releases = fault.fixed.flatMap((text) => {
    const release = parseVersion(text);
    return release === null ? [] : [{ text, release }];
  });
  const own = releases.find(({ release }) => release[0] === version[0] && release[1] === version[1]);
  if (own !== undefined) return compareVersions(version, own.release) < 0 ? own.text : null;
  const [first] = releases;
  return first !== undefined && compareVersions(version, first.release) < 0 ? first.text : null;
}
