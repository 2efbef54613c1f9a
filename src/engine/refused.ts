/** An event that does not fit the state: what was tried, and why it is not possible now. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** What was tried, in words. */
  readonly tried: string;
  /** Why it is not possible now. */
  readonly why: string;
  constructor(tried: string, why: string) {
    super(`${tried}: ${why}`);
    this.tried = tried;
    this.why = why;
  }
}
