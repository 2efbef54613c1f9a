/** Splitting of arguments as httpd does it (ap_getword_conf in server/util.c). */

/** The first word and what follows it. In quotes, `\"` and `\\` are unescaped; outside, `\\` only. An open quote ends with the line. */
export function firstWord(text: string): { readonly word: string; readonly rest: string } {
  let at = skipSpace(text, 0);
  const quote = text[at];
  const start = at;
  if (quote === '"' || quote === "'") {
    at += 1;
    while (at < text.length && text[at] !== quote) at += text[at] === '\\' && (text[at + 1] === quote || text[at + 1] === '\\') ? 2 : 1;
    const end = Math.min(at, text.length);
    return { word: unescape(text.slice(start + 1, end), quote), rest: text.slice(skipSpace(text, end + 1)) };
  }
  while (at < text.length && !isSpace(text, at)) at += 1;
  return { word: unescape(text.slice(start, at), null), rest: text.slice(skipSpace(text, at)) };
}

/** All words. */
export function words(text: string): string[] {
  const result: string[] = [];
  for (let rest = text.trim(); rest !== '';) {
    const next = firstWord(rest);
    result.push(next.word);
    rest = next.rest;
  }
  return result;
}

function unescape(text: string, quote: '"' | "'" | null): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\\"'])/g, (whole, next: string) => (next === '\\' || next === quote ? next : whole));
}

function isSpace(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text, at)) at += 1;
  return at;
}
