/** Errors for people. `UsageError` is the user's to mend (exit 2): what was tried on what, what happened, what to do next. */

export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly place: Place | null;
  /** What to do next, as a sentence. */
  readonly remedy: string;
  constructor(message: string, remedy: string, place: Place | null = null) {
    super(message);
    this.remedy = remedy;
    this.place = place;
  }
}

/** `flow.yaml:12:5: message. remedy` on one line. */
export function formatUsageError(error: UsageError): string {
  const place = error.place;
  const where = place ? [place.file, place.line, place.column].filter((part) => part !== undefined).join(':') + ': ' : '';
  return `${where}${error.message}. ${error.remedy}`;
}
