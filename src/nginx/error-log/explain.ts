/** What a line of nginx on the way to an upstream means, in words. */
import { explainEntry, type Explanation, type Vocabulary } from '../../httpd/error-log/explain.ts';
import { parseNginxLine } from './parse.ts';
import { messageWords } from './words.generated.ts';

const ofNginx: Vocabulary = { server: 'nginx', messages: messageWords, errnos: {} };

/** Null: a line of something else. */
export function explainNginxLine(line: string): Explanation | null {
  const entry = parseNginxLine(line);
  return entry === null ? null : explainEntry(entry, null, ofNginx);
}
