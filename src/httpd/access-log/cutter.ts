/**
 * Cuts one line of bytes into the fields of its format, without making strings. The quick way takes every field to end at the first
 * place where the literal behind it stands; a line that does not fit that way (a blank in a user name, `a, b, c` in an unquoted
 * X-Forwarded-For) is tried again by going back over the choices, in time that grows with the line's length only.
 */
import { ClfClock, clfLength } from './clf-clock.ts';
import { digits } from './clock.ts';
import { endOfText } from './end-of-text.ts';
import { clfStep, literalStep, markStep, numberStep, queryStep, statusStep, textStep, timeStep } from './steps.ts';
import type { LogFormat, Step } from './steps.ts';
import { roles } from './roles.ts';
import type { Role } from './roles.ts';
import { Moment, matchTime } from './strftime.ts';

const blank = 0x20;
const dash = 0x2d;

const at = (role: Role): number => roles.indexOf(role);
const requestRole = at('request');
const methodRole = at('method');
const pathRole = at('path');
const queryRole = at('query');
const statusRole = at('status');
const firstStatusRole = at('firstStatus');
const durationRole = at('duration');
const vhostRole = at('vhost');

/** Fields in which a dash says something, or that are taken as they are written. */
const withDash: readonly number[] = [at('connection'), at('proxyStatus'), methodRole, pathRole, queryRole];
/** Fields that say together what was asked for, of whom. */
const asked: readonly number[] = [vhostRole, requestRole, methodRole, pathRole, queryRole];

export class Cutter {
  readonly format: LogFormat;
  bytes: Uint8Array = new Uint8Array();
  /** Where the line stands in them, without its line feed. */
  lineStart = 0;
  lineEnd = 0;
  /** First and last (exclusive) byte of each role's text in `bytes`; -1 where the line does not tell. Indexed as `roles`. */
  readonly starts = new Int32Array(roles.length).fill(-1);
  readonly ends = new Int32Array(roles.length).fill(-1);
  /** The value of numeric roles; NaN where the line does not tell (`-`). */
  readonly numbers = new Float64Array(roles.length).fill(NaN);
  /** The request's start, ms since the epoch; NaN where the line does not tell. */
  start = NaN;
  /** Milliseconds; NaN where the line does not tell. */
  durationMs = NaN;
  /** Minutes east of UTC that the line's time was written in; NaN where the format has no zone. */
  zone = NaN;
  /** Final status, 0 where the line has none. */
  status = 0;
  /** The roles of this format that say what was asked for: where their bytes are the same, so are host, method and path. */
  readonly asked: readonly number[];

  readonly #steps: readonly Step[];
  /** So many steps the quick way takes from the front; what is behind them it matches from the line's end. */
  readonly #forward: number;
  /** No text has an end that is not to be seen from its own bytes. */
  readonly #hasQuickWay: boolean;
  readonly #zoneOf: (wallClock: number) => number;
  readonly #begin = new Moment();
  readonly #end = new Moment();
  readonly #failedFrom: Int32Array;
  /** The roles that this format fills: the only ones to be cleared for the careful way, and those in which a dash is nothing. */
  readonly #used: readonly number[];
  readonly #dashed: readonly number[];
  /** Of those with a text, and those with a number. */
  readonly #texts: readonly number[];
  readonly #numeric: readonly number[];
  #viewed = this.bytes;
  #view = new DataView(this.bytes.buffer);
  #clfMs = NaN;
  #clfEndMs = NaN;
  readonly #clock = new ClfClock();
  // The request, taken apart where somebody asks for it.
  #split = false;
  #targetStart = -1;
  #targetEnd = -1;
  #methodStart = -1;
  #methodEnd = -1;

