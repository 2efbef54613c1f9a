/** Text of a configuration file as logical lines: continuations joined, white space at the ends taken off, comments and empty lines left out. */

export interface LogicalLine {
  readonly text: string;
  /** Physical line where it begins, from 1. */
  readonly line: number;
}

/**
 * A backslash just before the line's end joins the next line to it, also for comments (ap_cfg_getline in server/util.c). A line
 * that begins with `#` is a comment; `#` elsewhere is not.
 */
export function logicalLines(text: string): LogicalLine[] {
  const result: LogicalLine[] = [];
  let joined = '';
  let first = 1;
  let number = 0;
  const physical = (text.startsWith('\ufeff') ? text.slice(1) : text).split('\n');
  // A newline at the very end does not begin another line.
  const complete = physical.at(-1) === '';
  if (complete) physical.pop();
  for (const [index, whole] of physical.entries()) {
    number += 1;
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    if (joined === '') first = number;
    if (line.endsWith('\\') && (complete || index < physical.length - 1)) {
      // A piece of nothing still continues: the space keeps the line where it began.
      joined = joined + line.slice(0, -1) || ' ';
      continue;
    }
    push(result, joined + line, first);
    joined = '';
  }
  push(result, joined, first);
  return result;
}

function push(result: LogicalLine[], text: string, line: number): void {
  const trimmed = text.trim();
  if (trimmed !== '' && !trimmed.startsWith('#')) result.push({ text: trimmed, line });
}
