/**
 * Text from outside (log lines, host names, command output) on its way to a screen or report: control characters, escape
 * sequences and bidirectional marks are made visible, so that nothing from a log can move the cursor or turn text around.
 */
// Unicode: Cc (C0, DEL, C1), Cf marks that reorder or hide (bidi, zero width, BOM), line and paragraph separators.
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

export function visible(text: string): string {
  return text.replace(hidden, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    if (code === 0x1b) return '\\e';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
