/** Did the package mend a fault without taking the release that did? Pure. */
import type { KnownFault } from '../../httpd/versions/faults.ts';
import { mentionsOf } from '../../httpd/versions/faults.ts';
import type { ProxyVersionFacts } from './facts.ts';

export type Backport = ProxyVersionFacts['faults'][number]['backport'];

/**
 * Without a package the number is the whole truth. A changelog that mentions the fault's number says that it was mended. One that does
 * not mention a CVE leaves it open to attack, so that is `no`; Debian's also name the numbers of other faults, Red Hat's name their own
 * tickets instead, so there their silence is `unknown`, as is a fault that has no number to look for.
 */
export function backportOf(
  fault: KnownFault,
  source: { readonly packaged: boolean; readonly manager: string | null; readonly changelog: string | null },
): Backport {
  if (!source.packaged) return 'no';
  if (source.changelog === null) return 'unknown';
  const mentions = mentionsOf(fault);
  if (mentions.length === 0) return 'unknown';
  if (mentions.some((mention) => mention.test(source.changelog ?? ''))) return 'fixed-by-backport';
  return /CVE-/i.test(fault.id) || source.manager === 'dpkg' ? 'no' : 'unknown';
}
