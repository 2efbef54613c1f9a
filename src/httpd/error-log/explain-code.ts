/** A code by itself, as one asks for it: `AH01102`. */
import type { ErrorEntry } from './entry.ts';
import { explainEntry, type Explanation } from './explain.ts';
import { recognition } from './messages.generated.ts';

/** `AH01102`, `AH01102:`, `[AH01102]`. */
const alone = /^\s*\[?(AH\d{4,6})\]?:?\s*$/i;

/** Null: it is no code, or none of the proxy path. */
export function explainCode(text: string): Explanation | null {
  const code = alone.exec(text)?.[1]?.toUpperCase();
  if (code === undefined) return null;
  const [first, ...others] = recognition.filter(({ codes }) => codes.includes(code));
  if (first === undefined) return null;
  if (others.length === 0) return explainEntry(entryOf(text, code, first.key, first.family));
  const families = new Set([first, ...others].map(({ family }) => family));
  const wordings = [first, ...others].map(({ templates }) => `“${(templates[0] ?? '').replace(/\{\w+\}/g, '…')}”`);
  return {
    ...explainEntry(entryOf(text, code, null, null)),
    recognised: true,
    family: families.size === 1 ? first.family : null,
    meaning: `The code of several messages; the words after it tell which: ${wordings.join('; ')}.`,
    next: ['Give the whole line.'],
  };
}

function entryOf(raw: string, code: string, message: string | null, family: ErrorEntry['family']): ErrorEntry {
  return {
    wallClock: null,
    instant: null,
    level: null,
    module: null,
    pid: null,
    tid: null,
    client: null,
    errno: null,
    platform: null,
    code,
    message,
    family,
    backend: null,
    backendName: null,
    path: null,
    referer: null,
    text: '',
    raw,
  };
}
