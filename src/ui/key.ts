/** One key press, as the rest of the interface sees it. */
export interface Key {
  /** `up`, `enter`, `ctrl-c`, `escape`, `paste`, or the character itself: `b`, `?`, `7` (`space` for a blank). */
  readonly name: string;
  /** What it would add to a text field; empty for keys that write nothing. */
  readonly text: string;
  /** The bytes it came as, whole. */
  readonly bytes: string;
}

export const key = (name: string, bytes: string, text = ''): Key => ({ name, text, bytes });
