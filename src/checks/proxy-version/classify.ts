import { knownFaults } from '../../httpd/versions/faults.generated.ts';
import { listReachesTo } from '../../httpd/versions/faults.ts';
import { compareVersions, formatVersion, parseVersion } from '../../httpd/versions/version.ts';
import { visible } from '../../visible.ts';
import type { Classified } from '../check.ts';
import type { ProxyVersionFacts } from './facts.ts';

export type ProxyVersionOutcome = 'known-fault' | 'no-known-fault' | 'version-unknown';

/** A version in the range of a fault is a remark; it becomes a diagnosis only with the fault's symptom (src/diagnosis). */
export function classify(facts: ProxyVersionFacts): Classified<ProxyVersionOutcome> {
  if (facts.version === null) return { outcome: 'version-unknown', summary: visible(`${facts.dialect ?? 'httpd'} did not tell its version: ${facts.how}`) };
  const name = `${facts.dialect ?? 'httpd'} ${facts.version}${facts.package === null ? '' : ` (${facts.package.name} ${facts.package.version})`}`;
  const open = facts.faults.filter((fault) => fault.backport !== 'fixed-by-backport');
  const mended = facts.faults.length - open.length;
  if (open.length > 0) {
    const unsure = open.filter((fault) => fault.backport === 'unknown').length;
    const parts = [
      `${name}: ${open.length} fault${open.length === 1 ? '' : 's'} of its proxy code ${open.length === 1 ? 'is' : 'are'} on record that a later release mended`,
      ...(unsure > 0 ? [`${unsure} of them the package may have mended without saying`] : []),
      ...(mended > 0 ? [`${mended} more the package mended itself`] : []),
    ];
    return { outcome: 'known-fault', summary: visible(parts.join('; ')) };
  }
  const reach = facts.recordedTo === undefined ? listReachesTo(knownFaults) : parseVersion(facts.recordedTo);
  const version = parseVersion(facts.version);
  const beyond =
    reach !== null && version !== null && compareVersions(version, reach) > 0 ? `; the record ends with ${formatVersion(reach)}` : '';
  const backported = mended > 0 ? ` that its package did not mend (${mended} mended)` : '';
  return { outcome: 'no-known-fault', summary: visible(`${name}: no fault on record${backported}${beyond}`) };
}
