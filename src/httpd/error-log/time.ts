/** Times as they stand in error logs and in the prefixes that other programs put before them. */

/** A time of day without a zone, in milliseconds as if it were UTC (fractions keep microseconds); `instant` where a zone stood beside it. */
export interface Stamp {
  readonly wallClock: number;
  readonly instant: number | null;
  /** Index after the time. */
  readonly end: number;
}

const months: Readonly<Record<string, number>> = {
  Jan: 0,
  Feb: 1,
  Mar: 2,
  Apr: 3,
  May: 4,
  Jun: 5,
  Jul: 6,
  Aug: 7,
  Sep: 8,
  Oct: 9,
  Nov: 10,
  Dec: 11,
};
const weekdays: Readonly<Record<string, number>> = { Sun: 0, Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6 };

const minuteMs = 60_000;
const oneDay = 86_400_000;

// One sticky pattern a form: `Sun Nov 22 06:41:05.776055 2026` (the year may be missing).
const httpdForm =
  /(Sun|Mon|Tue|Wed|Thu|Fri|Sat) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(?: (\d{4}))?(?![\d:])/y;
const isoForm = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(?: ?(Z|UTC|[+-]\d\d:?(?:\d\d)?))?(?![\d:])/y;
const syslogForm = /(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +(\d{1,2}) (?:(\d{4}) )?(\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(?![\d:])/y;
const accessForm =
  /(\d\d)\/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\/(\d{4})[: ](\d\d):(\d\d):(\d\d)([.,]\d{1,9})?(?: ([+-]\d{4}))?/y;

/**
 * Reads a time at an index. `reference` (milliseconds since the epoch) is the moment that a date without a year does not lie after:
 * now, or the file's last change.
 */
export function readTime(line: string, at: number, reference: number): Stamp | null {
  const first = line.charCodeAt(at);
  if (first >= 48 && first <= 57) return readIso(line, at) ?? readAccess(line, at);
  return readHttpd(line, at, reference) ?? readSyslog(line, at, reference);
}

// `Sun Nov 22 06:41:`, ` 2026]` and their moment, of the last line read: lines of the same minute need no calendar.
let minuteBegin = '';
let minuteYear = '';
let minuteAt = 0;

/** The usual form at its fixed places, in a minute that was seen before; null: read it with care. */
export function readUsualTime(line: string, at: number): Stamp | null {
  if (line.slice(at, at + 17) !== minuteBegin) return null;
  let end = at + 19;
  if (line.charCodeAt(end) === 46) {
    end = line.indexOf(' ', end);
    if (end < 0 || end > at + 29) return null;
  }
  if (!line.startsWith(minuteYear, end)) return null;
  const seconds = Number(line.slice(at + 17, end));
  return seconds >= 0 && seconds < 61
    ? { wallClock: minuteAt + Math.round(seconds * 1_000_000) / 1000, instant: null, end: end + 5 }
    : null;
}

function readHttpd(line: string, at: number, reference: number): Stamp | null {
  const fast = readUsualTime(line, at);
  if (fast !== null) return fast;
  httpdForm.lastIndex = at;
  const match = httpdForm.exec(line);
  if (match === null) return null;
  const [all, weekday = '', month = '', day = '', hours = '', minutes = '', seconds = '', fraction, year] = match;
  const monthIndex = months[month] ?? 0;
  const within = clock(hours, minutes, seconds, fraction);
  if (year === undefined) {
    const wallClock = guessYear(monthIndex, Number(day), within, reference, weekdays[weekday] ?? null);
    return { wallClock, instant: null, end: at + all.length };
  }
  const date = Date.UTC(Number(year), monthIndex, Number(day));
  if (day.length === 2 && all.charCodeAt(10) === 32 && line.charCodeAt(at + all.length) === 93) {
    minuteBegin = all.slice(0, 17);
    minuteYear = ` ${year}]`;
    minuteAt = date + clock(hours, minutes, '00', undefined);
  }
  return { wallClock: date + within, instant: null, end: at + all.length };
}

function readIso(line: string, at: number): Stamp | null {
  isoForm.lastIndex = at;
  const match = isoForm.exec(line);
  if (match === null) return null;
  const [all, year, month, day, hours = '', minutes = '', seconds = '', fraction, zone] = match;
  const wallClock = Date.UTC(Number(year), Number(month) - 1, Number(day)) + clock(hours, minutes, seconds, fraction);
  return { wallClock, instant: zone === undefined ? null : wallClock - zoneMinutes(zone) * minuteMs, end: at + all.length };
}

function readSyslog(line: string, at: number, reference: number): Stamp | null {
  syslogForm.lastIndex = at;
  const match = syslogForm.exec(line);
  if (match === null) return null;
  const [all, month = '', day = '', year, hours = '', minutes = '', seconds = '', fraction] = match;
  const within = clock(hours, minutes, seconds, fraction);
  const monthIndex = months[month] ?? 0;
  const wallClock =
    year === undefined
      ? guessYear(monthIndex, Number(day), within, reference, null)
      : Date.UTC(Number(year), monthIndex, Number(day)) + within;
  return { wallClock, instant: null, end: at + all.length };
}

function readAccess(line: string, at: number): Stamp | null {
  accessForm.lastIndex = at;
  const match = accessForm.exec(line);
  if (match === null) return null;
  const [all, day, month = '', year, hours = '', minutes = '', seconds = '', fraction, zone] = match;
  const wallClock = Date.UTC(Number(year), months[month] ?? 0, Number(day)) + clock(hours, minutes, seconds, fraction);
  return { wallClock, instant: zone === undefined ? null : wallClock - zoneMinutes(zone) * minuteMs, end: at + all.length };
}

function clock(hours: string, minutes: string, seconds: string, fraction: string | undefined): number {
  const whole = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return fraction === undefined ? whole : whole + Math.round(Number(`0.${fraction.slice(1)}`) * 1_000_000) / 1000;
}

/** `+0100`, `-05:30`, `+02`, `Z` → minutes east of UTC. */
export function zoneMinutes(zone: string): number {
  if (zone === 'Z' || zone === 'UTC') return 0;
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}

/** The newest year in which this date does not lie after the reference (a day's grace for zones), and fits its weekday. */
function guessYear(month: number, day: number, within: number, reference: number, weekday: number | null): number {
  let year = new Date(reference + oneDay).getUTCFullYear();
  for (let back = 0; back < 29; back += 1, year -= 1) {
    const date = Date.UTC(year, month, day);
    if (date + within > reference + oneDay || new Date(date).getUTCMonth() !== month) continue;
    if (weekday === null || new Date(date).getUTCDay() === weekday) return date + within;
  }
  return Date.UTC(new Date(reference).getUTCFullYear(), month, day) + within;
}
