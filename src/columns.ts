/**
 * How many columns text takes in a terminal. string-width knows all scripts; what it knows them by takes about as long to build as half a start
 * of Node, at the first character beyond ASCII. Nearly all that is drawn here is of characters that take one column each, whatever stands beside
 * them: Latin letters, punctuation, arrows, boxes and the signs of theme.ts. The bundle gives this to Ink as well, and
 * loads string-width when it is first called (tools/bundle-options.mjs).
 */
import stringWidth, { type Options } from 'string-width';

const oneEach = /^[ -~\u00A0-\u00AC\u00AE-\u02FF\u2010-\u2027\u2030-\u205E\u2190-\u2193\u23CE\u2500-\u25FC\u2713\u2717\u276F]*$/;

/** As many columns as code units, and it can be cut anywhere. */
export function oneColumnEach(text: string): boolean {
  return oneEach.test(text);
}

/** Colours and weights, which Ink measures along; they take no room. */
const styles = /\u001b\[[\d;]*m/g;

/** Its signature is string-width's, for those that import it by that name. */
export default function columnsOf(text: string, options?: Options): number {
  if (options !== undefined) return stringWidth(text, options);
  const bare = text.includes('\u001b') ? text.replace(styles, '') : text;
  return oneColumnEach(bare) ? bare.length : stringWidth(text);
}
