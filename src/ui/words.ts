/** Numbers, sizes, times and ages as people read them. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `1 line`, `2 lines`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 0.0131 → `1.3 %`; what is there but tiny never reads as nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  const value = share * 100;
  return `${value < 10 && value > 0 && value % 1 !== 0 ? value.toFixed(1) : Math.round(value)} %`;
}

/** Milliseconds → `0.4 ms`, `12 ms`, `1.2 s`, `2 min 3 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120)
    return Math.round(seconds % 60) === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Number((minutes / 60).toFixed(1))} h`;
}

export function bytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

/** Milliseconds → `00:41`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A countdown: `1:48`, `0:09`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Time of day here: `03:24:10`; `seconds` false: `03:24`. */
export function timeOfDay(at: number, seconds = true): string {
  const text = new Date(at).toTimeString().slice(0, 8);
  return seconds ? text : text.slice(0, 5);
}

/** As the sentences beside it say their times. */
export function timeOfDayUtc(at: number, seconds = true): string {
  return new Date(at).toISOString().slice(11, seconds ? 19 : 16);
}

/** `just now`, `40 s ago`, `12 min ago`. */
export function ago(ms: number): string {
  if (ms < 5000) return 'just now';
  return `${duration(ms < 120_000 ? Math.round(ms / 1000) * 1000 : Math.floor(ms / 60_000) * 60_000)} ago`;
}
