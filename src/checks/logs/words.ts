/** Numbers, shares and times in sentences for people. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return grouped.format(value);
}

/** `1 request`, `9,870 requests`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `2.3 %`, `97 %`; `under 0.1 %` rather than 0. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '0 %';
  const share = (part / whole) * 100;
  if (share > 0 && share < 0.1) return 'under 0.1 %';
  if (share < 10) return `${Number(share.toFixed(1))} %`;
  // 99.7 % is not all.
  return `${share < 100 ? Math.min(99, Math.round(share)) : 100} %`;
}

/** `all`, `97 %`. */
export function shareWords(part: number, whole: number): string {
  return part >= whole && whole > 0 ? 'all' : percent(part, whole);
}

export function iso(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}

/** `01:10:04 to 01:22:10 UTC`, with the days where they differ. */
export function spanWords(from: number, to: number): string {
  const first = iso(from);
  const last = iso(to);
  const day = first.slice(0, 10) === last.slice(0, 10) ? '' : `${last.slice(0, 10)} `;
  return `${day === '' ? '' : `${first.slice(0, 10)} `}${first.slice(11, 19)} to ${day}${last.slice(11, 19)} UTC`;
}

/** `12 s`, `4 min`, `3 h`, `2 days`. */
export function durationWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toFixed(ms < 10_000 ? 1 : 0))} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} days`;
}
