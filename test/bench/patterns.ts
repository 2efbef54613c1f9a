/** What one would give to grep to find the same lines. */
import { readMessages } from '../../src/httpd/error-log/generate.ts';

/** What an engineer types: the codes and words of the failures one knows. */
export const typed = [
  'AH00957|AH01114|AH01102|AH00898|AH01084|AH01097|AH01095|AH02608|AH01110|AH00959|AH00940|AH00941|AH02454|AH00961|AH01961|AH01144|AH00161|AH00484|AH03490|AH00163|AH00489|AH00052',
  'attempt to connect to .* failed|pass request body failed|error reading status line|Error reading from remote server|disabled connection for|DNS lookup failure|error reading response',
].join('|');

/** Every wording of level warn or worse, with whatever in the place of its values. */
export function allWordings(): string {
  const worse = new Set(['warn', 'error', 'crit', 'alert', 'emerg']);
  const templates = Object.values(readMessages()).flatMap((message) => (worse.has(message.level) ? Object.values(message.templates) : []));
  const patterns = new Set(templates.map((template) => template.replace(/[\\^$.*+?()[\]|]/g, String.raw`\$&`).replace(/\{\w+\}/g, '.*')));
  // `{text}` alone would find every line.
  patterns.delete('.*');
  return [...patterns].join('|');
}
