/**
 * Each line of a journal ends with a digest of itself and of the line before it, so that a later change of any line is noticed. It
 * guards against slips and touched-up files, not against somebody who seals anew. Pure but for the digest.
 */
import { createHash } from 'node:crypto';

const member = /,"seal":"([0-9a-f]{32})"\}$/;

export interface Unsealed {
  /** The line as it was before it was sealed. */
  readonly body: string;
  /** Null: an older version wrote it without one. */
  readonly seal: string | null;
}

export function sealOf(before: string, body: string): string {
  return createHash('sha256').update(before).update('\n').update(body).digest('hex').slice(0, 32);
}

/** @param body a JSON object with at least one member, on one line */
export function sealed(body: string, seal: string): string {
  return `${body.slice(0, -1)},"seal":"${seal}"}`;
}

export function unsealed(line: string): Unsealed {
  const found = member.exec(line);
  return found === null ? { body: line, seal: null } : { body: `${line.slice(0, found.index)}}`, seal: found[1] ?? null };
}