  constructor(format: LogFormat, zoneOf: (wallClock: number) => number) {
    this.format = format;
    this.#steps = format.steps;
    this.#forward = format.jump?.from ?? format.steps.length;
    this.#hasQuickWay = !format.steps.slice(0, this.#forward).some((step) => step.kind === textStep && step.openEnded);
    this.#zoneOf = zoneOf;
    this.#failedFrom = new Int32Array(format.steps.length);
    this.#used = [...new Set(format.steps.map((step) => step.role))];
    const filledBy = (...kinds: readonly number[]): readonly number[] =>
      format.steps.filter((step) => step.role > 0 && kinds.includes(step.kind)).map((step) => step.role);
    this.#dashed = filledBy(textStep).filter((role) => !withDash.includes(role));
    this.#texts = filledBy(textStep, markStep, queryStep);
    this.#numeric = filledBy(numberStep, statusStep);
    this.asked = asked.filter((role) => this.#used.includes(role));
  }

  /** Path with query, as the client asked for it; -1 where there is none. */
  get targetStart(): number {
    if (!this.#split) this.#request();
    return this.#targetStart;
  }
  get targetEnd(): number {
    if (!this.#split) this.#request();
    return this.#targetEnd;
  }
  get methodStart(): number {
    if (!this.#split) this.#request();
    return this.#methodStart;
  }
  get methodEnd(): number {
    if (!this.#split) this.#request();
    return this.#methodEnd;
  }

  /**
   * Cuts bytes `from` to `to` (the line, without its line feed).
   * @returns false where the line is not of this format; the fields then mean nothing
   */
  cut(bytes: Uint8Array, from: number, to: number): boolean {
    const end = to > from && bytes[to - 1] === 0x0d ? to - 1 : to;
    this.bytes = bytes;
    if (bytes !== this.#viewed) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.lineStart = from;
    this.lineEnd = to;
    this.#split = false;
    this.#clearMoments();
    if (!this.#hasQuickWay || !this.#quick(from, end)) {
      this.#clear();
      this.#failedFrom.fill(0x7fffffff);
      if (!this.#search(0, from, end)) return false;
    }
    this.#finish();
    return true;
  }

  /** Room that `save` takes. */
  get savedIntegers(): number {
    return this.#texts.length * 2;
  }
  get savedNumbers(): number {
    return 3 + this.#numeric.length;
  }

  /** Writes down what was found. @param lineStart where the line will stand */
  save(integers: Int32Array, at: number, numbers: Float64Array, numberAt: number, lineStart: number): void {
    const moved = lineStart - this.lineStart;
    numbers[numberAt] = this.start;
    numbers[numberAt + 1] = this.durationMs;
    numbers[numberAt + 2] = this.zone;
    let place = at;
    let numberPlace = numberAt + 3;
    for (const role of this.#texts) {
      const start = this.starts[role] as number;
      integers[place++] = start < 0 ? -1 : start + moved;
      integers[place++] = (this.ends[role] as number) + moved;
    }
    for (const role of this.#numeric) numbers[numberPlace++] = this.numbers[role] as number;
  }

  /** Takes it up again, as if the line had been cut here. */
  load(integers: Int32Array, at: number, numbers: Float64Array, numberAt: number, bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.lineStart = from;
    this.lineEnd = to;
    this.#split = false;
    this.start = numbers[numberAt] as number;
    this.durationMs = numbers[numberAt + 1] as number;
    this.zone = numbers[numberAt + 2] as number;
    let place = at;
    let numberPlace = numberAt + 3;
    for (const role of this.#texts) {
      this.starts[role] = integers[place++] as number;
      this.ends[role] = integers[place++] as number;
    }
    for (const role of this.#numeric) this.numbers[role] = numbers[numberPlace++] as number;
    this.#readStatus();
  }

  #clear(): void {
    for (const role of this.#used) {
      this.starts[role] = -1;
      this.numbers[role] = NaN;
    }
    this.#clearMoments();
  }

  #clearMoments(): void {
    this.#clfMs = NaN;
    this.#clfEndMs = NaN;
    this.zone = NaN;
    if (this.#begin.told) this.#begin.clear();
    if (this.#end.told) this.#end.clear();
  }

  /** Every step that is taken fills its field, so that nothing of the line before is left. */
  #quick(from: number, end: number): boolean {
    const steps = this.#steps;
    const forward = this.#forward;
    let position = from;
    for (let index = 0; index < forward; index++) {
      const step = steps[index] as Step;
      if (step.kind === textStep) {
        const { literal } = step;
        const stop = literal.length === 0 ? end : endOfText(this.bytes, this.#view, position, end, literal);
        if (stop < 0) return false;
        this.starts[step.role] = position;
        this.ends[step.role] = stop;
        position = stop + literal.length;
        // The literal that ends the text is the next step.
        if (literal.length > 0) index += 1;
      } else {
        position = this.#fixed(step, position, end);
        if (position < 0) return false;
      }
    }
    const { jump } = this.format;
    if (jump === null) return position === end;
    let back = end;
    for (let index = steps.length - 1; index >= jump.to && back >= 0; index--) back = this.#backwards(steps[index] as Step, position, back);
    return back >= position;
  }

  /** A literal, number or mark that ends at `stop`. @returns where it begins, or -1 */
  #backwards(step: Step, floor: number, stop: number): number {
    const bytes = this.bytes;
    if (step.kind === literalStep) {
      const start = stop - step.literal.length;
      return start >= floor && this.#fixed(step, start, stop) === stop ? start : -1;
    }
    if (stop <= floor) return -1;
    if (step.kind === markStep) return this.#fixed(step, stop - 1, stop) === stop ? stop - 1 : -1;
    let start = stop;
    let value = 0;
    for (let scale = 1; start > floor && stop - start < exactDigits; start--, scale *= 10) {
      const digit = (bytes[start - 1] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value += digit * scale;
    }
    if (start < stop && start > floor && !isOfNumber(bytes[start - 1] as number)) {
      this.#setNumber(step, start, stop, value);
      return start;
    }
    while (start > floor && isOfNumber(bytes[start - 1] as number)) start--;
    if (start === stop && bytes[stop - 1] === dash) start = stop - 1;
    return this.#number(step, start, stop) === stop ? start : -1;
  }

  /** The same with second thoughts. A text that failed from one place fails from every later one too, so no place is tried twice. */
  #search(index: number, position: number, end: number): boolean {
    const step = this.#steps[index];
    if (step === undefined) return position === end;
    if (step.kind !== textStep) {
      const next = this.#fixed(step, position, end);
      return next >= 0 && this.#search(index + 1, next, end);
    }
    if (position >= (this.#failedFrom[index] ?? 0)) return false;
    const literal = step.literal;
    for (let from = position; from <= end;) {
      const stop = step.openEnded ? from : literal.length === 0 ? end : endOfText(this.bytes, this.#view, from, end, literal);
      if (stop < 0) break;
      if (this.#search(index + 1, stop, end)) {
        this.starts[step.role] = position;
        this.ends[step.role] = stop;
        return true;
      }
      from = stop + 1;
    }
    this.#failedFrom[index] = position;
    return false;
  }

  /** A step whose end its own bytes tell. @returns where it ends, or -1 */
  #fixed(step: Step, position: number, end: number): number {
    const bytes = this.bytes;
    switch (step.kind) {
      case literalStep: {
        const literal = step.literal;
        if (position + literal.length > end) return -1;
        for (let i = 0; i < literal.length; i++) if (bytes[position + i] !== literal[i]) return -1;
        return position + literal.length;
      }
      case numberStep:
        return this.#number(step, position, end);
      case statusStep: {
        if (bytes[position] === dash && position < end) return this.#nothing(step, position);
        const status = position + 3 <= end ? digits(bytes, position, 3) : -1;
        if (status < 0) return -1;
        this.numbers[step.role] = status;
        this.starts[step.role] = position;
        this.ends[step.role] = position + 3;
        return position + 3;
      }
      case markStep: {
        const mark = bytes[position];
        if (position >= end || (mark !== 0x2b && mark !== dash && mark !== 0x58)) return -1;
        this.starts[step.role] = position;
        this.ends[step.role] = position + 1;
        return position + 1;
      }
      case queryStep: {
        this.starts[step.role] = position;
        const stop = bytes[position] !== 0x3f ? position : step.literal.length === 0 ? end : endOfText(bytes, this.#view, position, end, step.literal);
        this.ends[step.role] = stop;
        return stop;
      }
      case clfStep:
        return this.#clf(step, position, end);
      case timeStep:
        return matchTime(step.parts, bytes, position, end, step.end ? this.#end : this.#begin);
      default:
        return -1;
    }
  }

  #number(step: Step, position: number, end: number): number {
    const bytes = this.bytes;
    let value = 0;
    let place = position;
    for (; place < end; place++) {
      const digit = (bytes[place] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (place === position) return bytes[position] === dash && position < end ? this.#nothing(step, position) : -1;
    if (bytes[place] === 0x2e && place < end) {
      let scale = 0.1;
      for (place++; place < end; place++, scale /= 10) {
        const digit = (bytes[place] as number) - 48;
        if (digit < 0 || digit > 9) break;
        value += digit * scale;
      }
    }
    this.#setNumber(step, position, place, value);
    return place;
  }

  #setNumber(step: Step, position: number, end: number, value: number): void {
    this.starts[step.role] = position;
    this.ends[step.role] = end;
    this.numbers[step.role] = step.unitMs === 0.001 ? value / 1000 : value * step.unitMs;
  }

  /** A dash where a number would stand. */
  #nothing(step: Step, position: number): number {
    this.starts[step.role] = -1;
    this.numbers[step.role] = NaN;
    return position + 1;
  }

  #clf(step: Step, position: number, end: number): number {
    if (this.bytes[position] === dash && position < end) return position + 1;
    const ms = this.#clock.read(this.bytes, this.#view, position, end);
    if (Number.isNaN(ms)) return -1;
    if (step.end) this.#clfEndMs = ms;
    else this.#clfMs = ms;
    this.zone = this.#clock.zone;
    return position + clfLength;
  }

  #readStatus(): void {
    const status = this.numbers[statusRole] as number;
    const first = this.numbers[firstStatusRole] as number;
    this.status = status > 0 ? status : first > 0 ? first : 0;
  }

  #finish(): void {
    this.#readStatus();
    this.durationMs = this.numbers[durationRole] as number;
    const begin = this.#begin.told ? this.#begin.instant(this.#zoneOf) : this.#clfMs;
    this.start = begin;
    if (this.#begin.told && !Number.isNaN(this.#begin.zone)) this.zone = this.#begin.zone;
    if (Number.isNaN(begin) || Number.isNaN(this.durationMs)) this.#fromEnd();
    this.#dashes();
  }

  /** Where the format tells the end of a request: the start or the duration follow from it. */
  #fromEnd(): void {
    const finished = this.#end.told ? this.#end.instant(this.#zoneOf) : this.#clfEndMs;
    if (Number.isNaN(finished)) return;
    if (this.#end.told && !Number.isNaN(this.#end.zone)) this.zone = this.#end.zone;
    if (Number.isNaN(this.start)) this.start = Number.isNaN(this.durationMs) ? finished : finished - this.durationMs;
    else this.durationMs = Math.max(0, finished - this.start);
  }

  /** `GET /path?query HTTP/1.1` into method and target; `-` and the bytes of a TLS hello are neither. */
  #request(): void {
    this.#split = true;
    this.#targetStart = this.starts[pathRole] as number;
    this.#targetEnd = this.ends[pathRole] as number;
    const query = this.starts[queryRole] as number;
    // `%U%q`: the query follows the path at once, so the two are one piece of the line.
    if (this.#targetStart >= 0 && query === this.#targetEnd) this.#targetEnd = this.ends[queryRole] as number;
    this.#methodStart = this.starts[methodRole] as number;
    this.#methodEnd = this.ends[methodRole] as number;
    const from = this.starts[requestRole] as number;
    if (from < 0) return;
    const to = this.ends[requestRole] as number;
    const bytes = this.bytes;
    let space = from;
    while (space < to && (bytes[space] as number) >= 0x41 && (bytes[space] as number) <= 0x7a) space++;
    if (space === from || space >= to || bytes[space] !== blank) return;
    let stop = to;
    let last = to - 1;
    while (last > space && bytes[last] !== blank) last--;
    // H, T, T, P behind the last blank.
    if (last > space && bytes[last + 1] === 0x48 && bytes[last + 2] === 0x54 && bytes[last + 4] === 0x50) stop = last;
    this.#methodStart = from;
    this.#methodEnd = space;
    this.#targetStart = space + 1;
    this.#targetEnd = stop;
  }

  /** `-` stands for nothing; a bare dash in a text field is no value. */
  #dashes(): void {
    for (const role of this.#dashed) {
      const start = this.starts[role] as number;
      if (this.ends[role] === start + 1 && this.bytes[start] === dash) this.starts[role] = -1;
    }
    const vhost = this.starts[vhostRole] as number;
    if (vhost >= 0 && this.ends[vhostRole] === vhost) this.starts[vhostRole] = -1;
  }
}

/** So many digits are read exactly, from whichever end. */
const exactDigits = 15;

function isOfNumber(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2e;
}
